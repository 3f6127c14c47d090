using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Trawl.App.Concurrency;
using Trawl.App.Jobs;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Files;

namespace Trawl.App.Crawls;

/// <summary>
/// Works on the videos that were found, a few of each platform at a time. One loop claims them for all: it asks the database when something may have
/// changed, and otherwise when the next video is due.
/// </summary>
/// <param name="parts">What a worker is made of.</param>
/// <param name="work">What is done with a video.</param>
/// <param name="platforms">Of which platforms.</param>
sealed partial class ItemWork(WorkerParts parts, IVideoWork work, IReadOnlyList<string> platforms)
{
    // strategies that are switched off say no time
    static readonly TimeSpan RestOtherwise = TimeSpan.FromMinutes(1);

    readonly PollingLoop _loop = new(parts.Options.Look, parts.Time, parts.Logger);
    readonly WakeSignal _wake = new();

    // the loop's own
    readonly Dictionary<string, Slots> _slots = platforms.ToDictionary(p => p, _ => new Slots { Free = parts.Options.Downloads });
    DateTimeOffset? _due;
    DateTimeOffset _nextLook;
    bool _hasSuspects;
    int _underWay;

    // what others tell the loop
    readonly ConcurrentQueue<(ClaimedItem Item, TimeSpan? Again)> _ended = [];
    readonly ConcurrentDictionary<Task, byte> _running = [];
    volatile bool _isChanged = true;

