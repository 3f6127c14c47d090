using Microsoft.Extensions.Logging;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Crawls;

/// <summary>What a worker does besides: removes old files from time to time, and sees to it that the disk does not fill up.</summary>
sealed partial class Upkeep(WorkerOptions options, Database database, TimeProvider time, ILogger logger)
{
    const long Margin = 16 << 20;

    static readonly TimeSpan BetweenRuns = TimeSpan.FromHours(1);

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // something did not fit: how much has to be free before the next is begun, and until when at most it is waited for
    sealed record Squeeze(long LeastFree, DateTimeOffset Until);

    readonly Lock _turn = new();
    Squeeze? _squeeze;
    bool _isFull;

    /// <summary>Whether there is room for another video. What it says of that is logged when it changes.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_turn)
            {
                var free = Free;
                if (_squeeze is { } squeeze && (free >= squeeze.LeastFree || time.GetUtcNow() >= squeeze.Until))
                    _squeeze = null;
                var isFull = free < options.LeastFree || _squeeze is not null;
                if (isFull && !_isFull)
                    LogFull(logger, free >> 20, options.LeastFree >> 20);
                if (!isFull && _isFull)
                    LogRoom(logger, free >> 20);
                _isFull = isFull;
                return !isFull;
            }
        }
    }

    long Free => new DriveInfo(Path.GetFullPath(options.Data)).AvailableFreeSpace;

    /// <summary>Notes that something did not fit: nothing is begun until there is clearly more room than now, or a while has passed.</summary>
    public void NoteFull(TrawlException why)
    {
        LogDidNotFit(logger, why.Message);
        lock (_turn)
            _squeeze = new Squeeze(Free + Margin, time.GetUtcNow() + Patience);
    }

    /// <summary>Removes old files now and from time to time, until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var retentions = RetentionRules.Of(options, time);
        while (retentions.Count > 0 && !cancellation.IsCancellationRequested)
        {
            try
            {
                var report = await Task.Run(() => Retention.RunAll(retentions, dry: false), cancellation);
                if (options.KeyframeRetention > TimeSpan.Zero)
                    await Catalog.ForgetFramesAsync(database, report.Removed, cancellation);
                if (report.Removed.Count > 0)
                    LogRemoved(logger, report.Removed.Count, report.Bytes >> 20);
                foreach (var error in report.Errors)
                    LogStays(logger, error);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogStays(logger, Defects.Known(e, logger).Message); // an hour later it is tried again
            }
            await Task.Delay(BetweenRuns, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The disk is full: {Reason} It is tried again when there is room")]
    static partial void LogDidNotFit(ILogger logger, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The disk is nearly full: {Free} MiB free, {Least} MiB are kept free. No video is begun until there is room"
    )]
    static partial void LogFull(ILogger logger, long free, long least);

    [LoggerMessage(Level = LogLevel.Information, Message = "There is room on the disk again: {Free} MiB free")]
    static partial void LogRoom(ILogger logger, long free);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Files} old files, {Size} MiB")]
    static partial void LogRemoved(ILogger logger, int files, long size);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Something old could not be removed: {Reason}")]
    static partial void LogStays(ILogger logger, string reason);
}
