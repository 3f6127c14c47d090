using System.Text.Json;
using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.YtDlp;

/// <summary>
/// The strategy <c>yt-dlp</c>: the program resolves; we download what it finds, and it downloads itself what comes in fragments or must be
/// merged.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="keepRaw">Whether its answers are kept word for word.</param>
/// <param name="extractors">Which of its extractors may be used, in the language of its option <c>--use-extractors</c>.</param>
public sealed class YtDlpStrategy(YtDlpProgram program, bool keepRaw, string extractors) : Strategy
{
    // one after the other while the one before is not available
    static readonly string[] Ladder =
    [
        "b[hasvideo=true][ext=mp4]/b[hasvideo=true]",
        "bv*+ba/b[hasvideo=true]",
        "best[hasvideo=true]",
        "bv*[ext=mp4]+ba/b/best", // versions that know no field hasvideo
    ];

    /// <inheritdoc/>
    public override string Name => "yt-dlp";

    /// <inheritdoc/>
    public override int UsualRequests => 3;

    /// <inheritdoc/>
    public override string? Obstacle => program.Obstacle;

    /// <inheritdoc/>
    public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        var json = await program.DescribeAsync(url.Canonical, extractors, cancellation).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            var video = YtDlpInfo.ToVideo(document.RootElement, url);
            return keepRaw ? video with { Raw = document.RootElement.GetRawText() } : video;
        }
        catch (JsonException e)
        {
            throw new TrawlException(FailureKind.ToolFailed, "yt-dlp's answer cannot be read.", e) { Detail = "BAD_JSON" };
        }
    }

    /// <inheritdoc/>
    public override async Task FetchAsync(
        Video video,
        MediaFormat format,
        string path,
        Action<long, long?> progress,
        CancellationToken cancellation
    )
    {
        var target = path + ".mp4";
        try
        {
            TrawlException? unavailable = null;
            foreach (var rung in Ladder)
            {
                try
                {
                    await program
                        .DownloadAsync(video.Url.Canonical, extractors, rung, target, progress, cancellation)
                        .ConfigureAwait(false);
                    File.Move(target, path, overwrite: true);
                    return;
                }
                catch (TrawlException e) when (e.Kind == FailureKind.NoSuitableFormat)
                {
                    unavailable = e;
                }
            }
            throw unavailable!;
        }
        finally
        {
            // a pattern NAME.* would match NAME, too
            foreach (var remains in Directory.GetFiles(Path.GetDirectoryName(path)!))
                if (remains.StartsWith(path + ".", StringComparison.Ordinal))
                    File.Delete(remains);
        }
    }
}
