using System.Security.Cryptography;
using System.Text;
using Trawl.App.Messaging;
using Trawl.App.Storage;

namespace Trawl.App.Canary;

/// <summary>Changes of doors as events, owed to whoever is told of events.</summary>
static class DoorEvents
{
    /// <summary>Notes the changes of a round.</summary>
    public static Task NoteAsync(Database database, CanaryReport report, TimeProvider time, CancellationToken cancellation) =>
        report.Changes.Count == 0
            ? Task.CompletedTask
            : database.InTransactionAsync(
                async statements =>
                {
                    var now = time.GetUtcNow();
                    foreach (var change in report.Changes)
                    {
                        var text = Encoding.UTF8.GetBytes($"{change.State.Source} {change.Topic} {now:O}");
                        var id = new Guid(SHA256.HashData(text).AsSpan(0, 16)).ToString();
                        var body = Messages.Sealed(change.ToJson(), change.Topic, id, now);
                        await Outbox.AddAsync(statements, id, "canary", videoId: null, change.Topic, id, body);
                    }
                    return true;
                },
                cancellation
            );
}
