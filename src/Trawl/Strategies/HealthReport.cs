namespace Trawl.Strategies;

/// <summary>When numbers are worth a word.</summary>
public sealed record MonitorOptions
{
    /// <summary>The 95th percentile of a strategy's time that is slow. Default: 5 s.</summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The one that is too slow. Default: 10 s.</summary>
    public TimeSpan TooSlow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The share of answers below which a strategy is shaky, in per cent. Default: 95.</summary>
    public double Shaky { get; init; } = 95;

    /// <summary>The share below which it is failing. Default: 90.</summary>
    public double Failing { get; init; } = 90;

    /// <summary>The share of hits below which the video cache is of little use, in per cent. Default: 70.</summary>
    public double FewHits { get; init; } = 70;

    /// <summary>How many failures of its own within a minute make a strategy unhealthy. Default: 1.</summary>
    public int FailuresPerMinute { get; init; } = 1;
}

/// <summary>How grave an alert is.</summary>
public enum AlertLevel
{
    Warning,
    Critical,
}

/// <summary>Something an operator should know.</summary>
/// <param name="Level">How grave it is.</param>
/// <param name="Subject">What it is about, for example <c>tiktok web</c>.</param>
/// <param name="Message">A sentence.</param>
public sealed record Alert(AlertLevel Level, string Subject, string Message);

/// <summary>How everything is doing.</summary>
/// <param name="IsHealthy">Whether every strategy in use is: no breaker is open, and none fails more than once a minute.</param>
/// <param name="Alerts">What an operator should know.</param>
public sealed record HealthReport(bool IsHealthy, IReadOnlyList<Alert> Alerts)
{
    /// <summary>Judges the numbers.</summary>
    public static HealthReport Of(
        IEnumerable<StrategyHealth> strategies,
        IEnumerable<CacheStatistics> caches,
        MonitorOptions options,
        DateTimeOffset now
    )
    {
        var alerts = new List<Alert>();
        var healthy = true;
        foreach (var health in strategies)
        {
            var numbers = health.Statistics;
            var subject = $"{health.Platform} {health.Strategy}";
            if (health.Breaker.State == BreakerState.Open)
            {
                healthy = false;
                alerts.Add(new(AlertLevel.Critical, subject, "It failed too often and rests."));
            }
            healthy &= numbers.LastFailures.Count(f => f.IsItsFault && now - f.At < TimeSpan.FromMinutes(1)) < options.FailuresPerMinute;
            if (numbers.Total > 0)
                alerts.AddRange(
                    Judge(subject, numbers.AnsweredPercent, options.Shaky, options.Failing, share => $"It answers {share} % of the time.")
                );
            if (numbers.Percentile95 > options.Slow)
                alerts.Add(
                    new(
                        numbers.Percentile95 > options.TooSlow ? AlertLevel.Critical : AlertLevel.Warning,
                        subject,
                        $"It takes up to {numbers.Percentile95.TotalSeconds:0.#} s."
                    )
                );
        }
        foreach (var cache in caches.Where(c => c.Name == "videos" && c.HitPercent < options.FewHits))
            alerts.Add(new(AlertLevel.Warning, $"cache {cache.Name}", $"It knows {cache.HitPercent} % of what is asked."));
        return new HealthReport(healthy, alerts);
    }

    static IEnumerable<Alert> Judge(string subject, double? share, double warning, double critical, Func<double, string> sentence)
    {
        if (share < warning)
            yield return new(share < critical ? AlertLevel.Critical : AlertLevel.Warning, subject, sentence(share.Value));
    }
}
