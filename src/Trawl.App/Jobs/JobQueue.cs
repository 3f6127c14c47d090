using Trawl.App.Crawls;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Jobs;

/// <summary>
/// The jobs that are still to be searched for. A worker holds what it claims for a lease, by the database's own clock. When the lease ends another
/// worker may claim it, and what the first one says after that is refused. A search that has ended three workers is given up.
/// </summary>
sealed class JobQueue(Database database, TimeSpan lease)
{
    /// <summary>How often a job is searched for before it is given up.</summary>
    public const int MostAttempts = 3;

    /// <summary>What is said of what has ended the workers that took it.</summary>
    internal const string LostError = "Each of 3 workers that took it ended before it was done.";

    /// <summary>How long what is taken is held.</summary>
    public TimeSpan Lease => lease;

    /// <summary>Notes a job. One that is still being worked on stays as it is; one that has ended is begun again.</summary>
    /// <returns>Whether there is something to do.</returns>
    public Task<bool> SubmitAsync(CrawlOrder order, string correlationId, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                var values = new
                {
                    order.JobId,
                    correlationId,
                    request = order.ToJson(),
                };
                var isNew = await statements.ExecuteAsync(
                    """
                    insert into trawl_jobs (job_id, correlation_id, request, state, created_at)
                    values (@JobId, @correlationId, @request, 'queued', {now})
                    on conflict do nothing
                    """,
                    values
                );
                statements.Announce(Topic.Jobs);
                if (isNew == 1)
                    return true;
                var isAgain = await statements.ExecuteAsync(
                    """
                    update trawl_jobs
                    set state = 'queued', correlation_id = @correlationId, request = @request, searched = 0, attempts = 0, not_before = 0,
                        lease_until = 0, ended_at = null, error = null, error_kind = null
                    where job_id = @JobId and state in ('done', 'failed')
                    """,
                    values
                );
                if (isAgain == 1)
                    await statements.ExecuteAsync(
                        "update trawl_items set state = 'queued', attempts = 0, lost = 0, not_before = 0 where job_id = @JobId",
                        values
                    );
                return isAgain == 1;
            },
            cancellation
        );

    /// <summary>Takes the next job to search for; null when there is none.</summary>
    public Task<ClaimedJob?> ClaimJobAsync(CancellationToken cancellation) =>
        database.AtOnceAsync(
            statements =>
                statements.FirstAsync<ClaimedJob>(
                    """
                    update trawl_jobs
                    set state = 'running', token = token + 1, attempts = attempts + 1, lease_until = {now} + @lease
                    where job_id in (
                        select c.job_id
                        from trawl_jobs c
                        where (c.state = 'queued' and c.not_before <= {now})
                            or (c.state = 'running' and c.searched = 0 and c.lease_until < {now} and c.attempts < @MostAttempts)
                        order by c.priority desc, c.created_at
                        limit 1
                        {claimed}
                    )
                    returning job_id as JobId, correlation_id as CorrelationId, request as Request, attempts as Attempts, cast(token as bigint) as Token
                    """,
                    new { lease = lease.TotalSeconds, MostAttempts }
                ),
            cancellation
        );

    /// <summary>Keeps a job for another lease. False when it is no longer ours.</summary>
    public Task<bool> RenewAsync(ClaimedJob job, CancellationToken cancellation) =>
        ChangeAsync(
            "update trawl_jobs set lease_until = {now} + @lease where job_id = @JobId and token = @Token and state = 'running'",
            new
            {
                lease = lease.TotalSeconds,
                job.JobId,
                job.Token,
            },
            cancellation
        );

    /// <summary>Notes what a search found, each video once, in the order found.</summary>
    public Task AddAsync(ClaimedJob job, IReadOnlyList<Found> found, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                var rank = await statements.FirstAsync<int>("select count(*) from trawl_items where job_id = @JobId", job);
                foreach (var video in found)
                    rank += await statements.ExecuteAsync(
                        """
                        insert into trawl_items (job_id, platform, video_id, url, title, rank, state)
                        select @JobId, @Platform, @Id, @Url, @Title, @rank, 'queued'
                        where exists (select 1 from trawl_jobs where job_id = @JobId and token = @Token and state = 'running')
                        on conflict do nothing
                        """,
                        new
                        {
                            job.JobId,
                            job.Token,
                            video.Platform,
                            video.Id,
                            Url = video.Url.AbsoluteUri,
                            video.Title,
                            rank,
                        }
                    );
                statements.Announce(Topic.Items);
            },
            cancellation
        );

    /// <summary>Notes that nothing more will be found, and why somebody could not look. False when the job is no longer ours.</summary>
    public Task<bool> SearchedAsync(ClaimedJob job, string? error, string? kinds, CancellationToken cancellation) =>
        ChangeAsync(
            "update trawl_jobs set searched = 1, error = @error, error_kind = @kinds where job_id = @JobId and token = @Token and state = 'running'",
            new
            {
                error = error is null ? null : Storable(error),
                kinds,
                job.JobId,
                job.Token,
            },
            cancellation
        );

    /// <summary>After how long a job that is put back can be searched for again.</summary>
    public static TimeSpan WaitAfter(ClaimedJob job) => TimeSpan.FromSeconds(15 * job.Attempts);

    /// <summary>Gives a job back, to be searched for again later.</summary>
    public Task<bool> PutBackAsync(ClaimedJob job, TrawlException why, CancellationToken cancellation) =>
        ChangeAsync(
            """
            update trawl_jobs
            set state = 'queued', not_before = {now} + @wait, error = @error, error_kind = @kind
            where job_id = @JobId and token = @Token and state = 'running'
            """,
            new
            {
                job.JobId,
                job.Token,
                wait = WaitAfter(job).TotalSeconds,
                error = Storable($"{why.Kind.Name()}: {why.Message}"),
                kind = why.Kind.Name(),
            },
            cancellation
        );

    /// <summary>Gives a job back untouched, as when the worker is stopped.</summary>
    public Task<bool> PutBackAsync(ClaimedJob job, CancellationToken cancellation) =>
        ChangeAsync(
            "update trawl_jobs set state = 'queued', attempts = attempts - 1, lease_until = 0 where job_id = @JobId and token = @Token and state = 'running'",
            job,
            cancellation
        );

    /// <summary>Gives up searches that have ended three workers: their jobs count as searched. Says how many.</summary>
    public Task<int> GiveUpSearchesAsync(CancellationToken cancellation) =>
        database.AtOnceAsync(
            statements =>
                statements.ExecuteAsync(
                    """
                    update trawl_jobs
                    set searched = 1, error_kind = @kind, error = @error
                    where state = 'running' and searched = 0 and attempts >= @MostAttempts and lease_until < {now}
                    """,
                    new
                    {
                        MostAttempts,
                        kind = FailureKind.WorkerLost.Name(),
                        error = LostError,
                    }
                ),
            cancellation
        );

    /// <summary>Jobs that have been searched for and have no open videos: they only have to be ended.</summary>
    public Task<IReadOnlyList<string>> EndedAsync(CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements =>
                statements.QueryAsync<string>(
                    """
                    select j.job_id
                    from trawl_jobs j
                    where j.state = 'running' and j.searched = 1
                        and not exists (select 1 from trawl_items i where i.job_id = j.job_id and i.state in ('queued', 'running'))
                    """
                ),
            cancellation
        );

    /// <summary>Ends a job, in the transaction that tells of it. False when somebody else has, or it is not ready.</summary>
    public static async Task<bool> EndAsync(Statements statements, string jobId) =>
        await statements.ExecuteAsync(
            """
            update trawl_jobs
            set state = 'done', ended_at = {now}
            where job_id = @jobId and state = 'running' and searched = 1
                and not exists (select 1 from trawl_items i where i.job_id = @jobId and i.state in ('queued', 'running'))
            """,
            new { jobId }
        ) == 1;

    /// <summary>Gives a job up, in the transaction that tells of it. What is being worked on is dropped when it is next heard of. False when it has ended or does not exist.</summary>
    public static async Task<bool> CancelAsync(Statements statements, string jobId) =>
        await statements.ExecuteAsync(
            "update trawl_jobs set state = 'cancelled', ended_at = {now} where job_id = @jobId and state in ('queued', 'running', 'paused')",
            new { jobId }
        ) == 1;

    /// <summary>A foreign text as every database can keep it: PostgreSQL keeps every character but one.</summary>
    internal static string Storable(string text) => text.Replace('\0', '\uFFFD');

    async Task<bool> ChangeAsync(string sql, object values, CancellationToken cancellation) =>
        await database.AtOnceAsync(statements => statements.ExecuteAsync(sql, values), cancellation) > 0;
}
