using Microsoft.Extensions.Logging;
using Trawl.App.Concurrency;
using Trawl.App.Storage;

namespace Trawl.App.Messaging;

/// <summary>
/// Sends the events of the outbox, in order, at least once. However many workers there are, one of them sends; nothing of the database is held while
/// events travel.
/// </summary>
sealed class EventPublisher(Database database, IEventTransport transport, TimeSpan look, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    const int AtOnce = 500;

    // somebody else sends: whether that one is still there is asked this often
    static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    readonly Outbox _outbox = new(database);
    readonly PollingLoop _loop = new(look, time, logger);
    DatabaseLock? _turn;

    /// <summary>Sends until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await _loop.RunAsync(database.Changes[Topic.Events], NextAsync, cancellation);
        await DisposeAsync();
    }

    /// <summary>Sends what is unsent now.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (await SendAsync(cancellation) is > 0)
        {
            // there may be more
        }
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_turn is not null)
            await _turn.DisposeAsync();
        _turn = null;
    }

    async Task<bool> NextAsync(CancellationToken cancellation)
    {
        var sent = await SendAsync(cancellation);
        if (sent is null)
            await Task.Delay(BetweenTries, time, cancellation);
        return sent == AtOnce;
    }

    // How many were sent; null while somebody else sends.
    async Task<int?> SendAsync(CancellationToken cancellation)
    {
        var events = await _outbox.UnsentAsync(AtOnce, cancellation);
        if (events.Count == 0)
            return 0;
        if (!await HasTurnAsync(cancellation))
            return null;
        await transport.ReadyAsync(cancellation);
        // what the one before us has sent in the meantime is not sent again
        events = await _outbox.UnsentAsync(AtOnce, cancellation);
        var delivered = await transport.SendAsync(events, cancellation);
        if (delivered.Arrived > 0)
            await _outbox.MarkAsync([.. events.Take(delivered.Arrived)], cancellation);
        return delivered.Failure is null ? delivered.Arrived : throw delivered.Failure;
    }

    async Task<bool> HasTurnAsync(CancellationToken cancellation)
    {
        if (_turn is not null && !await _turn.IsHeldAsync(cancellation))
            await DisposeAsync();
        _turn ??= await database.TryLockAsync("outbox", cancellation);
        return _turn is not null;
    }
}
