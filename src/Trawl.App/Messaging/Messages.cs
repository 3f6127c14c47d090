using System.Globalization;
using System.Text.Json.Nodes;
using Trawl.App.Storage;

namespace Trawl.App.Messaging;

/// <summary>The bodies of the events other services read. The wire contract: fields are added here, never renamed.</summary>
static class Messages
{
    public const string KeyframesReady = "videos.keyframes.ready";
    public const string Batch = "videos.keyframes.ready.batch";
    public const string Completed = "videos.collections.completed";

    public const string CancelAck = "job.cancelled.ack";

    /// <summary>A video's pictures are ready.</summary>
    public static JsonObject Ready(string jobId, string videoId, IReadOnlyList<CatalogFrame> frames) =>
        new()
        {
            ["video_id"] = videoId,
            ["frames"] = Frames(frames),
            ["job_id"] = jobId,
        };

    /// <summary>All of a job's pictures are ready.</summary>
    public static JsonObject BatchOf(string jobId, string eventId, IReadOnlyList<BatchVideo> videos) =>
        new()
        {
            ["job_id"] = jobId,
            ["event_id"] = eventId,
            ["total_keyframes"] = videos.Sum(v => v.Frames.Count),
            ["videos"] = new JsonArray([
                .. videos.Select(v => new JsonObject
                {
                    ["video_id"] = v.VideoId,
                    ["platform"] = v.Platform,
                    ["frames"] = Frames(v.Frames),
                    ["created_new"] = v.CreatedNew,
                }),
            ]),
        };

    /// <summary>A job has ended.</summary>
    public static JsonObject CompletedOf(string jobId, string eventId) => new() { ["job_id"] = jobId, ["event_id"] = eventId };

    /// <summary>The body as it is sent: with what every event carries.</summary>
    public static string Sealed(JsonObject body, string topic, string correlationId, DateTimeOffset now)
    {
        body["_metadata"] = new JsonObject
        {
            ["timestamp"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture),
            ["correlation_id"] = correlationId,
            ["topic"] = topic,
        };
        return body.ToJsonString();
    }

    static JsonArray Frames(IReadOnlyList<CatalogFrame> frames) =>
        new([
            .. frames.Select(f => new JsonObject
            {
                ["frame_id"] = f.FrameId,
                ["ts"] = f.Ts,
                ["local_path"] = f.LocalPath,
            }),
        ]);
}

/// <summary>A video in a batch.</summary>
sealed record BatchVideo(string VideoId, string Platform, bool CreatedNew, IReadOnlyList<CatalogFrame> Frames);
