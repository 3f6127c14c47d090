using Microsoft.Extensions.Logging;
using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Messaging;

/// <summary>Where events go.</summary>
interface IEventSink
{
    /// <summary>Sees to it that events can be sent.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ServiceUnavailable"/></exception>
    Task ReadyAsync(CancellationToken cancellation);

    /// <summary>Sends one, and returns when it has arrived.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ServiceUnavailable"/></exception>
    Task SendAsync(OutboxEvent owed, CancellationToken cancellation);
}

/// <summary>Sends what the outbox owes, in order, one sender at a time however many workers there are; an event is owed until it has arrived.</summary>
sealed class Postman(Outbox outbox, IEventSink sink, Pulse owed, TimeSpan look, TimeProvider time, ILogger logger)
{
    const int AtOnce = 100;

    readonly Lane _lane = new(look, time, logger);

    /// <summary>Sends until it is stopped.</summary>
    public Task RunAsync(CancellationToken cancellation) => _lane.RunAsync(owed, SendAsync, cancellation);

    /// <summary>Sends what is owed now.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (await SendAsync(cancellation))
        {
            // there may be more
        }
    }

    async Task<bool> SendAsync(CancellationToken cancellation)
    {
        await sink.ReadyAsync(cancellation);
        return await outbox.SendAsync(AtOnce, sink.SendAsync, cancellation) == AtOnce;
    }
}
