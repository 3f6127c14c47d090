using Trawl.Failures;

namespace Trawl.Strategies;

/// <summary>One attempt as history remembers it.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Platform">The platform's name.</param>
/// <param name="Strategy">The strategy's name.</param>
/// <param name="Video">What it was about.</param>
/// <param name="Failure">What went wrong; null when it succeeded.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Detail">A finer code.</param>
/// <param name="RetryAfter">How long the other side asked us to wait.</param>
/// <param name="Requests">How many requests it cost.</param>
/// <param name="OfFile">Whether the file failed after the video had been resolved: it takes the place of that success.</param>
public sealed record AttemptRecord(
    DateTimeOffset At,
    string Platform,
    string Strategy,
    string Video,
    FailureKind? Failure,
    TimeSpan Elapsed,
    string? Detail = null,
    TimeSpan? RetryAfter = null,
    int Requests = 0,
    bool OfFile = false
)
{
    /// <summary>Which of the strategy's doors answered; null where it has no more than one.</summary>
    public string? Door { get; init; }

    /// <summary>The way out that was taken to the door.</summary>
    public string? Way { get; init; }

    /// <summary>Whether it is what the post is like that kept it from being had.</summary>
    public bool IsOfContent { get; init; }

    /// <summary>What a helper program warned of on the way.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the strategy is to blame for what went wrong.</summary>
    public bool IsItsFault => !IsOfContent && Failure?.Rule().CountsAgainstStrategy == true;

    /// <summary>Whether only this door refused and the strategy went on: it says nothing of the strategy.</summary>
    public bool OfDoor { get; init; }
}

/// <summary>How a strategy is doing: its breaker, its quota, and what history says.</summary>
public sealed class StrategyHealth(string platform, string strategy, int usualRequests, TimeProvider time)
{
    const int Remembered = 100;
    const int FailuresShown = 20;
    const int MostWarnings = 5;

    // a shorter wish is the pace's business
    static readonly TimeSpan Quota = TimeSpan.FromMinutes(1);

    // a question takes about as long
    static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(3);

    readonly Lock _lock = new();
    readonly List<AttemptRecord> _recent = [];
    readonly long[] _failures = new long[FailureTable.Rules.Count];
    readonly List<string> _warnings = [];
    long _succeeded;
    DateTimeOffset _quotaUntil;

    /// <summary>The platform's name.</summary>
    public string Platform => platform;

    /// <summary>The strategy's name.</summary>
    public string Strategy => strategy;

    /// <summary>Whether it is asked.</summary>
    public Breaker Breaker { get; } = new(time);

