using Microsoft.Extensions.Logging;
using Trawl.App.Crawls;
using Trawl.Failures;

namespace Trawl.App.Searches;

/// <summary>What a search of one platform came to.</summary>
/// <param name="Found">The videos.</param>
/// <param name="Failure">Why somebody could not look, for one of the phrases at least; null when everybody could.</param>
sealed record PlatformFindings(IReadOnlyList<Found> Found, TrawlException? Failure);

/// <summary>Searches a platform for all phrases: each by the first searcher that answers, and each video once, by its id and by its title.</summary>
sealed partial class PlatformSearch(string platform, IReadOnlyList<Searcher> searchers, TimeProvider time, ILogger logger)
{
    static readonly TimeSpan BetweenPhrases = TimeSpan.FromSeconds(1);

    /// <summary>The platform.</summary>
    public string Platform => platform;

    /// <summary>Searches.</summary>
    /// <param name="phrases">What for.</param>
    /// <param name="count">How many videos for each phrase.</param>
    /// <param name="wanted">Which of them.</param>
    /// <param name="found">Gets the videos of each phrase as they are found.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<PlatformFindings> RunAsync(
        IReadOnlyList<string> phrases,
        int count,
        Wanted wanted,
        Func<IReadOnlyList<Found>, Task> found,
        CancellationToken cancellation
    )
    {
        var (all, ids, titles) = (
            new List<Found>(),
            new HashSet<string>(StringComparer.Ordinal),
            new HashSet<string>(StringComparer.Ordinal)
        );
        TrawlException? failure = null;
        foreach (var (i, phrase) in phrases.Index())
        {
            if (i > 0)
                await Task.Delay(BetweenPhrases, time, cancellation);
            IReadOnlyList<Found> hits;
            try
            {
                hits = await SearchAsync(phrase, count, cancellation);
            }
            catch (Exception caught) when (!cancellation.IsCancellationRequested)
            {
                var e = Defects.Known(caught, logger);
                failure ??= e;
                LogFailed(logger, platform, phrase, e.Kind.Name(), e.Message);
                continue;
            }
            List<Found> fresh =
            [
                .. hits.Where(v => wanted.Against(v.PublishedAt, v.Duration) is null)
                    .Where(v => ids.Add(v.Id))
                    .Where(v => v.Title.Trim().Length == 0 || titles.Add(v.Title.Trim())),
            ];
            all.AddRange(fresh);
            await found(fresh); // where this fails the phrase was not in vain: the whole search is repeated
        }
        LogDone(logger, platform, phrases.Count, all.Count);
        return new PlatformFindings(all, failure);
    }

    async Task<IReadOnlyList<Found>> SearchAsync(string phrase, int count, CancellationToken cancellation)
    {
        TrawlException? first = null;
        foreach (var searcher in searchers.Where(s => s.Obstacle is null))
        {
            try
            {
                if (await searcher.RunAsync(phrase, count, cancellation) is { Count: > 0 } found)
                    return found;
            }
            catch (Exception caught) when (!cancellation.IsCancellationRequested)
            {
                var e = Defects.Known(caught, logger);
                first ??= e;
                LogPassed(logger, searcher.Name, platform, e.Kind.Name(), e.Message);
            }
        }
        if (first is not null)
            throw first;
        return searchers.Any(s => s.Obstacle is null)
            ? []
            : throw new TrawlException(
                FailureKind.ToolMissing,
                $"{platform} cannot be searched here: {string.Join("; ", searchers.Select(s => s.Obstacle))}."
            );
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Searched {Platform} for \"{Phrase}\" in vain: {Kind}, {Reason}")]
    static partial void LogFailed(ILogger logger, string platform, string phrase, string kind, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Passed over {Searcher} for {Platform}: {Kind}, {Reason}")]
    static partial void LogPassed(ILogger logger, string searcher, string platform, string kind, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Searched {Platform} for {Phrases} phrases and found {Videos} videos")]
    static partial void LogDone(ILogger logger, string platform, int phrases, int videos);
}
