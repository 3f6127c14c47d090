using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>
/// Tries strategies in order and keeps every attempt. Infrastructure trouble moves on to the next one; "deleted" and the like are reported
/// only after a second opinion.
/// </summary>
public sealed class StrategyChain(IReadOnlyList<Strategy> strategies, Witness? witness, ILogger logger, TimeProvider time)
{
    /// <summary>The strategies, in the order they are tried.</summary>
    public IReadOnlyList<Strategy> Strategies => strategies;

    /// <summary>Resolves a post by the first strategy that can and that has not failed yet.</summary>
    /// <param name="url">A video or photo post.</param>
    /// <param name="wish">What will be wanted of the formats.</param>
    /// <param name="earlier">Attempts already made; their strategies are passed over.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The video with all attempts, the successful one last.</returns>
    /// <exception cref="TrawlException">When no strategy can; it carries the attempts.</exception>
    public async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, IReadOnlyList<Attempt> earlier, CancellationToken cancellation)
    {
        var attempts = earlier.ToList();
        TrawlException? verdict = null;
        foreach (var strategy in strategies.Where(s => earlier.All(a => a.Strategy != s.Name)))
        {
            if (strategy.Obstacle is { } obstacle)
            {
                attempts.Add(new Attempt(strategy.Name, FailureKind.ToolMissing, TimeSpan.Zero, obstacle));
                continue;
            }
            var started = time.GetTimestamp();
            try
            {
                var video = await strategy.ResolveAsync(url, wish, cancellation).ConfigureAwait(false);
                var elapsed = time.GetElapsedTime(started);
                logger.LogInformation(
                    "Resolved {Video} by {Strategy} in {Elapsed} ms",
                    url.Identity,
                    strategy.Name,
                    (int)elapsed.TotalMilliseconds
                );
                var success = new Attempt(strategy.Name, null, elapsed)
                {
                    ServiceTime = video.ServiceTime,
                    Size = video.Formats.FirstOrDefault()?.Size,
                };
                return video with { Attempts = [.. attempts, success] };
            }
            catch (TrawlException e)
            {
                attempts.Add(
                    new Attempt(strategy.Name, e.Kind, time.GetElapsedTime(started), e.Message, e.Detail) { ServiceTime = e.ServiceTime }
                );
                logger.LogInformation(
                    "{Strategy} failed on {Video}: {Kind}, {Reason}",
                    strategy.Name,
                    url.Identity,
                    e.Kind.Name(),
                    e.Message
                );
                if (e.Rule.Next == NextStep.Stop)
                    throw e.With(attempts);
                verdict = Weightier(verdict, e);
                if (e.Rule.Next == NextStep.SecondOpinion && attempts.Count(IsVerdict) > 1)
                    break; // two sources have seen the post itself: more would say the same
            }
        }
        verdict ??= NothingToTry(url, attempts);
        if (verdict.Kind == FailureKind.Gone)
            verdict = await ConfirmAsync(url, verdict, attempts, cancellation).ConfigureAwait(false);
        throw verdict.With(attempts);
    }

    static bool IsVerdict(Attempt attempt) => attempt.Failure?.Rule().Next == NextStep.SecondOpinion;

    // What a source says of the video outweighs what kept another source from saying anything; among equals the preferred strategy speaks.
    static TrawlException Weightier(TrawlException? first, TrawlException second) =>
        first is null || (first.Rule.Next != NextStep.SecondOpinion && second.Rule.Next == NextStep.SecondOpinion) ? second : first;

    async Task<TrawlException> ConfirmAsync(VideoUrl url, TrawlException gone, List<Attempt> attempts, CancellationToken cancellation)
    {
        if (attempts.Count(a => a.Failure == FailureKind.Gone) > 1)
            return gone;
        if (witness is null)
            return new TrawlException(FailureKind.Unavailable, $"{gone.Message} Unconfirmed: no second source could be asked.");

        var started = time.GetTimestamp();
        var exists = await witness.ExistsAsync(url, cancellation).ConfigureAwait(false);
        var (kind, reason) = exists switch
        {
            false => (FailureKind.Gone, "does not know the video either"),
            true => (FailureKind.Unavailable, "still knows the video"),
            null => (FailureKind.Unavailable, "cannot tell now"),
        };
        attempts.Add(new Attempt(witness.Name, kind, time.GetElapsedTime(started), $"{witness.Name} {reason}."));
        return kind == FailureKind.Gone ? gone : new TrawlException(kind, $"{gone.Message} Unconfirmed: {witness.Name} {reason}.");
    }

    static TrawlException NothingToTry(VideoUrl url, List<Attempt> attempts) =>
        attempts.Count == 0
            ? new(FailureKind.Configuration, $"No strategy is configured for {url.Platform}.")
            : new(FailureKind.ToolMissing, $"No strategy can run: {string.Join("; ", attempts.Select(a => $"{a.Strategy}: {a.Reason}"))}");
}
