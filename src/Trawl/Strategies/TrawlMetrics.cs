using System.Diagnostics;
using System.Diagnostics.Metrics;
using Trawl.Failures;

namespace Trawl.Strategies;

/// <summary>The numbers and spans Trawl tells whoever listens to the meter and the activity source <c>Trawl</c>.</summary>
public static class TrawlMetrics
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Trawl";

    static readonly Meter Meter = new(Name);

    static readonly ActivitySource Source = new(Name);

    static readonly Histogram<double> Operations = Meter.CreateHistogram<double>(
        "trawl.operation.duration",
        "s",
        "What was asked of us (follow, resolve, download), by platform, kind of failure (ok when there was none) and cache (hit, miss, stale)."
    );

    static readonly Histogram<double> Attempts = Meter.CreateHistogram<double>(
        "trawl.attempt.duration",
        "s",
        "Attempts of strategies, by platform, strategy and kind of failure (ok when there was none)."
    );

    static readonly Counter<long> Lookups = Meter.CreateCounter<long>(
        "trawl.cache.lookups",
        description: "Lookups in caches, by cache and outcome (hit, miss, stale, negative)."
    );

    static readonly Gauge<long> Doors = Meter.CreateGauge<long>(
        "trawl.door.open",
        description: "Whether a known post was had there when it was last asked (1 or 0), by platform, strategy and door."
    );

    /// <summary>Tells whether a source of a platform is open.</summary>
    public static void Door(string platform, string strategy, string? door, bool isOpen)
    {
        if (Doors.Enabled)
            Doors.Record(isOpen ? 1 : 0, new("platform", platform), new("strategy", strategy), new("door", door ?? ""));
    }

    /// <summary>Begins a span; null while nobody listens.</summary>
    internal static Activity? Start(string operation) => Source.HasListeners() ? Source.StartActivity("trawl." + operation) : null;

    internal static void Operation(string operation, string platform, string kind, string? cache, TimeSpan elapsed)
    {
        if (Operations.Enabled)
            Operations.Record(
                elapsed.TotalSeconds,
                new("operation", operation),
                new("platform", platform),
                new("kind", kind),
                new("cache", cache ?? "")
            );
    }

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
