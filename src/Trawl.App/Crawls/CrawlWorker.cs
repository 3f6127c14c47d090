using Microsoft.Extensions.Logging;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Files;

namespace Trawl.App.Crawls;

/// <summary>
/// Works on jobs until it is stopped: searches, and meanwhile downloads what has been found, a few videos of each platform at a time. Any number of
/// workers may share a database. What one of them did not finish another one does.
/// </summary>
sealed partial class CrawlWorker(
    JobQueue queue,
    CrawlRecord record,
    IVideoWork work,
    IReadOnlyList<PlatformSearch> searches,
    Upkeep upkeep,
    WorkerOptions options,
    TimeProvider time,
    ILogger logger
)
{
    const int SearchesAtOnce = 2;
    const int MostSearches = 3;

    // strategies that are switched off say no time
    static readonly TimeSpan RestOtherwise = TimeSpan.FromMinutes(1);

    readonly Lane _lane = new(options.Look, time, logger);
    readonly Pulse _jobs = new();
    readonly Pulse _items = new();

    /// <summary>Is told when a job has come.</summary>
    public void Wake() => _jobs.Beat();

    /// <summary>Works until it is stopped.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Together.RunAsync(
            cancellation,
            [
                .. Enumerable.Repeat<Func<CancellationToken, Task>>(token => _lane.RunAsync(_jobs, SearchNextAsync, token), SearchesAtOnce),
                .. searches.SelectMany(s =>
                    Enumerable.Repeat<Func<CancellationToken, Task>>(
                        token => _lane.RunAsync(_items, t => WorkNextAsync(s.Platform, t), token),
                        options.Downloads
                    )
                ),
                token => _lane.RunAsync(new Pulse(), EndJobsAsync, token),
            ]
        );

    async Task<bool> SearchNextAsync(CancellationToken cancellation)
    {
        if (await queue.ClaimJobAsync(cancellation) is not { } job)
            return false;
        using var held = new Held(time, queue.Lease, token => queue.RenewAsync(job, token), cancellation);
        try
        {
            await SearchAsync(job, held.Token);
        }
        catch (OperationCanceledException) when (held.IsLost)
        {
            LogLost(logger, job.JobId);
        }
        return true;
    }

    async Task SearchAsync(ClaimedJob job, CancellationToken cancellation)
    {
        var order = CrawlOrder.Read(System.Text.Encoding.UTF8.GetBytes(job.Request));
        LogSearching(logger, order.JobId, order.Industry, string.Join(", ", order.Platforms));
        using var turns = new SemaphoreSlim(options.Platforms ?? Math.Max(1, order.Platforms.Count));
        var findings = await Task.WhenAll(order.Platforms.Select(SearchOneAsync));
        _items.Beat();
        // nothing at all, and nobody could say why for good: later perhaps
        var why = findings.Select(f => f.Failure).FirstOrDefault(f => f is { Rule.RetryLater: true });
        if (why is not null && findings.All(f => f.Found.Count == 0) && job.Attempts < MostSearches)
        {
            await queue.PutBackAsync(job, why, cancellation);
            LogPutBack(logger, job.JobId, why.Kind.Name(), why.Message);
            return;
        }
        var failures = order
            .Platforms.Zip(findings)
            .Where(f => f.Second.Failure is not null)
            .Select(f => $"{f.First}: {f.Second.Failure!.Message}");
        var error = string.Join("; ", failures);
        if (await queue.SearchedAsync(job, error.Length > 0 ? error : null, cancellation))
            await record.EndAsync(job.JobId, cancellation);

        async Task<PlatformFindings> SearchOneAsync(string platform)
        {
            await turns.WaitAsync(cancellation);
            try
            {
                if (searches.FirstOrDefault(s => s.Platform == platform) is not { } search)
                {
                    LogUnsupported(logger, platform);
                    return new PlatformFindings(
                        [],
                        new TrawlException(FailureKind.UnsupportedLink, "It is not supported: nobody can search it.")
                    );
                }
                return await search.RunAsync(
                    PhraseRouting.For(order, platform, options.SamePhrases),
                    order.Count ?? options.Count,
                    Wanted.By(order, options, time.GetUtcNow()),
                    async found =>
                    {
                        await queue.AddAsync(job, found, cancellation);
                        _items.Beat();
                    },
                    cancellation
                );
            }
            finally
            {
                turns.Release();
            }
        }
    }

    async Task<bool> WorkNextAsync(string platform, CancellationToken cancellation)
    {
        if (!upkeep.HasRoom || await queue.ClaimItemAsync(platform, cancellation) is not { } item)
            return false;
        using var held = new Held(time, queue.Lease, token => queue.RenewAsync(item, token), cancellation);
        try
        {
            var done = await record.KnownAsync(item, held.Token) ?? await work.RunAsync(item, held.Token);
            if (done.Unwanted is { } why && await queue.SkipAsync(item, why, held.Token))
                LogSkipped(logger, item.JobId, item.Platform, item.VideoId, why);
            else if (done.Unwanted is null && await record.SaveAsync(item, done, held.Token))
                LogDone(logger, item.JobId, item.Platform, item.VideoId, done.Frames.Count);
            else
                LogLost(logger, item.JobId);
        }
        catch (OperationCanceledException) when (held.IsLost)
        {
            LogLost(logger, item.JobId); // cancelled, or another one's by now
        }
        catch (Exception e) when (cancellation.IsCancellationRequested)
        {
            await queue.PutBackAsync(item, CancellationToken.None);
            LogStopped(logger, item.VideoId, e.GetType().Name);
            throw new OperationCanceledException(cancellation);
        }
        catch (Exception e) when (Known(e) is { Kind: FailureKind.StorageFull } full)
        {
            upkeep.NoteFull(full);
            await queue.PutBackAsync(item, cancellation); // it is not the video's fault
            return true;
        }
        catch (TrawlException e) when (e.Kind == FailureKind.Resting)
        {
            // not this video's fault, and not for its attempts to pay
            await queue.PutBackAsync(item, e.RetryAfter ?? RestOtherwise, cancellation);
            LogResting(logger, item.VideoId, e.Message);
            return true;
        }
        catch (Exception e) when (e is not TrawlException { Kind: FailureKind.ServiceUnavailable })
        {
            var failure = Known(e);
            await queue.FailAsync(item, failure, cancellation);
            LogItemFailed(logger, item.JobId, item.Platform, item.VideoId, failure.Kind.Name(), failure.Message);
        }
        await record.EndAsync(item.JobId, cancellation);
        return true;
    }

    // one video that meets a defect of ours stops no other
    TrawlException Known(Exception exception)
    {
        if (exception is TrawlException known)
            return known;
        if (StorageFailure.From(exception, "") is { } storage)
            return storage;
        LogDefect(logger, exception);
        return new TrawlException(FailureKind.ToolFailed, $"A defect of ours: {exception.Message}", exception);
    }

    // those whose last worker died between his last video and the end
    async Task<bool> EndJobsAsync(CancellationToken cancellation)
    {
        foreach (var job in await queue.EndedAsync(cancellation))
            await record.EndAsync(job, cancellation);
        return false;
    }

    /// <summary>Holds something by renewing its lease; when that fails it is lost, and whoever works on it is told to stop.</summary>
    sealed class Held : IDisposable
    {
        readonly CancellationTokenSource _stop;
        readonly Task _renewing;

        public Held(TimeProvider time, TimeSpan lease, Func<CancellationToken, Task<bool>> renew, CancellationToken cancellation)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _renewing = RenewAsync(time, lease / 3, renew);
        }

        public CancellationToken Token => _stop.Token;

        public bool IsLost { get; private set; }

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }

        async Task RenewAsync(TimeProvider time, TimeSpan pause, Func<CancellationToken, Task<bool>> renew)
        {
            var token = _stop.Token;
            try
            {
                while (true)
                {
                    await Task.Delay(pause, time, token);
                    try
                    {
                        if (await renew(token))
                            continue;
                        IsLost = true;
                        await _stop.CancelAsync();
                        return;
                    }
                    catch (TrawlException)
                    {
                        // the database may be back before the lease ends
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // what was held is done
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Searching for job {Job} ({Industry}) on {Platforms}")]
    static partial void LogSearching(ILogger logger, string job, string industry, string platforms);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} found nothing and is searched for again later: {Kind}, {Reason}")]
    static partial void LogPutBack(ILogger logger, string job, string kind, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Platform} is not supported: nothing is searched for there")]
    static partial void LogUnsupported(ILogger logger, string platform);

    [LoggerMessage(Level = LogLevel.Information, Message = "Crawled for job {Job}: {Platform} {Video}, {Frames} keyframes")]
    static partial void LogDone(ILogger logger, string job, string platform, string video, int frames);

    [LoggerMessage(Level = LogLevel.Information, Message = "Left out for job {Job}: {Platform} {Video}, {Reason}")]
    static partial void LogSkipped(ILogger logger, string job, string platform, string video, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed for job {Job}: {Platform} {Video}, {Kind}, {Reason}")]
    static partial void LogItemFailed(ILogger logger, string job, string platform, string video, string kind, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Put {Video} back until a strategy can be asked: {Reason}")]
    static partial void LogResting(ILogger logger, string video, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Met a defect")]
    static partial void LogDefect(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped work for job {Job}: it was cancelled, or is another worker's by now")]
    static partial void LogLost(ILogger logger, string job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Put {Video} back because we are stopped ({Reason})")]
    static partial void LogStopped(ILogger logger, string video, string reason);
}
