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
sealed partial class Postman(Outbox outbox, IEventSink sink, Pulse owed, TimeSpan look, TimeProvider time, ILogger logger)
{
    const int AtOnce = 100;

    /// <summary>Sends until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var beat = owed.Next;
            try
            {
                await sink.ReadyAsync(cancellation);
                if (await outbox.SendAsync(AtOnce, sink.SendAsync, cancellation) == AtOnce)
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

    /// <summary>Sends what is owed now.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        await sink.ReadyAsync(cancellation);
        while (await outbox.SendAsync(AtOnce, sink.SendAsync, cancellation) == AtOnce)
        {
            // there may be more
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events wait: {Reason}")]
    static partial void LogWaiting(ILogger logger, string reason);
}