    /// <summary>The numbers now.</summary>
    public StrategyStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                var times = _recent.Select(r => r.Elapsed).Order().ToList();
                return new StrategyStatistics
                {
                    Succeeded = _succeeded,
                    Failed = _failures.Sum(),
                    Kinds = FailureTable
                        .Rules.Where(r => _failures[(int)r.Kind] > 0)
                        .ToDictionary(r => r.Kind, r => _failures[(int)r.Kind]),
                    Average = times.Count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)times.Average(t => t.Ticks)),
                    Median = Percentile(times, 0.5),
                    Percentile95 = Percentile(times, 0.95),
                    Shortest = times.FirstOrDefault(),
                    Longest = times.LastOrDefault(),
                    Blameless = FailureTable
                        .Rules.Where(r => r.Next == NextStep.SecondOpinion || r.Kind == FailureKind.Canceled)
                        .Sum(r => _failures[(int)r.Kind]),
                    LastFailures = [.. _recent.Where(r => r.Failure is not null).AsEnumerable().Reverse().Take(FailuresShown)],
                };
            }
        }
    }

    /// <summary>How long its quota is used up; null while there is some left.</summary>
    public TimeSpan? QuotaWait
    {
        get
        {
            lock (_lock)
                return _quotaUntil - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : null;
        }
    }

    /// <summary>What its helper program warned of, each once, the newest last; at most five.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_lock)
                return [.. _warnings];
        }
    }

    /// <summary>Asks to pass; if it must not be asked now, says why and for how long.</summary>
    public bool TryPass(out Attempt? refusal, out TimeSpan? wait)
    {
        refusal = null;
        wait = QuotaWait;
        if (wait is not null)
        {
            refusal = Refused(FailureKind.RateLimited, $"its quota is used up for {Shown(wait.Value)}");
            return false;
        }
        if (Breaker.TryPass())
            return true;
        wait = Breaker.Remaining ?? (Breaker.State == BreakerState.Disabled ? null : ProbeTime);
        refusal = Refused(
            FailureKind.Resting,
            Breaker.State == BreakerState.Disabled ? "it is switched off"
                : Breaker.Remaining is { } left ? $"it failed too often{LastFault} and rests for {Shown(left)}"
                : "it is being tried by somebody else"
        );
        return false;
    }

    /// <summary>Remembers an attempt.</summary>
    public void Record(AttemptRecord attempt)
    {
        lock (_lock)
        {
            if (attempt.OfFile && _recent.FindLastIndex(r => r.Failure is null && r.Video == attempt.Video) is >= 0 and var promise)
            {
                attempt = attempt with
                {
                    Elapsed = attempt.Elapsed + _recent[promise].Elapsed,
                    Requests = attempt.Requests + _recent[promise].Requests,
                };
                _recent.RemoveAt(promise);
                _succeeded--;
            }
            _recent.Add(attempt);
            if (_recent.Count > Remembered)
                _recent.RemoveAt(0);
            foreach (var warning in attempt.Warnings)
            {
                _warnings.Remove(warning);
                _warnings.Add(warning);
                if (_warnings.Count > MostWarnings)
                    _warnings.RemoveAt(0);
            }
            if (attempt.Failure is { } kind)
                _failures[(int)kind]++;
            else
                _succeeded++;
            if (attempt is { Failure: FailureKind.RateLimited, RetryAfter: { } wait } && wait >= Quota)
                _quotaUntil = attempt.At + wait;
        }
        // what a post is like says nothing about the strategy that found out
        if (attempt.Failure == FailureKind.Canceled)
            Breaker.Withdraw();
        else
            Breaker.Record(attempt.IsItsFault, attempt.At);
    }

    /// <summary>Forgets everything and allows it again.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _recent.Clear();
            _warnings.Clear();
            Array.Clear(_failures);
            _succeeded = 0;
            _quotaUntil = default;
        }
        Breaker.Reset();
    }

    /// <summary>
    /// What an answer is expected to cost: the seconds of an attempt and one for each request, divided by the share of attempts that bring
    /// one. Smaller is better.
    /// </summary>
    public double ExpectedCost
    {
        get
        {
            lock (_lock)
            {
                var counted = Counted();
                // nobody knows: as one that takes a second and its usual requests and fails as often as not
                var chance = (counted.Count(r => r.Failure is null) + 1.0) / (counted.Count + 2.0);
                var price = counted.Count == 0 ? 1 + usualRequests : counted.Average(r => r.Elapsed.TotalSeconds + Math.Max(1, r.Requests));
                return price / chance;
            }
        }
    }

    /// <summary>What <see cref="ExpectedCost"/> rests on, for people.</summary>
    public string Standing
    {
        get
        {
            lock (_lock)
            {
                var counted = Counted();
                var quota = _quotaUntil > time.GetUtcNow() ? "its quota is used up; " : "";
                if (counted.Count == 0)
                    return $"{quota}untried, usually {usualRequests} requests";
                var answered = counted.Count(r => r.Failure is null);
                return $"{quota}{answered} of the last {counted.Count} brought a video, {counted.Average(r => r.Elapsed.TotalSeconds):0.0} s and {counted.Average(r => r.Requests):0.0} requests each";
            }
        }
    }

    // what those read who wait for it
    string LastFault
    {
        get
        {
            lock (_lock)
                return _recent.FindLast(r => r.IsItsFault)?.Failure is { } kind ? $" ({kind.Name()})" : "";
        }
    }

    // what a post is like says nothing about the strategy
    List<AttemptRecord> Counted() => [.. _recent.Where(r => r.Failure is null || r.IsItsFault).TakeLast(20)];

    Attempt Refused(FailureKind kind, string reason) => new(strategy, kind, TimeSpan.Zero, reason, "STEPPED_ASIDE");

    static TimeSpan Percentile(List<TimeSpan> sorted, double share) =>
        sorted.Count == 0 ? TimeSpan.Zero : sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    static string Shown(TimeSpan span) => span.TotalSeconds < 120 ? $"{span.TotalSeconds:0} s" : $"{span.TotalMinutes:0} min";
}

/// <summary>What history says of a strategy. Times are of the last 100 attempts.</summary>
public sealed record StrategyStatistics
{
    /// <summary>Attempts that brought a video.</summary>
    public long Succeeded { get; init; }

    /// <summary>Attempts that did not.</summary>
    public long Failed { get; init; }

    /// <summary>The failures by kind.</summary>
    public required IReadOnlyDictionary<FailureKind, long> Kinds { get; init; }

    /// <summary>The mean time.</summary>
    public TimeSpan Average { get; init; }

    /// <summary>The time half of the attempts stayed under.</summary>
    public TimeSpan Median { get; init; }

    /// <summary>The time 95 of 100 attempts stayed under.</summary>
    public TimeSpan Percentile95 { get; init; }

    /// <summary>Attempts that found out what keeps the post from being seen, and those stopped on request.</summary>
    public long Blameless { get; init; }

    /// <summary>The shortest time.</summary>
    public TimeSpan Shortest { get; init; }

    /// <summary>The longest time.</summary>
    public TimeSpan Longest { get; init; }

    /// <summary>The last failures, the newest first.</summary>
    public required IReadOnlyList<AttemptRecord> LastFailures { get; init; }

    /// <summary>All attempts.</summary>
    public long Total => Succeeded + Failed;

    /// <summary>The share that brought a video or a reason of the video's own, in per cent with two decimals; null before the first attempt.</summary>
    public double? AnsweredPercent => Total == 0 ? null : Math.Round(100.0 * (Succeeded + Blameless) / Total, 2);

    /// <summary>The share that brought a video, in per cent with two decimals; null before the first attempt.</summary>
    public double? SuccessPercent => Total == 0 ? null : Math.Round(100.0 * Succeeded / Total, 2);
}
