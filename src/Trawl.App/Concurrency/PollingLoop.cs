using Microsoft.Extensions.Logging;
using Trawl.Failures;

namespace Trawl.App.Crawls;

/// <summary>Does one thing after the other. When there is nothing to do, or database or broker are away, it waits for a word or a while.</summary>
sealed partial class Lane(TimeSpan look, TimeProvider time, ILogger logger)
{
    /// <summary>Works until it is stopped.</summary>
    /// <param name="pulse">Says that there may be something to do.</param>
    /// <param name="next">Does the next thing; false when there is none.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task RunAsync(Pulse pulse, Func<CancellationToken, Task<bool>> next, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var beat = pulse.Next;
            try
            {
                if (await next(cancellation))
                    continue;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (TrawlException e) when (e.Kind == FailureKind.ServiceUnavailable)
            {
                LogWaiting(logger, e.Message);
            }
            await Task.WhenAny(beat, Task.Delay(look, time, cancellation));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting: {Reason}")]
    static partial void LogWaiting(ILogger logger, string reason);
}
