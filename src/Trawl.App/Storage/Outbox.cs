namespace Trawl.App.Storage;

/// <summary>An event that is owed to others.</summary>
sealed record OutboxEvent
{
    /// <summary>Its place in the order.</summary>
    public long Seq { get; init; }

    /// <summary>Its one name; whoever gets it twice knows it by that.</summary>
    public string EventId { get; init; } = "";

    /// <summary>The job.</summary>
    public string JobId { get; init; } = "";

    /// <summary>What it is called on the wire.</summary>
    public string Topic { get; init; } = "";

    /// <summary>What the request was called by whoever sent it.</summary>
    public string CorrelationId { get; init; } = "";

    /// <summary>Its body, JSON.</summary>
    public string Body { get; init; } = "";
}

/// <summary>What we still owe to others: written with the rows it tells of, sent afterwards, in order, at least once.</summary>
sealed class Outbox(Database database)
{
    /// <summary>Notes an event, in the transaction that makes it true.</summary>
    public static Task AddAsync(Statements statements, string eventId, string jobId, string topic, string correlationId, string body) =>
        statements.ExecuteAsync(
            """
            insert into trawl_outbox (event_id, job_id, topic, correlation_id, body, created_at)
            values (@eventId, @jobId, @topic, @correlationId, @body, {now})
            on conflict do nothing
            """,
            new
            {
                eventId,
                jobId,
                topic,
                correlationId,
                body,
            }
        );

    /// <summary>
    /// Sends the next ones, in order, and notes each that has arrived. One sender at a time: what others write meanwhile waits for its turn.
    /// </summary>
    /// <returns>How many were sent.</returns>
    public Task<int> SendAsync(int most, Func<OutboxEvent, CancellationToken, Task> send, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                if (!await statements.FirstAsync<bool>(statements.Dialect.TakeOutbox))
                    return 0;
                var unsent = await statements.QueryAsync<OutboxEvent>(
                    """
                    select cast(seq as bigint) as Seq, event_id as EventId, job_id as JobId, topic as Topic, correlation_id as CorrelationId, body as Body
                    from trawl_outbox
                    where sent_at is null
                    order by seq
                    limit @most
                    """,
                    new { most }
                );
                foreach (var owed in unsent)
                {
                    await send(owed, cancellation);
                    await statements.ExecuteAsync("update trawl_outbox set sent_at = {now} where seq = @Seq", owed);
                }
                return unsent.Count;
            },
            cancellation
        );
}
