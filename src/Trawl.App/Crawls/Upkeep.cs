using Microsoft.Extensions.Logging;
using Trawl.App.Storage;

namespace Trawl.App.Crawls;

/// <summary>What a worker does besides: removes old videos from time to time, and sees to it that the disk does not fill up.</summary>
sealed partial class Upkeep(WorkerOptions options, TimeProvider time, ILogger logger)
{
    static readonly TimeSpan BetweenRuns = TimeSpan.FromHours(1);

    bool _isFull;

    /// <summary>Whether there is room for another video. What it says of that is logged when it changes.</summary>
    public bool HasRoom
    {
        get
        {
            var free = new DriveInfo(Path.GetFullPath(options.Data)).AvailableFreeSpace;
            var isFull = free < options.LeastFree;
            if (isFull && !_isFull)
                LogFull(logger, free >> 20, options.LeastFree >> 20);
            if (!isFull && _isFull)
                LogRoom(logger, free >> 20);
            _isFull = isFull;
            return !isFull;
        }
    }

    /// <summary>Removes old videos now and from time to time, until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (options.Retention > TimeSpan.Zero && !cancellation.IsCancellationRequested)
        {
            var folder = Path.Combine(options.Data, options.Videos);
            var report = await Task.Run(() => new Retention(folder, options.Retention, time).Run(dry: false), cancellation);
            if (report.Removed.Count > 0 || report.Errors.Count > 0)
                LogRemoved(logger, report.Removed.Count, report.Bytes >> 20, report.Errors.Count);
            await Task.Delay(BetweenRuns, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The disk is nearly full: {Free} MiB free, {Least} MiB are kept free. No video is begun until there is room"
    )]
    static partial void LogFull(ILogger logger, long free, long least);

    [LoggerMessage(Level = LogLevel.Information, Message = "There is room on the disk again: {Free} MiB free")]
    static partial void LogRoom(ILogger logger, long free);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Files} old files, {Size} MiB; {Errors} could not be")]
    static partial void LogRemoved(ILogger logger, int files, long size, int errors);
}
