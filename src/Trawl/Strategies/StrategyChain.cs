using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>How a chain behaves.</summary>
public sealed record ChainOptions
{
    /// <summary>Whether the order follows experience. Default: no, it is as given.</summary>
    public bool Learns { get; init; }

    /// <summary>After how long without an answer the next strategy is asked as well; the first answer counts. Default: null, never.</summary>
    public TimeSpan? HedgeAfter { get; init; }

    /// <summary>Who is told of every attempt.</summary>
    public IReadOnlyList<AttemptObserver> Observers { get; init; } = [];

    /// <summary>Who says what exceptions mean, before we do.</summary>
    public IReadOnlyList<FailureClassifier> Classifiers { get; init; } = [];
}

/// <summary>
/// Tries strategies in order and keeps every attempt. Infrastructure trouble moves on to the next one; "deleted" and the like are reported
/// only after a second opinion. A strategy that keeps failing is left alone for a while.
/// </summary>
public sealed class StrategyChain
{
    readonly IReadOnlyList<Strategy> _strategies;
    readonly Witness? _witness;
    readonly ChainOptions _options;
    readonly ILogger _logger;
    readonly TimeProvider _time;
    readonly Dictionary<Strategy, StrategyHealth> _health;

    /// <summary>Makes a chain.</summary>
    public StrategyChain(
        string platform,
        IReadOnlyList<Strategy> strategies,
        Witness? witness,
        ChainOptions options,
        ILogger logger,
        TimeProvider time,
        StrategyChain? before = null
    )
    {
        (_strategies, _witness, _options, _logger, _time) = (strategies, witness, options, logger, time);
        _health = strategies.ToDictionary(
            s => s,
            s => before?.HealthOf(s.Name) ?? new StrategyHealth(platform, s.Name, s.UsualRequests, time)
        );
    }

    /// <summary>The strategies, in the order they would be tried now.</summary>
    public IReadOnlyList<Strategy> Strategies =>
        _options.Learns
            ? [.. _strategies.OrderBy(s => _health[s].QuotaWait is not null).ThenBy(s => _health[s].ExpectedCost)] // a stable order
            : _strategies;

    /// <summary>How a strategy is doing.</summary>
    public StrategyHealth HealthOf(Strategy strategy) => _health[strategy];

    StrategyHealth? HealthOf(string name) => _health.Values.FirstOrDefault(h => h.Strategy == name);

