using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Trawl.App.Tests.Servers;

/// <summary>An event as another service of the pipeline gets it.</summary>
public sealed record PipelineEvent(
    string Topic,
    string? EventId,
    string? CorrelationId,
    JsonNode Body,
    IDictionary<string, object?>? Headers
);

/// <summary>The other services of the pipeline: they send orders and read events.</summary>
public sealed class Pipeline : IAsyncDisposable
{
    const string Exchange = "product_video_matching";

    readonly Uri _broker;
    readonly Channel<PipelineEvent> _events = Channel.CreateUnbounded<PipelineEvent>();
    IConnection? _connection;
    IChannel? _channel;

    Pipeline(Uri broker) => _broker = broker;

    public static async Task<Pipeline> StartAsync(Uri broker)
    {
        var pipeline = new Pipeline(broker);
        await pipeline.ConnectAsync();
        return pipeline;
    }

    /// <summary>Connects anew, as after the broker was away.</summary>
    public async Task ConnectAsync()
    {
        _connection = await new ConnectionFactory { Uri = _broker, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        // what is sent is in the broker's hands when sending ends, and what is read is acknowledged when it is kept: a broker that dies loses neither
        _channel = await _connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        await _channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true);
        // as an installation has them before any worker comes
        await _channel.QueueDeclareAsync("queue.videos.search.request", durable: true, exclusive: false, autoDelete: false);
        await _channel.QueueBindAsync("queue.videos.search.request", Exchange, "videos.search.request");
        await _channel.QueueDeclareAsync("queue.videos.search.request.dlq", durable: true, exclusive: false, autoDelete: false);
        await _channel.QueueDeclareAsync("everything", durable: true, exclusive: false, autoDelete: false);
        foreach (var topic in (string[])["videos.keyframes.#", "videos.collections.#", "job.cancelled.ack"])
            await _channel.QueueBindAsync("everything", Exchange, topic);
        await ReadAsync("everything");
        await ReadAsync("queue.videos.search.request.dlq");
    }

    public Task OrderAsync(string job, string phrase, string correlation = "", params string[] platforms) =>
        SendAsync(
            "videos.search.request",
            $$"""
            {"job_id":"{{job}}","industry":"toys","queries":{"vi":["{{phrase}}"]},"platforms":[{{string.Join(
                ',',
                platforms.DefaultIfEmpty("tiktok").Select(p => $"\"{p}\"")
            )}}],"recency_days":3650}
            """,
            correlation.Length > 0 ? correlation : job
        );

    public Task OrderAsync(string job, IEnumerable<string> phrases) =>
        SendAsync(
            "videos.search.request",
            $$"""
            {"job_id":"{{job}}","industry":"toys","queries":{"vi":[{{string.Join(
                ',',
                phrases.Select(p => $"\"{p}\"")
            )}}]},"platforms":["tiktok"],"recency_days":3650}
            """,
            job
        );

    public Task SendAsync(string topic, string body, string? correlation = null) =>
        SendAsync(topic, Encoding.UTF8.GetBytes(body), correlation, null);

    public async Task SendAsync(string topic, byte[] body, string? correlation, IDictionary<string, object?>? headers) =>
        await _channel!.BasicPublishAsync(
            Exchange,
            topic,
            mandatory: false,
            new BasicProperties
            {
                CorrelationId = correlation,
                DeliveryMode = DeliveryModes.Persistent,
                Headers = headers,
            },
            body
        );

    /// <summary>Everything up to the event that ends a job, in the order it came.</summary>
    public Task<List<PipelineEvent>> UntilEndOfAsync(string job) =>
        UntilAsync(e => e.Topic == "videos.collections.completed" && (string?)e.Body["job_id"] == job);

    /// <summary>Everything up to an event, in the order it came.</summary>
    public async Task<List<PipelineEvent>> UntilAsync(Func<PipelineEvent, bool> isLast, TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? TimeSpan.FromMinutes(5));
        var events = new List<PipelineEvent>();
        do events.Add(await _events.Reader.ReadAsync(patience.Token));
        while (!isLast(events[^1]));
        return events;
    }

    /// <summary>What has come and was not looked at.</summary>
    public IReadOnlyList<PipelineEvent> Rest()
    {
        var rest = new List<PipelineEvent>();
        while (_events.Reader.TryRead(out var e))
            rest.Add(e);
        return rest;
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null)
            await _channel.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    async Task ReadAsync(string queue)
    {
        var channel = _channel!;
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var text = Encoding.UTF8.GetString(delivery.Body.Span);
            JsonNode body;
            try
            {
                body = JsonNode.Parse(text) ?? JsonValue.Create("null");
            }
            catch (System.Text.Json.JsonException)
            {
                body = JsonValue.Create(text);
            }
            _events.Writer.TryWrite(
                new PipelineEvent(
                    delivery.RoutingKey,
                    delivery.BasicProperties.MessageId,
                    delivery.BasicProperties.CorrelationId,
                    body,
                    delivery.BasicProperties.Headers
                )
            );
            try
            {
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            }
            catch (Exception e) when (e is AlreadyClosedException or OperationInterruptedException)
            {
                // the broker is away: it comes once more
            }
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
    }
}
