using Microsoft.Extensions.Logging;
using Trawl.Failures;

namespace Trawl.App.Concurrency;

/// <summary>
/// Takes the next thing to do, again and again. No thing ends the loop, whatever it throws: a service that is away is waited for, a defect is
/// written to the log. With nothing to do the loop waits for a signal, and looks by itself ever more rarely.
/// </summary>
/// <param name="look">How long it waits at first before it looks by itself.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets what went wrong.</param>
sealed partial class PollingLoop(TimeSpan look, TimeProvider time, ILogger logger)
{
    /// <summary>There is nothing to do, and nobody knows when there will be.</summary>
    public static readonly TimeSpan Unknown = Timeout.InfiniteTimeSpan;

    static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(5);

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="signal">Says that there may be something to do.</param>
    /// <param name="next">Does the next thing; false when there is none.</param>
    /// <param name="cancellation">Stops the loop.</param>
    public Task RunAsync(WakeSignal signal, Func<CancellationToken, Task<bool>> next, CancellationToken cancellation) =>
        RunAsync(signal, async (_, token) => await next(token) ? TimeSpan.Zero : Unknown, cancellation);

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="signal">Says that there may be something to do.</param>
    /// <param name="next">
    /// Does the next thing; its first argument says whether it was woken by the signal, or looks by itself. Returns how long it takes until there may be
    /// something to do: zero to be called again at once, <see cref="Unknown"/> to wait for the signal.
    /// </param>
    /// <param name="cancellation">Stops the loop.</param>
    public async Task RunAsync(WakeSignal signal, Func<bool, CancellationToken, Task<TimeSpan>> next, CancellationToken cancellation)
    {
        var (pause, isWoken) = (look, true);
        while (!cancellation.IsCancellationRequested)
        {
            var woken = signal.Next;
            TimeSpan wait;
            try
            {
                wait = await next(isWoken, cancellation);
                if (wait == TimeSpan.Zero)
                {
                    (pause, isWoken) = (look, true);
                    continue;
                }
                if (wait == Unknown || wait > LongestIdle)
                    wait = pause;
                pause = Shorter(pause * 2, LongestIdle);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                wait = Shorter(pause, LongestOutage);
                pause = Shorter(pause * 2, LongestIdle);
                if (e is TrawlException { Kind: not FailureKind.Defect } known)
                    LogWaiting(logger, known.Message);
                else
                    Defects.Known(e, logger);
            }
            isWoken = await IsWokenAsync(woken, wait, cancellation);
            if (isWoken)
                pause = look;
        }
    }

    async Task<bool> IsWokenAsync(Task woken, TimeSpan wait, CancellationToken cancellation)
    {
        // not Task.Delay with a token: when its time is over while it is being made, it waits for itself
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = time.CreateTimer(_ => over.TrySetResult(), null, wait, Timeout.InfiniteTimeSpan);
        await using var stop = cancellation.Register(() => over.TrySetResult());
        return await Task.WhenAny(woken, over.Task) == woken;
    }

    static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting: {Reason}")]
    static partial void LogWaiting(ILogger logger, string reason);
}