    /// <summary>Resolves a post by the first strategy that can and that has not failed yet.</summary>
    /// <param name="url">A video or photo post.</param>
    /// <param name="wish">What will be wanted of the formats.</param>
    /// <param name="earlier">Attempts already made; their strategies are passed over.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The video with all attempts, the successful one last.</returns>
    /// <exception cref="TrawlException">When no strategy can; it carries the attempts.</exception>
    public async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, IReadOnlyList<Attempt> earlier, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var attempts = earlier.ToList();
        var waiting = new Queue<Strategy>(Strategies.Where(s => earlier.All(a => a.Strategy != s.Name)));
        var running = new List<Task<Outcome>>();
        TrawlException? verdict = null;
        TimeSpan? rest = null;
        try
        {
            while (true)
            {
                if (running.Count == 0 && !TryStart(url, wish, waiting, running, attempts, ref rest, stop.Token))
                    break;
                if (await FirstAsync(running, waiting.Count > 0, stop.Token).ConfigureAwait(false) is not { } ended)
                {
                    TryStart(url, wish, waiting, running, attempts, ref rest, stop.Token);
                    continue;
                }
                var (attempt, video, failure) = ended;
                if (video is not null)
                    return video with { Attempts = [.. attempts, .. video.Attempts, attempt] };
                attempts.AddRange(failure!.Attempts);
                attempts.Add(attempt);
                if (failure.Rule.Next == NextStep.Stop)
                    throw failure.With(attempts);
                verdict = Weightier(verdict, failure);
                if (IsVerdict(attempt) && attempts.Count(IsVerdict) > 1)
                    break; // two sources have seen the post itself: more would say the same
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false); // whoever lost the race
        }
        if (verdict is null || (PreferredRests(attempts.Skip(earlier.Count)) && verdict.Rule.Next != NextStep.SecondOpinion))
            verdict = NothingToTry(url, attempts, rest);
        if (verdict.Kind == FailureKind.Gone)
            verdict = await ConfirmAsync(url, verdict, attempts, cancellation).ConfigureAwait(false);
        throw verdict.With(attempts);
    }

    /// <summary>Remembers that the file a strategy promised could not be had.</summary>
    public void Blame(VideoUrl url, Attempt attempt)
    {
        if (_strategies.FirstOrDefault(s => s.Name == attempt.Strategy) is { } strategy)
            Remember(strategy, url, attempt, null, requests: 0, ofFile: true);
    }

    // Starts the next strategy that may be asked; the others step aside with their reason.
    bool TryStart(
        VideoUrl url,
        FormatWish wish,
        Queue<Strategy> waiting,
        List<Task<Outcome>> running,
        List<Attempt> attempts,
        ref TimeSpan? rest,
        CancellationToken cancellation
    )
    {
        while (waiting.TryDequeue(out var strategy))
        {
            if (strategy.Obstacle is { } obstacle)
            {
                attempts.Add(new Attempt(strategy.Name, FailureKind.ToolMissing, TimeSpan.Zero, obstacle));
            }
            else if (_health[strategy].TryPass(out var refusal, out var wait))
            {
                running.Add(AskAsync(strategy, url, wish, cancellation));
                return true;
            }
            else
            {
                attempts.Add(refusal!);
                rest = rest is null || wait < rest ? wait : rest;
            }
        }
        return false;
    }

    // The first to end; null when none has ended in time and another one may help.
    async Task<Outcome?> FirstAsync(List<Task<Outcome>> running, bool moreWait, CancellationToken cancellation)
    {
        var any = Task.WhenAny(running);
        if (_options.HedgeAfter is { } delay && moreWait)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var first = await Task.WhenAny(any, Task.Delay(delay, _time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            if (first != any)
                return null;
        }
        var ended = await any.ConfigureAwait(false);
        running.Remove(ended);
        return await ended.ConfigureAwait(false);
    }

    async Task<Outcome> AskAsync(Strategy strategy, VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        var (started, spent) = (_time.GetTimestamp(), RequestBudget.Spent);
        using var activity = TrawlMetrics.Start("attempt");
        activity?.SetTag("platform", url.Platform).SetTag("strategy", strategy.Name).SetTag("video", url.Identity);
        foreach (var observer in _options.Observers)
            observer.Started(url, strategy.Name);
        try
        {
            var video = await strategy.ResolveAsync(url, wish, cancellation).ConfigureAwait(false);
            var success = new Attempt(strategy.Name, null, _time.GetElapsedTime(started))
            {
                ServiceTime = video.ServiceTime,
                Size = video.Formats.FirstOrDefault()?.Size,
                Door = video.Door,
                Way = video.Way,
                Warnings = video.Warnings,
            };
            Remember(url, strategy, video.Attempts);
            Remember(strategy, url, success, null, RequestBudget.Spent - spent);
            _logger.LogInformation(
                "Resolved {Video} by {Strategy} in {Elapsed} ms",
                url.Identity,
                strategy.Name,
                (int)success.Elapsed.TotalMilliseconds
            );
            return new Outcome(success, video, null);
        }
        catch (Exception caught) when (Known(url, strategy, caught) is { } e)
        {
            activity?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, e.Kind.Name());
            var attempt = new Attempt(strategy.Name, e.Kind, _time.GetElapsedTime(started), e.Message, e.Detail)
            {
                ServiceTime = e.ServiceTime,
                Door = e.Door,
                Way = e.Way,
                IsOfContent = e.IsOfContent,
                Warnings = e.Warnings,
            };
            Remember(url, strategy, e.Attempts);
            Remember(strategy, url, attempt, e.RetryAfter, RequestBudget.Spent - spent);
            _logger.LogInformation("{Strategy} failed on {Video}: {Kind}, {Reason}", strategy.Name, url.Identity, e.Kind.Name(), e.Message);
            return new Outcome(attempt, null, e);
        }
        catch (OperationCanceledException e)
        {
            Remember(
                strategy,
                url,
                new Attempt(strategy.Name, FailureKind.Canceled, _time.GetElapsedTime(started), e.Message),
                null,
                RequestBudget.Spent - spent
            );
            throw;
        }
    }

    // What an exception means: a classifier's word first, then what it says itself. A strategy that breaks must not take the others down.
    TrawlException? Known(VideoUrl url, Strategy strategy, Exception e)
    {
        if (e is OperationCanceledException)
            return null;
        foreach (var classifier in _options.Classifiers)
            if (classifier.Classify(url, strategy.Name, e) is { } failure)
                return failure;
        if (e is TrawlException known)
            return known;
        _logger.LogError(e, "{Strategy} broke on {Video}", strategy.Name, url.Identity);
        return new TrawlException(FailureKind.UpstreamError, $"{strategy.Name} broke: {Masking.Masked(e.Message)}", e)
        {
            Detail = "BROKEN",
        };
    }

    void Remember(Strategy strategy, VideoUrl url, Attempt attempt, TimeSpan? retryAfter, int requests, bool ofFile = false)
    {
        var record = new AttemptRecord(
            _time.GetUtcNow(),
            url.Platform,
            attempt.Strategy,
            url.Identity,
            attempt.Failure,
            attempt.Elapsed,
            attempt.Detail,
            retryAfter,
            requests,
            ofFile
        )
        {
            Door = attempt.Door,
            Way = attempt.Way,
            IsOfContent = attempt.IsOfContent,
            Warnings = attempt.Warnings,
        };
        _health[strategy].Record(record);
        TrawlMetrics.Attempt(record);
        foreach (var observer in _options.Observers)
            observer.Ended(record);
    }

    // what was said at its doors before
    void Remember(VideoUrl url, Strategy strategy, IEnumerable<Attempt> atDoors)
    {
        foreach (var attempt in atDoors)
        foreach (var observer in _options.Observers)
            observer.Ended(
                new AttemptRecord(
                    _time.GetUtcNow(),
                    url.Platform,
                    strategy.Name,
                    url.Identity,
                    attempt.Failure,
                    attempt.Elapsed,
                    attempt.Detail
                )
                {
                    Door = attempt.Door,
                    Way = attempt.Way,
                    OfDoor = true,
                }
            );
    }

    static bool IsVerdict(Attempt attempt) => attempt.Failure?.Rule().Next == NextStep.SecondOpinion;

    // What a source says of the video outweighs what kept another source from saying anything; among equals the preferred strategy speaks.
    static TrawlException Weightier(TrawlException? first, TrawlException second) =>
        first is null || (first.Rule.Next != NextStep.SecondOpinion && second.Rule.Next == NextStep.SecondOpinion) ? second : first;

    // A preferred strategy that rests after failures is the reason, not the stand-in that could not help: the post can be had after the rest.
    static bool PreferredRests(IEnumerable<Attempt> attempts) =>
        attempts.FirstOrDefault(a => a.Failure != FailureKind.ToolMissing) is { Failure: FailureKind.Resting, Door: null };

    async Task<TrawlException> ConfirmAsync(VideoUrl url, TrawlException gone, List<Attempt> attempts, CancellationToken cancellation)
    {
        if (attempts.Count(a => a.Failure == FailureKind.Gone) > 1)
            return gone;
        if (_witness is null)
            return new TrawlException(FailureKind.Unavailable, $"{gone.Message} Unconfirmed: no second source could be asked.");

        var started = _time.GetTimestamp();
        var exists = await _witness.ExistsAsync(url, cancellation).ConfigureAwait(false);
        var (kind, reason) = exists switch
        {
            false => (FailureKind.Gone, "does not know the video either"),
            true => (FailureKind.Unavailable, "still knows the video"),
            null => (FailureKind.Unavailable, "cannot tell now"),
        };
        attempts.Add(new Attempt(_witness.Name, kind, _time.GetElapsedTime(started), $"{_witness.Name} {reason}."));
        return kind == FailureKind.Gone ? gone : new TrawlException(kind, $"{gone.Message} Unconfirmed: {_witness.Name} {reason}.");
    }

    static TrawlException NothingToTry(VideoUrl url, List<Attempt> attempts, TimeSpan? rest)
    {
        var reasons = string.Join("; ", attempts.Select(a => $"{a.Strategy}: {a.Reason}"));
        if (attempts.Count == 0)
            return new(FailureKind.Configuration, $"No strategy is configured for {url.Platform}.");
        return attempts.Exists(a => a.Failure is FailureKind.Resting or FailureKind.RateLimited)
            ? new(FailureKind.Resting, $"No strategy can answer now: {reasons}") { RetryAfter = rest }
            : new(FailureKind.ToolMissing, $"No strategy can run: {reasons}");
    }

    sealed record Outcome(Attempt Attempt, Video? Video, TrawlException? Failure);
}