    /// <summary>Works until it is stopped, and then until everything under way has been given back.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await TaskGroup.RunAsync(cancellation, WatchAsync, token => _loop.RunAsync(_wake, DispatchAsync, token));
        await Task.WhenAll(_running.Keys);
    }

    async Task WatchAsync(CancellationToken cancellation)
    {
        var next = parts.Changes[Topic.Items].Next;
        while (true)
        {
            await next.WaitAsync(cancellation);
            next = parts.Changes[Topic.Items].Next;
            _isChanged = true;
            _wake.Set();
        }
    }

    async Task<TimeSpan> DispatchAsync(bool isWoken, CancellationToken cancellation)
    {
        Collect();
        if (!parts.Upkeep.HasRoom)
            return parts.Options.Look;
        if (!isWoken || parts.Time.GetUtcNow() >= _nextLook)
            await LookAsync(cancellation);
        if (_hasSuspects)
            await ClaimSuspectAsync(cancellation);
        // while a suspect waits for the others to end, or is worked on, none is begun beside it
        foreach (var (platform, slots) in _slots.Where(s => !_hasSuspects && s.Value is { MayHaveMore: true, Free: > 0 }))
            await ClaimAsync(platform, slots, cancellation);
        return _due is not { } due ? PollingLoop.Unknown
            : due - parts.Time.GetUtcNow() is var wait && wait > TimeSpan.FromMilliseconds(1) ? wait
            : TimeSpan.FromMilliseconds(1);
    }

    // what has ended since the last turn, and whether something may have become due
    void Collect()
    {
        var now = parts.Time.GetUtcNow();
        while (_ended.TryDequeue(out var ended))
        {
            var slots = _slots[ended.Item.Platform];
            _underWay--;
            slots.Free++;
            slots.MayHaveMore = true;
            if (ended.Again is { } again && (_due is null || now + again < _due))
                _due = now + again;
        }
        if (!_isChanged && !(_due <= now))
            return;
        (_isChanged, _due) = (false, _due <= now ? null : _due);
        foreach (var slots in _slots.Values)
            slots.MayHaveMore = true;
    }

    async Task LookAsync(CancellationToken cancellation)
    {
        var now = parts.Time.GetUtcNow();
        (_due, _nextLook) = (null, now + parts.Items.Lease);
        var isLost = false;
        foreach (var due in await parts.Items.DueAsync(cancellation))
        {
            isLost |= due.HasLost;
            if (!_slots.TryGetValue(due.Platform, out var slots))
                continue;
            _hasSuspects |= due.HasSuspects;
            if (due.Seconds <= 0)
                slots.MayHaveMore = true;
            else if (_due is null || now.AddSeconds(due.Seconds) < _due)
                _due = now.AddSeconds(due.Seconds);
        }
        if (!isLost)
            return;
        var (suspects, failed) = await parts.Items.ReleaseLostAsync(cancellation);
        _hasSuspects |= suspects > 0;
        LogReleased(parts.Logger, suspects, failed);
    }

    // what may have ended a worker is worked on alone, so that it can end no other video's work again
    async Task ClaimSuspectAsync(CancellationToken cancellation)
    {
        if (_underWay > 0)
            return;
        foreach (var platform in _slots.Keys)
            if (await parts.Items.ClaimSuspectAsync(platform, cancellation) is { } item)
            {
                LogAlone(parts.Logger, item.VideoId, item.Lost);
                Begin(item, cancellation);
                return;
            }
        _hasSuspects = false;
    }

    async Task ClaimAsync(string platform, Slots slots, CancellationToken cancellation)
    {
        var items = await parts.Items.ClaimItemsAsync(platform, slots.Free, slots.Before, cancellation);
        slots.MayHaveMore = items.Count == slots.Free;
        foreach (var item in items)
        {
            slots.Before = item.JobId;
            Begin(item, cancellation);
        }
    }

    void Begin(ClaimedItem item, CancellationToken cancellation)
    {
        _underWay++;
        _slots[item.Platform].Free--;
        var task = Task.Run(() => WorkAsync(item, cancellation), CancellationToken.None);
        _running[task] = 0;
        _ = task.ContinueWith(t => _running.TryRemove(t, out _), TaskScheduler.Default);
    }

    // Never throws: whatever happens to one video is told of that video alone.
    async Task WorkAsync(ClaimedItem item, CancellationToken cancellation)
    {
        TimeSpan? again = null;
        try
        {
            using var lease = new LeaseRenewal(
                parts.Items.Lease,
                token => parts.Items.RenewAsync(item, token),
                parts.Time,
                parts.Logger,
                cancellation
            );
            again = await WorkAsync(item, lease, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // stopped while the database was away: another worker takes the video when the lease ends
        }
        catch (Exception e)
        {
            // as when this worker had died: the lease ends
            LogGivenUp(parts.Logger, item.VideoId, Defects.Known(e, parts.Logger).Message);
        }
        finally
        {
            _ended.Enqueue((item, again));
            _wake.Set();
        }
    }

    // Says after how long the video can be tried again; null when it need not.
    async Task<TimeSpan?> WorkAsync(ClaimedItem item, LeaseRenewal lease, CancellationToken cancellation)
    {
        try
        {
            var done = await parts.Record.KnownAsync(item, lease.Token) ?? await work.RunAsync(item, lease.Token);
            await parts.SettleAsync(token => SaveAsync(item, done, token), lease.Token);
        }
        catch (OperationCanceledException) when (lease.IsLost)
        {
            LogLost(parts.Logger, item.JobId); // cancelled, or another worker's by now
            return null;
        }
        catch (Exception e) when (cancellation.IsCancellationRequested)
        {
            await parts.Items.PutBackAsync(item, CancellationToken.None);
            LogStopped(parts.Logger, item.VideoId, e.GetType().Name);
            return null;
        }
        catch (Exception e)
        {
            var failure = StorageFailure.From(e, "") ?? Defects.Known(e, parts.Logger);
            if (RestAfter(failure) is { } rest)
            {
                // not this video's fault, and not for its attempts to pay
                await parts.SettleAsync(token => parts.Items.PutBackAsync(item, rest, token), cancellation);
                LogResting(parts.Logger, item.VideoId, failure.Message);
                return rest;
            }
            await parts.SettleAsync(token => parts.Items.FailAsync(item, failure, token), cancellation);
            LogFailed(parts.Logger, item.JobId, item.Platform, item.VideoId, failure.Kind.Name(), failure.Message);
            if (failure.Rule.RetryLater)
                return ItemQueue.WaitAfter(item, failure);
        }
        await parts.SettleAsync(token => parts.Record.EndAsync(item.JobId, token), cancellation);
        return null;
    }

    // What keeps every video from being worked on; null for what is wrong with this one.
    TimeSpan? RestAfter(TrawlException failure)
    {
        if (failure.Kind == FailureKind.StorageFull)
        {
            parts.Upkeep.NoteFull(failure);
            return TimeSpan.Zero;
        }
        return failure.Kind is FailureKind.Resting or FailureKind.ServiceUnavailable ? failure.RetryAfter ?? RestOtherwise : null;
    }

    async Task SaveAsync(ClaimedItem item, VideoDone done, CancellationToken cancellation)
    {
        if (done.Unwanted is { } why)
        {
            if (await parts.Items.SkipAsync(item, why, cancellation))
                LogSkipped(parts.Logger, item.JobId, item.Platform, item.VideoId, why);
            return;
        }
        if (await parts.Record.SaveAsync(item, done, cancellation))
            LogDone(parts.Logger, item.JobId, item.Platform, item.VideoId, done.Frames.Count);
        else
            LogLost(parts.Logger, item.JobId);
    }

    // how many videos of a platform may be begun, whether there may be some, and of which job the last one was
    sealed class Slots
    {
        public int Free { get; set; }
        public bool MayHaveMore { get; set; } = true;
        public string? Before { get; set; }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Workers ended before {Suspects} videos were done, which are tried again, each alone; {Failed} have ended three and are given up"
    )]
    static partial void LogReleased(ILogger logger, int suspects, int failed);

    [LoggerMessage(Level = LogLevel.Information, Message = "Working on {Video} alone: {Lost} workers ended before it was done")]
    static partial void LogAlone(ILogger logger, string video, int lost);

    [LoggerMessage(Level = LogLevel.Information, Message = "Crawled for job {Job}: {Platform} {Video}, {Frames} keyframes")]
    static partial void LogDone(ILogger logger, string job, string platform, string video, int frames);

    [LoggerMessage(Level = LogLevel.Information, Message = "Left out for job {Job}: {Platform} {Video}, {Reason}")]
    static partial void LogSkipped(ILogger logger, string job, string platform, string video, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed for job {Job}: {Platform} {Video}, {Kind}, {Reason}")]
    static partial void LogFailed(ILogger logger, string job, string platform, string video, string kind, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Put {Video} back until it can be worked on: {Reason}")]
    static partial void LogResting(ILogger logger, string video, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped work for job {Job}: it was cancelled, or is another worker's by now")]
    static partial void LogLost(ILogger logger, string job);

    [LoggerMessage(Level = LogLevel.Error, Message = "Let go of {Video}, which another worker takes: {Reason}")]
    static partial void LogGivenUp(ILogger logger, string video, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Put {Video} back because the worker is stopped ({Reason})")]
    static partial void LogStopped(ILogger logger, string video, string reason);
}
