using Trawl.App.Storage;

namespace Trawl.App.Messaging;

/// <summary>Writes events as lines, the same bodies that go over the wire; or nowhere.</summary>
sealed class LineTransport(TextWriter? writer) : IEventTransport
{
    public Task ReadyAsync(CancellationToken cancellation) => Task.CompletedTask;

    public async Task<Delivered> SendAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellation)
    {
        if (writer is not null)
            foreach (var one in events)
                await writer.WriteLineAsync(one.Body);
        return new Delivered(events.Count);
    }
}
