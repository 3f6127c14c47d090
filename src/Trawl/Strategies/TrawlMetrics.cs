using System.Diagnostics.Metrics;
using Trawl.Failures;

namespace Trawl.Strategies;

/// <summary>The numbers Trawl tells whoever listens to the meter <c>Trawl</c>.</summary>
public static class TrawlMetrics
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Trawl";

    static readonly Meter Meter = new(Name);

    static readonly Histogram<double> Attempts = Meter.CreateHistogram<double>(
        "trawl.attempt.duration",
        "s",
        "Attempts of strategies, by platform, strategy and kind of failure (ok when there was none)."
    );

    static readonly Counter<long> Lookups = Meter.CreateCounter<long>(
        "trawl.cache.lookups",
        description: "Lookups in caches, by cache and outcome (hit, miss, stale, negative)."
    );

    internal static void Attempt(AttemptRecord attempt)
    {
        if (Attempts.Enabled)
            Attempts.Record(
                attempt.Elapsed.TotalSeconds,
                new("platform", attempt.Platform),
                new("strategy", attempt.Strategy),
                new("kind", attempt.Failure?.Name() ?? "ok")
            );
    }

    internal static void Lookup(string cache, string outcome)
    {
        if (Lookups.Enabled)
            Lookups.Add(1, new("cache", cache), new("outcome", outcome));
    }
}
