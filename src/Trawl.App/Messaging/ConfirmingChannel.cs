using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Trawl.App.Messaging;

/// <summary>
/// A channel whose publications are confirmed by the broker, each by its own number: what the broker says of one message never counts for another
/// one. After a failure it is thrown away, and late confirms with it.
/// </summary>
/// <remarks>The library's own tracking would put a header of its own on every message.</remarks>
sealed class ConfirmingChannel : IAsyncDisposable
{
    readonly IChannel _channel;
    readonly ConcurrentDictionary<ulong, TaskCompletionSource> _unconfirmed = [];

    ConfirmingChannel(IChannel channel)
    {
        _channel = channel;
        channel.BasicAcksAsync += (_, ack) => SettleAsync(ack.DeliveryTag, ack.Multiple, one => one.TrySetResult());
        channel.BasicNacksAsync += (_, nack) =>
            SettleAsync(nack.DeliveryTag, nack.Multiple, one => one.TrySetException(new IOException("The broker refused a message.")));
        channel.ChannelShutdownAsync += (_, _) =>
            SettleAsync(ulong.MaxValue, true, one => one.TrySetException(new IOException("The connection broke.")));
    }

    /// <summary>Whether it can be published on.</summary>
    public bool IsOpen => _channel.IsOpen;

    /// <summary>Opens one.</summary>
    public static async Task<ConfirmingChannel> OpenAsync(IConnection connection, CancellationToken cancellation) =>
        new(await connection.CreateChannelAsync(new CreateChannelOptions(true, false, null), cancellation));

    /// <summary>Publishes a message. One at a time.</summary>
    /// <returns>Ends when the broker has taken it.</returns>
    public async Task<Task> PublishAsync(
        string exchange,
        string key,
        BasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellation
    )
    {
        var number = await _channel.GetNextPublishSequenceNumberAsync(cancellation);
        var confirmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _unconfirmed[number] = confirmed;
        await _channel.BasicPublishAsync(exchange, key, mandatory: false, properties, body, cancellation);
        if (!_channel.IsOpen)
            confirmed.TrySetException(new IOException("The connection broke."));
        return confirmed.Task;
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    Task SettleAsync(ulong number, bool andAllBefore, Action<TaskCompletionSource> settle)
    {
        foreach (var one in andAllBefore ? [.. _unconfirmed.Keys.Where(n => n <= number)] : (ulong[])[number])
            if (_unconfirmed.TryRemove(one, out var confirmed))
                settle(confirmed);
        return Task.CompletedTask;
    }
}
