using Trawl.App.Storage;

namespace Trawl.App.Crawls;

/// <summary>What a worker's settings want removed from its folders.</summary>
static class RetentionRules
{
    /// <summary>What the settings want removed: of videos, and of keyframes.</summary>
    public static IReadOnlyList<Retention> Of(WorkerOptions options, TimeProvider time)
    {
        var (videos, keyframes) = Folders(options);
        return
        [
            .. options.Retention > TimeSpan.Zero ? [new Retention(videos, options.Retention, time)] : Array.Empty<Retention>(),
            .. options.KeyframeRetention > TimeSpan.Zero
                ? [new Retention(keyframes, options.KeyframeRetention, time) { Pins = videos }]
                : Array.Empty<Retention>(),
        ];
    }

    /// <summary>What lies there for a day and belongs to no video that is known.</summary>
    /// <param name="options">Where.</param>
    /// <param name="known">The ids of those that are known.</param>
    /// <param name="time">The clock.</param>
    public static IReadOnlyList<Retention> Orphans(WorkerOptions options, IReadOnlySet<string> known, TimeProvider time)
    {
        var (videos, keyframes) = Folders(options);
        return
        [
            .. ((string[])[videos, keyframes]).Select(f => new Retention(f, TimeSpan.FromDays(1), time)
            {
                Pins = videos,
                Chosen = id => !known.Contains(id),
            }),
        ];
    }

    static (string Videos, string Keyframes) Folders(WorkerOptions options) =>
        (Path.Combine(options.Data, options.Videos), Path.Combine(options.Data, options.Keyframes));
}
