using Microsoft.Extensions.Logging;
using Trawl.App.Concurrency;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Crawls;

/// <summary>
/// Works on jobs until it is stopped: searches, and meanwhile downloads what has been found. Any number of workers may share a database. What one of
/// them did not finish another one does; what none can finish is given up, and harms nothing else.
/// </summary>
sealed partial class CrawlWorker(WorkerParts parts, IVideoWork work, IReadOnlyList<PlatformSearch> searches)
{
    const int SearchesAtOnce = 2;

    readonly PollingLoop _loop = new(parts.Options.Look, parts.Time, parts.Logger);
    readonly JobSearch _search = new(parts, searches);
    readonly ItemWork _items = new(parts, work, [.. searches.Select(s => s.Platform)]);

    /// <summary>Works until it is stopped.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        TaskGroup.RunAsync(
            cancellation,
            [
                .. Enumerable.Repeat<Func<CancellationToken, Task>>(
                    token => _loop.RunAsync(parts.Changes[Topic.Jobs], _search.NextAsync, token),
                    SearchesAtOnce
                ),
                _items.RunAsync,
                token => _loop.RunAsync(new WakeSignal(), EndJobsAsync, token),
            ]
        );

    // searches that have ended three workers, and jobs whose last worker died between the last video and the end
    async Task<bool> EndJobsAsync(CancellationToken cancellation)
    {
        if (await parts.Jobs.GiveUpSearchesAsync(cancellation) is > 0 and var lost)
            LogGivenUp(parts.Logger, lost);
        foreach (var job in await parts.Jobs.EndedAsync(cancellation))
        {
            try
            {
                await parts.Record.EndAsync(job, cancellation);
            }
            catch (Exception e) when (e is not (OperationCanceledException or TrawlException { Kind: FailureKind.ServiceUnavailable }))
            {
                Defects.Known(e, parts.Logger); // the other jobs end all the same
            }
        }
        return false;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up {Count} searches that ended three workers")]
    static partial void LogGivenUp(ILogger logger, int count);
}
