using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;
using Trawl.App.Searches;

namespace Trawl.App.Resolver.Answers;

/// <summary>Where a video can be downloaded, or why that could not be found.</summary>
sealed record DownloadAnswer(int Status, Fields Body)
{
    /// <summary>It was found.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="address">Where.</param>
    /// <param name="title">What the video is called, where that is known.</param>
    /// <param name="duration">How long it is, in seconds, where that is known.</param>
    /// <param name="thumbnail">A picture of it.</param>
    /// <param name="size">In bytes.</param>
    /// <param name="seconds">How long the search took.</param>
    public static DownloadAnswer Found(
        DownloadRequest request,
        string address,
        string? title,
        double? duration,
        string? thumbnail,
        long? size,
        double seconds
    ) =>
        new(
            200,
            new Fields
            {
                ["status"] = "success",
                ["message"] = "Video download URL resolved successfully",
                ["download_url"] = address,
                ["video_info"] = new Fields
                {
                    ["id"] = request.VideoId,
                    ["title"] = title ?? $"TikTok Video {request.VideoId}",
                    ["author"] = request.Author,
                    ["duration"] = duration,
                    ["thumbnail_url"] = thumbnail,
                },
                ["file_size"] = size,
                ["error_code"] = null,
                ["error_details"] = null,
                ["execution_time"] = seconds,
            }
        );

    /// <summary>It was not; what is null in an error is left out.</summary>
    public static DownloadAnswer Error(string? code, string? message, Fields? details, double? seconds)
    {
        var body = new Fields { ["status"] = "error" };
        foreach (
            var (name, value) in (ReadOnlySpan<(string, object?)>)
                [("message", message), ("error_code", code), ("error_details", details), ("execution_time", seconds)]
        )
            if (value is not null)
                body[name] = value;
        return new(StatusOf(code), body);
    }

    /// <summary>The address is none of TikTok's.</summary>
    public static DownloadAnswer InvalidAddress(DownloadRequest request, double seconds) =>
        Error("INVALID_URL", "Invalid TikTok URL provided", new Fields { ["url"] = request.Address.Text }, seconds);

    /// <summary>The address names no video.</summary>
    public static DownloadAnswer NoVideo(DownloadRequest request, double seconds) =>
        Error("INVALID_VIDEO_ID", "Could not extract video ID from URL", new Fields { ["url"] = request.Address.Text }, seconds);

    static int StatusOf(string? code) =>
        code?.ToUpperInvariant() switch
        {
            "INVALID_URL" or "INVALID_VIDEO_ID" or "INVALID_VIDEO" => 400,
            "NO_DOWNLOAD_LINK" => 404,
            "NAVIGATION_FAILED" => 503,
            _ => 500,
        };
}
