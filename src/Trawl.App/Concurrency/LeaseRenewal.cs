using Microsoft.Extensions.Logging;
using Trawl.Failures;

namespace Trawl.App.Concurrency;

/// <summary>Keeps a lease by renewing it, until it is disposed of. When the lease is lost, the work on what it covers is told to stop.</summary>
sealed class LeaseRenewal : IDisposable
{
    readonly CancellationTokenSource _stop;

    /// <summary>Begins.</summary>
    /// <param name="lease">How long the lease lasts; it is renewed three times as often.</param>
    /// <param name="renew">Renews it; false when it is lost.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets defects.</param>
    /// <param name="cancellation">Stops the work.</param>
    public LeaseRenewal(
        TimeSpan lease,
        Func<CancellationToken, Task<bool>> renew,
        TimeProvider time,
        ILogger logger,
        CancellationToken cancellation
    )
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ = RenewAsync(lease / 3, renew, time, logger, _stop.Token);
    }

    /// <summary>Stops the work when the lease is lost.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether the lease was lost.</summary>
    public bool IsLost { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    async Task RenewAsync(
        TimeSpan pause,
        Func<CancellationToken, Task<bool>> renew,
        TimeProvider time,
        ILogger logger,
        CancellationToken cancellation
    )
    {
        try
        {
            do await Task.Delay(pause, time, cancellation);
            while (await IsKeptAsync(renew, logger, cancellation));
            IsLost = true;
            await _stop.CancelAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // the work is done
        }
    }

    static async Task<bool> IsKeptAsync(Func<CancellationToken, Task<bool>> renew, ILogger logger, CancellationToken cancellation)
    {
        try
        {
            return await renew(cancellation);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException))
        {
            Defects.Known(e, logger);
            return true; // the database may be back before the lease ends
        }
    }
}
