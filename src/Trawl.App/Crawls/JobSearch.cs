using System.Text;
using Microsoft.Extensions.Logging;
using Trawl.App.Concurrency;
using Trawl.App.Jobs;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Crawls;

/// <summary>Searches for jobs. What is found becomes videos to work on while the search goes on; where nobody could look, the job is searched for again later.</summary>
/// <param name="parts">What a worker is made of.</param>
/// <param name="searches">Where it can search.</param>
sealed partial class JobSearch(WorkerParts parts, IReadOnlyList<PlatformSearch> searches)
{
    // when a job that this worker put back can be searched for again
    DateTimeOffset? _due;

    /// <summary>Claims the next job and searches for it.</summary>
    /// <returns>After how long there may be another one.</returns>
    public async Task<TimeSpan> NextAsync(bool isWoken, CancellationToken cancellation)
    {
        if (await parts.Jobs.ClaimJobAsync(cancellation) is not { } job)
            return _due - parts.Time.GetUtcNow() is { } wait && wait > TimeSpan.Zero ? wait : PollingLoop.Unknown;
        using var lease = new LeaseRenewal(
            parts.Jobs.Lease,
            token => parts.Jobs.RenewAsync(job, token),
            parts.Time,
            parts.Logger,
            cancellation
        );
        try
        {
            await SearchAsync(job, lease.Token);
        }
        catch (OperationCanceledException) when (lease.IsLost)
        {
            LogLost(parts.Logger, job.JobId);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            await parts.Jobs.PutBackAsync(job, CancellationToken.None); // the worker is stopped: no attempt of the job
        }
        catch (TrawlException e) when (e.Kind is FailureKind.ServiceUnavailable or FailureKind.StorageFull)
        {
            await parts.SettleAsync(token => parts.Jobs.PutBackAsync(job, token), cancellation); // no attempt of the job either
        }
        catch (Exception e)
        {
            await EndAsync(job, [], [("search", Defects.Known(e, parts.Logger))], cancellation);
        }
        return TimeSpan.Zero;
    }

    async Task SearchAsync(ClaimedJob job, CancellationToken cancellation)
    {
        var order = Read(job);
        LogSearching(parts.Logger, order.JobId, order.Industry, string.Join(", ", order.Platforms));
        using var turns = new SemaphoreSlim(parts.Options.Platforms ?? Math.Max(1, order.Platforms.Count));
        var findings = await Task.WhenAll(order.Platforms.Select(SearchOneAsync));
        var failures = order.Platforms.Zip(findings).Where(f => f.Second.Failure is not null).Select(f => (f.First, f.Second.Failure!));
        await EndAsync(job, findings, [.. failures], cancellation);

        async Task<PlatformFindings> SearchOneAsync(string platform)
        {
            await turns.WaitAsync(cancellation);
            try
            {
                return await SearchAsync(job, order, platform, cancellation);
            }
            finally
            {
                turns.Release();
            }
        }
    }

    async Task<PlatformFindings> SearchAsync(ClaimedJob job, CrawlOrder order, string platform, CancellationToken cancellation)
    {
        if (searches.FirstOrDefault(s => s.Platform == platform) is not { } search)
        {
            LogUnsupported(parts.Logger, platform);
            return new PlatformFindings([], new TrawlException(FailureKind.UnsupportedLink, "It is not supported: nobody can search it."));
        }
        return await search.RunAsync(
            PhraseRouting.For(order, platform, parts.Options.SamePhrases),
            order.Count ?? parts.Options.Count,
            parts.Options.WantedBy(order, parts.Time.GetUtcNow()),
            found => parts.Jobs.AddAsync(job, found, cancellation),
            cancellation
        );
    }

    // Found or not, the search has ended; or nobody could look, and perhaps somebody can later.
    async Task EndAsync(
        ClaimedJob job,
        IReadOnlyList<PlatformFindings> findings,
        IReadOnlyList<(string Source, TrawlException Failure)> failures,
        CancellationToken cancellation
    )
    {
        var passing = failures.Select(f => f.Failure).FirstOrDefault(f => f.Rule.RetryLater);
        if (passing is not null && findings.All(f => f.Found.Count == 0) && job.Attempts < JobQueue.MostAttempts)
        {
            await parts.SettleAsync(token => parts.Jobs.PutBackAsync(job, passing, token), cancellation);
            _due = parts.Time.GetUtcNow() + JobQueue.WaitAfter(job);
            LogPutBack(parts.Logger, job.JobId, passing.Kind.Name(), passing.Message);
            return;
        }
        var (error, kinds) = (
            string.Join("; ", failures.Select(f => $"{f.Source}: {f.Failure.Message}")),
            string.Join(' ', failures.Select(f => f.Failure.Kind.Name()).Distinct())
        );
        var isOurs = await parts.SettleAsync(
            token => parts.Jobs.SearchedAsync(job, error.Length > 0 ? error : null, kinds.Length > 0 ? kinds : null, token),
            cancellation
        );
        if (isOurs)
            await parts.Record.EndAsync(job.JobId, cancellation);
    }

    static CrawlOrder Read(ClaimedJob job)
    {
        try
        {
            return CrawlOrder.Read(Encoding.UTF8.GetBytes(job.Request));
        }
        catch (FormatException e)
        {
            throw new TrawlException(FailureKind.Configuration, $"The order cannot be used: {e.Message}", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Searching for job {Job} ({Industry}) on {Platforms}")]
    static partial void LogSearching(ILogger logger, string job, string industry, string platforms);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} found nothing and is searched for again later: {Kind}, {Reason}")]
    static partial void LogPutBack(ILogger logger, string job, string kind, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Platform} is not supported: nothing is searched for there")]
    static partial void LogUnsupported(ILogger logger, string platform);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Dropped the search for job {Job}: it was cancelled, or is another worker's by now"
    )]
    static partial void LogLost(ILogger logger, string job);
}
