using System.Collections.Concurrent;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Crawls;

/// <summary>How a job ended.</summary>
/// <param name="Done">Items finished, those of earlier runs included.</param>
/// <param name="Failures">Why the others did not finish.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record JobResult(int Done, IReadOnlyList<TrawlException> Failures, TimeSpan Elapsed)
{
    /// <summary>0 all well, 3 when some failed, else the code of the reason all share, 4 when one of several may pass, 5 otherwise.</summary>
    public int ExitCode
    {
        get
        {
            if (Failures.FirstOrDefault(f => f.Kind == FailureKind.Canceled) is { } canceled)
                return canceled.Rule.ExitCode;
            var codes = Failures.Select(f => f.Rule.ExitCode).Distinct().ToList();
            return codes switch
            {
                [] => 0,
                _ when Done > 0 => 3,
                [var only] => only,
                _ => Failures.Any(f => f.Rule.RetryLater) ? 4 : 5,
            };
        }
    }
}

/// <summary>Many items on the line, a few at a time; one that fails stops no other.</summary>
public sealed class CrawlJob(Crawl crawl, DownloadArchive? archive, int concurrency, TimeProvider time)
{
    // long enough for the first rests of a breaker: half a minute, 1, 2 and 4
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs all items to their ends. Of several, those that nobody can be asked for now wait, while any of them was done in the last ten minutes.</summary>
    public async Task<JobResult> RunAsync(
        IReadOnlyList<CrawlRequest> requests,
        IProgress<CrawlEvent> progress,
        CancellationToken cancellation
    )
    {
        var started = time.GetTimestamp();
        var lastDone = started;
        var done = 0;
        var failures = new ConcurrentQueue<TrawlException>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency };
        await Parallel.ForEachAsync(
            requests,
            parallel,
            async (request, _) =>
            {
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    var crawled = await RunAsync(request, PatienceLeft, progress, cancellation);
                    Volatile.Write(ref lastDone, time.GetTimestamp());
                    archive?.Add(crawled.Id);
                    Interlocked.Increment(ref done);
                    progress.Report(new ItemDone(request.Item, crawled));
                }
                catch (Exception e) when (Known(e, cancellation) is { } failure)
                {
                    failures.Enqueue(failure);
                    foreach (var attempt in failure.Attempts.Where(a => a.Failure is not null))
                        progress.Report(new StrategyFailed(request.Item, attempt));
                    progress.Report(
                        failure.Kind == FailureKind.UnsupportedLink
                            ? new ItemSkipped(request.Item, request.Shown, failure)
                            : new ItemFailed(request.Item, request.Shown, failure)
                    );
                }
            }
        );
        return new JobResult(done, [.. failures], time.GetElapsedTime(started));

        TimeSpan PatienceLeft() => requests.Count > 1 ? Patience - time.GetElapsedTime(Volatile.Read(ref lastDone)) : TimeSpan.Zero;
    }

    async Task<Crawled> RunAsync(
        CrawlRequest request,
        Func<TimeSpan> patience,
        IProgress<CrawlEvent> progress,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            try
            {
                return await crawl.RunAsync(request, progress, cancellation);
            }
            catch (TrawlException e) when (IsOfOthers(e) && e.RetryAfter <= patience())
            {
                var wait = e.RetryAfter.Value + Reserve;
                progress.Report(new ItemWaiting(request.Item, wait, e));
                await Task.Delay(wait, time, cancellation);
            }
        }
    }

    // clocks differ by fractions
    static readonly TimeSpan Reserve = TimeSpan.FromMilliseconds(100);

    // nobody was asked for this item: those before it used up the patience of all
    static bool IsOfOthers(TrawlException e) => e.Kind is FailureKind.Resting or FailureKind.RateLimited;

    static TrawlException? Known(Exception e, CancellationToken cancellation) =>
        e switch
        {
            TrawlException known => known,
            _ when cancellation.IsCancellationRequested => new TrawlException(FailureKind.Canceled, "Stopped on request.", e),
            UnauthorizedAccessException or IOException => new TrawlException(FailureKind.StorageDenied, e.Message, e),
            _ => null,
        };
}
