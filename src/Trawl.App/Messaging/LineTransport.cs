using Trawl.App.Storage;

namespace Trawl.App.Messaging;

/// <summary>Writes events as lines, the same bodies that go over the wire; or nowhere.</summary>
sealed class LineSink(TextWriter? writer) : IEventSink
{
    public Task ReadyAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task SendAsync(OutboxEvent owed, CancellationToken cancellation) => writer?.WriteLineAsync(owed.Body) ?? Task.CompletedTask;
}
