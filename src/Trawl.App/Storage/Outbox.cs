using System.Globalization;

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

    /// <summary>Whether it has arrived.</summary>
    public bool IsSent { get; init; }
}

/// <summary>The events for others: written with the rows they tell of, sent afterwards, in order, at least once.</summary>
sealed class Outbox(Database database)
{
    /// <summary>Notes an event, in the transaction that makes it true.</summary>
    /// <param name="statements">The transaction.</param>
    /// <param name="eventId">Its name.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="videoId">The video it tells of; null where it tells of the job.</param>
    /// <param name="topic">What it is called on the wire.</param>
    /// <param name="correlationId">What the request was called by whoever sent it.</param>
    /// <param name="body">Its body, JSON.</param>
    public static async Task AddAsync(
        Statements statements,
        string eventId,
        string jobId,
        string? videoId,
        string topic,
        string correlationId,
        string body
    )
    {
        await statements.ExecuteAsync(
            """
            insert into trawl_outbox (event_id, job_id, video_id, topic, correlation_id, body, created_at)
            values (@eventId, @jobId, @videoId, @topic, @correlationId, @body, {now})
            on conflict do nothing
            """,
            new
            {
                eventId,
                jobId,
                videoId,
                topic,
                correlationId,
                body,
            }
        );
        await Webhooks.OweAsync(statements, eventId);
        statements.Announce(Topic.Events);
    }

    /// <summary>What was told and is owed, the newest first.</summary>
    /// <param name="jobId">Only that job's; null for all.</param>
    /// <param name="unsent">Only what has not arrived.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<IReadOnlyList<OutboxEvent>> ListAsync(string? jobId, bool unsent, int most, CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements =>
                statements.QueryAsync<OutboxEvent>(
                    $"""
                    select cast(seq as bigint) as Seq, event_id as EventId, job_id as JobId, topic as Topic, correlation_id as CorrelationId, body as Body,
                        sent_at is not null as IsSent
                    from trawl_outbox
                    where (@jobId is null or job_id = @jobId){(unsent ? " and sent_at is null" : "")}
                    order by seq desc
                    limit @most
                    """,
                    new { jobId, most }
                ),
            cancellation
        );

    /// <summary>Owes an event, or all events of a job, once more; their names stay.</summary>
    /// <returns>How many.</returns>
    public Task<int> OweAgainAsync(string eventOrJob, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    """
                    update trawl_deliveries
                    set state = 'due', attempts = 0, not_before = 0
                    where event_id in (select event_id from trawl_outbox where event_id = @eventOrJob or job_id = @eventOrJob)
                    """,
                    new { eventOrJob }
                );
                statements.Announce(Topic.Events);
                return await statements.ExecuteAsync(
                    "update trawl_outbox set sent_at = null where event_id = @eventOrJob or job_id = @eventOrJob",
                    new { eventOrJob }
                );
            },
            cancellation
        );

    /// <summary>The next events to send, in order.</summary>
    public Task<IReadOnlyList<OutboxEvent>> UnsentAsync(int most, CancellationToken cancellation) =>
        database.AtOnceAsync(
            statements =>
                statements.QueryAsync<OutboxEvent>(
                    """
                    select cast(seq as bigint) as Seq, event_id as EventId, job_id as JobId, topic as Topic, correlation_id as CorrelationId, body as Body
                    from trawl_outbox
                    where sent_at is null
                    order by seq
                    limit @most
                    """,
                    new { most }
                ),
            cancellation
        );

    /// <summary>Notes that events have arrived.</summary>
    public Task MarkAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellation) =>
        database.AtOnceAsync(
            // each by its number: one between them may have been committed after they were read
            statements =>
                statements.ExecuteAsync(
                    $"update trawl_outbox set sent_at = {{now}} where seq in ({string.Join(", ", events.Select(e => e.Seq.ToString(CultureInfo.InvariantCulture)))})"
                ),
            cancellation
        );
}
