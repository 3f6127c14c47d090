using System.Globalization;
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
/// be used goes to the queue for dead letters. A broken connection is made again.
/// </summary>
/// <param name="address">Where it is.</param>
/// <param name="quorum">Whether its queues are declared as quorum queues.</param>
/// <param name="logger">Where is told what happens.</param>
/// <param name="time">The clock.</param>
sealed partial class Broker(Uri address, bool quorum, ILogger logger, TimeProvider time) : IEventSink, IWorkQueue, IAsyncDisposable
{
    const string Exchange = "product_video_matching";
    const string Orders = "videos.search.request";
    const string OrderQueue = "queue.videos.search.request";
    const string CancelQueue = "queue.job.cancelled.video-crawler";
    const int LongestReason = 500;

    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    readonly SemaphoreSlim _turn = new(1);
    IConnection? _connection;
    IChannel? _out;

    // one publication at a time waits for its confirm
    TaskCompletionSource? _confirm;

    /// <inheritdoc/>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_out is { IsOpen: true })
                return;
            _connection ??= await ConnectAsync(cancellation);
            if (_out is not null)
                await _out.DisposeAsync();
            // the library's own tracking would put a header of its own on every message
            _out = await _connection.CreateChannelAsync(new CreateChannelOptions(true, false, null), cancellation);
            _out.BasicAcksAsync += (_, _) => Confirm(c => c.TrySetResult());
            _out.BasicNacksAsync += (_, _) => Confirm(c => c.TrySetException(new IOException("The broker refused a message.")));
            _out.ChannelShutdownAsync += (_, _) => Confirm(c => c.TrySetException(new IOException("The connection broke.")));
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Unavailable(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public Task SendAsync(OutboxEvent owed, CancellationToken cancellation)
    {
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            CorrelationId = owed.CorrelationId,
            MessageId = owed.EventId,
        };
        return PublishAsync(Exchange, owed.Topic, properties, Encoding.UTF8.GetBytes(owed.Body), cancellation);
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
                await ReadyAsync(cancellation);
                await using var channel = await _connection!.CreateChannelAsync(cancellationToken: cancellation);
                await DeclareAsync(channel, cancellation);
                var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                channel.ChannelShutdownAsync += (_, _) =>
                {
                    closed.TrySetResult();
                    return Task.CompletedTask;
                };
                await ConsumeAsync(channel, OrderQueue, keepAsync, cancellation);
                await ConsumeAsync(channel, CancelQueue, cancelAsync, cancellation);
                LogListening(logger, OrderQueue);
                await closed.Task.WaitAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is TrawlException || IsBroken(e))
            {
                LogBroken(logger, e.Message);
            }
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_out is not null)
            await _out.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
        _turn.Dispose();
    }

    async Task<IConnection> ConnectAsync(CancellationToken cancellation)
    {
        var factory = new ConnectionFactory
        {
            Uri = address,
            ClientProvidedName = "trawl",
            RequestedConnectionTimeout = TimeSpan.FromSeconds(30),
            NetworkRecoveryInterval = TimeSpan.FromSeconds(1),
            TopologyRecoveryEnabled = false, // our consumers declare anew what they need
        };
        return await factory.CreateConnectionAsync(cancellation);
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

    async Task ConsumeAsync(IChannel channel, string queue, Func<Incoming, CancellationToken, Task> take, CancellationToken cancellation)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            // the body is the library's again when this returns
            var incoming = new Incoming(delivery.RoutingKey, delivery.BasicProperties.CorrelationId, delivery.Body.ToArray());
            try
            {
                await TakeAsync(queue, incoming, delivery.BasicProperties, take, cancellation);
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellation);
            }
            catch (Exception e) when (e is OperationCanceledException or TrawlException || IsBroken(e))
            {
                LogBroken(logger, e.Message); // unacknowledged, it comes again
            }
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellation);
    }

    // Kept at last, or among the dead letters: then it may be acknowledged.
    async Task TakeAsync(
        string queue,
        Incoming incoming,
        IReadOnlyBasicProperties properties,
        Func<Incoming, CancellationToken, Task> take,
        CancellationToken cancellation
    )
    {
        for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await take(incoming, cancellation);
                return;
            }
            catch (FormatException e)
            {
                LogDead(logger, incoming.Topic, e.Message);
                await BuryAsync(queue, incoming, properties, e, cancellation);
                return;
            }
            catch (TrawlException e) when (e.Kind == FailureKind.ServiceUnavailable)
            {
                // the message is held: it is nowhere else, and the database will be back
                LogBroken(logger, e.Message);
                await Task.Delay(pause, time, cancellation);
            }
        }
    }

    Task BuryAsync(string queue, Incoming incoming, IReadOnlyBasicProperties properties, Exception why, CancellationToken cancellation)
    {
        var retries =
            properties.Headers is { } headers && headers.TryGetValue("x-retry-count", out var count) && count is not null
                ? Convert.ToInt32(count, CultureInfo.InvariantCulture)
                : 0;
        var letter = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            CorrelationId = incoming.CorrelationId,
            Headers = new Dictionary<string, object?>
            {
                ["x-original-topic"] = incoming.Topic,
                ["x-failure-reason"] = why.Message.Length <= LongestReason ? why.Message : why.Message[..LongestReason],
                ["x-error-type"] = "ValidationError",
                ["x-retry-count"] = retries,
                ["x-is-retryable"] = "False",
            },
        };
        // by the default exchange: the queue is bound to nothing
        return PublishAsync("", $"{OrderQueue}.dlq", letter, incoming.Body, cancellation);
    }

    async Task PublishAsync(
        string exchange,
        string key,
        BasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellation
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await ReadyAsync(cancellation);
        await _turn.WaitAsync(cancellation);
        try
        {
            _confirm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _out!.BasicPublishAsync(exchange, key, mandatory: false, properties, body, patience.Token);
            await _confirm.Task.WaitAsync(patience.Token);
        }
        catch (Exception e) when (IsBroken(e) || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw Unavailable(e);
        }
        finally
        {
            _confirm = null;
            _turn.Release();
        }
    }

    Task Confirm(Action<TaskCompletionSource> settle)
    {
        if (_confirm is { } waiting)
            settle(waiting);
        return Task.CompletedTask;
    }

    static bool IsBroken(Exception e) =>
        e
            is BrokerUnreachableException
                or AlreadyClosedException
                or OperationInterruptedException
                or PublishException
                or IOException
                or System.Net.Sockets.SocketException
                or ObjectDisposedException;

    static TrawlException Unavailable(Exception e) => new(FailureKind.ServiceUnavailable, $"The broker does not answer: {e.Message}", e);

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening to {Queue}")]
    static partial void LogListening(ILogger logger, string queue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for broker or database: {Reason}")]
    static partial void LogBroken(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of {Topic} cannot be used and goes to the dead letters: {Reason}")]
    static partial void LogDead(ILogger logger, string topic, string reason);
}
