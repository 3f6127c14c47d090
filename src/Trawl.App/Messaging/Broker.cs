using System.Text;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Messaging;

/// <summary>
/// RabbitMQ, with the exchange and queues the pipeline has. Events go out with confirms; what comes in is acknowledged when it is kept, and what cannot
/// be used goes to the queue for dead letters. A broken connection is made again. Messages come in by a connection of their own, because the broker
/// stops listening to one that publishes while its memory or disk is short.
/// </summary>
/// <param name="address">Where it is.</param>
/// <param name="quorum">Whether its queues are declared as quorum queues.</param>
/// <param name="logger">Where is told what happens.</param>
/// <param name="time">The clock.</param>
sealed partial class Broker(Uri address, bool quorum, ILogger logger, TimeProvider time) : IEventTransport, IWorkQueue, IAsyncDisposable
{
    const string Exchange = "product_video_matching";
    const string Orders = "videos.search.request";
    const string OrderQueue = "queue.videos.search.request";
    const string CancelQueue = "queue.job.cancelled.video-crawler";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly SemaphoreSlim _turn = new(1);
    IConnection? _outgoing;
    IConnection? _incoming;
    ConfirmingChannel? _out;
    volatile string? _blocked;

    /// <inheritdoc/>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_blocked is { } reason)
                throw Unavailable($"The broker takes no messages now: {reason}", null);
            if (_out is { IsOpen: true })
                return;
            _outgoing ??= await ConnectAsync("trawl events", cancellation);
            Abandon();
            using var late = new CancellationTokenSource(Patience, time);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
            _out = await ConfirmingChannel.OpenAsync(_outgoing, patience.Token);
        }
        catch (Exception e) when (IsBroken(e, cancellation))
        {
            throw Unavailable($"The broker does not answer: {e.Message}", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<Delivered> SendAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        var confirms = new List<Task>(events.Count);
        var arrived = 0;
        await _turn.WaitAsync(cancellation);
        try
        {
            foreach (var one in events)
                confirms.Add(await PublishAsync(Exchange, one.Topic, PropertiesOf(one), Encoding.UTF8.GetBytes(one.Body), patience.Token));
            for (; arrived < confirms.Count; arrived++)
                await confirms[arrived].WaitAsync(patience.Token);
            return new Delivered(arrived);
        }
        catch (Exception e) when (IsBroken(e, cancellation))
        {
            Abandon();
            // those whose confirms came before the failure have arrived
            while (arrived < confirms.Count && confirms[arrived].IsCompletedSuccessfully)
                arrived++;
            return new Delivered(arrived, Unavailable($"The broker does not answer: {e.Message}", e));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task ListenAsync(
        Func<Incoming, CancellationToken, Task> keepAsync,
        Func<Incoming, CancellationToken, Task> cancelAsync,
        CancellationToken cancellation
    )
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                _incoming ??= await ConnectAsync("trawl orders", cancellation);
                await using var channel = await _incoming.CreateChannelAsync(cancellationToken: cancellation);
                await DeclareAsync(channel, cancellation);
                var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                channel.ChannelShutdownAsync += (_, _) =>
                {
                    ended.TrySetResult();
                    return Task.CompletedTask;
                };
                await ConsumeAsync(channel, OrderQueue, keepAsync, ended, cancellation);
                await ConsumeAsync(channel, CancelQueue, cancelAsync, ended, cancellation);
                LogListening(logger, OrderQueue);
                await ended.Task.WaitAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogBroken(logger, (IsBroken(e, cancellation) ? e : Defects.Known(e, logger)).Message);
            }
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_out is not null)
            await _out.DisposeAsync();
        foreach (var connection in (IConnection?[])[_outgoing, _incoming])
            if (connection is not null)
                await connection.DisposeAsync();
        _turn.Dispose();
    }

    async Task<IConnection> ConnectAsync(string name, CancellationToken cancellation)
    {
        var factory = new ConnectionFactory
        {
            Uri = address,
            ClientProvidedName = name,
            RequestedConnectionTimeout = Patience,
            NetworkRecoveryInterval = TimeSpan.FromSeconds(1),
            TopologyRecoveryEnabled = false, // our consumers declare anew what they need
        };
        var connection = await factory.CreateConnectionAsync(cancellation);
        connection.ConnectionBlockedAsync += (_, blocked) =>
        {
            _blocked = blocked.Reason;
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            _blocked = null;
            return Task.CompletedTask;
        };
        connection.ConnectionShutdownAsync += (_, _) =>
        {
            _blocked = null; // the next connection is told anew
            return Task.CompletedTask;
        };
        return connection;
    }

    // exactly as existing installations have them: other arguments would be refused. New ones may have queues that several brokers keep
    async Task DeclareAsync(IChannel channel, CancellationToken cancellation)
    {
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellation);
        foreach (var queue in (string[])[OrderQueue, OrderQueue + ".dlq", CancelQueue])
            await channel.QueueDeclareAsync(
                queue,
                durable: true,
                exclusive: false,
                autoDelete: false,
                quorum ? new Dictionary<string, object?> { ["x-queue-type"] = "quorum" } : null,
                cancellationToken: cancellation
            );
        await channel.QueueBindAsync(OrderQueue, Exchange, Orders, cancellationToken: cancellation);
        foreach (var topic in (string[])["job.cancelled", "job.deleted"])
            await channel.QueueBindAsync(CancelQueue, Exchange, topic, cancellationToken: cancellation);
        await channel.BasicQosAsync(0, 1, global: false, cancellation);
    }

    // A message that is not acknowledged holds up the queue: when that fails, the channel is given up and the message comes again.
    async Task ConsumeAsync(
        IChannel channel,
        string queue,
        Func<Incoming, CancellationToken, Task> take,
        TaskCompletionSource ended,
        CancellationToken cancellation
    )
    {
        var intake = new MessageIntake(take, BuryAsync, time, logger);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            try
            {
                // the body is the library's again when this returns
                var incoming = new Incoming(delivery.RoutingKey, delivery.BasicProperties.CorrelationId, delivery.Body.ToArray())
                {
                    Retries = DeadLetter.RetriesOf(delivery.BasicProperties),
                };
                await intake.TakeAsync(incoming, cancellation);
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellation);
            }
            catch (Exception e)
            {
                if (!cancellation.IsCancellationRequested)
                    LogBroken(logger, (IsBroken(e, cancellation) ? e : Defects.Known(e, logger)).Message);
                ended.TrySetResult();
            }
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellation);
    }

    // by the default exchange: the queue is bound to nothing
    async Task BuryAsync(Incoming incoming, string kind, string reason, CancellationToken cancellation)
    {
        await ReadyAsync(cancellation);
        using var late = new CancellationTokenSource(Patience, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        await _turn.WaitAsync(cancellation);
        try
        {
            var confirmed = await PublishAsync(
                "",
                $"{OrderQueue}.dlq",
                DeadLetter.Of(incoming, kind, reason),
                incoming.Body,
                patience.Token
            );
            await confirmed.WaitAsync(patience.Token);
        }
        catch (Exception e) when (IsBroken(e, cancellation))
        {
            Abandon();
            throw Unavailable($"The broker does not answer: {e.Message}", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    static BasicProperties PropertiesOf(OutboxEvent one) =>
        new()
        {
            DeliveryMode = DeliveryModes.Persistent,
            CorrelationId = one.CorrelationId,
            MessageId = one.EventId,
        };

    Task<Task> PublishAsync(
        string exchange,
        string key,
        BasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellation
    ) => (_out ?? throw new IOException("The channel is closed.")).PublishAsync(exchange, key, properties, body, cancellation);

    // Closing a channel of a broker that does not answer takes long; nobody has to wait for it.
    void Abandon()
    {
        if (Interlocked.Exchange(ref _out, null) is { } channel)
            _ = CloseAsync(channel);

        async Task CloseAsync(ConfirmingChannel closing)
        {
            try
            {
                await closing.DisposeAsync();
            }
            catch (Exception e)
            {
                LogBroken(logger, e.Message);
            }
        }
    }

    static bool IsBroken(Exception e, CancellationToken cancellation) =>
        e
            is BrokerUnreachableException
                or AlreadyClosedException
                or OperationInterruptedException
                or PublishException
                or IOException
                or TimeoutException
                or System.Net.Sockets.SocketException
                or ObjectDisposedException
        || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    static TrawlException Unavailable(string message, Exception? e) => new(FailureKind.ServiceUnavailable, message, e);

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening to {Queue}")]
    static partial void LogListening(ILogger logger, string queue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for broker or database: {Reason}")]
    static partial void LogBroken(ILogger logger, string reason);
}
