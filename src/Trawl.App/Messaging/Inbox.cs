using System.Text;
using Microsoft.Extensions.Logging;
using Trawl.App.Concurrency;
using Trawl.App.Messaging;
using Trawl.App.Storage;

namespace Trawl.App.Messaging;

/// <summary>A message that waits in the database.</summary>
sealed record InboxMessage
{
    public long Seq { get; init; }
    public string Topic { get; init; } = "";
    public string? CorrelationId { get; init; }
    public string Body { get; init; } = "";
    public string? Refused { get; init; }
}

/// <summary>Orders through the database alone. A message is held for a moment while it is handed on, and goes when it has been kept.</summary>
sealed class Inbox(Database database, TimeSpan look, TimeSpan lease, TimeProvider time, ILogger logger) : IWorkQueue
{
    /// <summary>The topic of orders.</summary>
    public const string Orders = "videos.search.request";

    readonly PollingLoop _loop = new(look, time, logger);

    /// <summary>Puts a message in.</summary>
    public Task AddAsync(string topic, string? correlationId, string body, CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements =>
            {
                statements.Announce(Topic.Messages);
                return statements.ExecuteAsync(
                    "insert into trawl_inbox (topic, correlation_id, body) values (@topic, @correlationId, @body)",
                    new
                    {
                        topic,
                        correlationId,
                        body,
                    }
                );
            },
            cancellation
        );

    /// <summary>What could not be used, and why.</summary>
    public Task<IReadOnlyList<InboxMessage>> RefusedAsync(CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements => statements.QueryAsync<InboxMessage>($"select {Columns} from trawl_inbox where refused is not null order by seq"),
            cancellation
        );

    /// <inheritdoc/>
    public Task ReadyAsync(CancellationToken cancellation) =>
        database.InTransactionAsync(statements => statements.FirstAsync<int>("select 1"), cancellation);

    /// <inheritdoc/>
    public Task ListenAsync(
        Func<Incoming, CancellationToken, Task> keepAsync,
        Func<Incoming, CancellationToken, Task> cancelAsync,
        CancellationToken cancellation
    )
    {
        return _loop.RunAsync(database.Changes[Topic.Messages], NextAsync, cancellation);

        async Task<bool> NextAsync(CancellationToken token)
        {
            if (await TakeAsync(token) is not { } message)
                return false;
            var intake = new MessageIntake(
                message.Topic == Orders ? keepAsync : cancelAsync,
                (_, _, reason, t) =>
                    ChangeAsync("update trawl_inbox set refused = @reason where seq = @Seq", new { message.Seq, reason }, t),
                time,
                logger
            );
            var incoming = new Incoming(message.Topic, message.CorrelationId, Encoding.UTF8.GetBytes(message.Body));
            await intake.TakeAsync(incoming, token);
            await ChangeAsync("delete from trawl_inbox where seq = @Seq and refused is null", message, token);
            return true;
        }
    }

    Task<InboxMessage?> TakeAsync(CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements =>
                statements.FirstAsync<InboxMessage>(
                    $$"""
                    update trawl_inbox
                    set held_until = {now} + @lease
                    where seq in (
                        select c.seq
                        from trawl_inbox c
                        where c.refused is null and c.held_until <= {now}
                        order by c.seq
                        limit 1
                        {claimed}
                    )
                    returning {{Columns}}
                    """,
                    new { lease = lease.TotalSeconds }
                ),
            cancellation
        );

    const string Columns = "cast(seq as bigint) as Seq, topic as Topic, correlation_id as CorrelationId, body as Body, refused as Refused";

    Task<int> ChangeAsync(string sql, object values, CancellationToken cancellation) =>
        database.InTransactionAsync(statements => statements.ExecuteAsync(sql, values), cancellation);
}
