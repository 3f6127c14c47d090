using Trawl.App.Crawls;
using Trawl.Failures;

namespace Trawl.App.Storage;

/// <summary>
/// What is still to do: jobs, which are searched for, and the videos found. A worker holds what it claims for a lease, by the database's own clock.
/// When the lease ends another worker may claim it, and what the first one says after that is refused. What has ended three workers is given up.
/// </summary>
sealed class JobQueue(Database database, TimeSpan lease)
{
    /// <summary>How often a job is searched for, or a video is worked on, before it is given up.</summary>
    public const int MostAttempts = 3;

    static readonly string Lost = $"Each of {MostAttempts} workers that took it ended before it was done.";

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
                        "update trawl_items set state = 'queued', attempts = 0, not_before = 0 where job_id = @JobId",
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

    /// <summary>
    /// Claims videos of a platform, of one job: of those of the highest priority the one that has the fewest under way, so that a short job does not
    /// wait for all of a long one.
    /// </summary>
    internal const string ClaimItems = """
        update trawl_items
        set state = 'running', token = token + 1, attempts = attempts + 1, lease_until = {now} + @lease
        where (job_id, platform, video_id) in (
            select c.job_id, c.platform, c.video_id
            from trawl_items c
            where c.job_id = (
                    select j.job_id
                    from trawl_jobs j
                    where j.state = 'running' and exists (
                        select 1
                        from trawl_items i
                        where i.job_id = j.job_id and i.platform = @platform and i.state in ('queued', 'running')
                            and case when i.state = 'queued' then i.not_before else i.lease_until end <= {now}
                            and (i.state = 'queued' or i.attempts < @MostAttempts)
                    )
                    order by j.priority desc,
                        (select count(*) from trawl_items r where r.job_id = j.job_id and r.platform = @platform and r.state = 'running'),
                        case when j.job_id = @before then 1 else 0 end,
                        j.created_at
                    limit 1
                )
                and c.platform = @platform and c.state in ('queued', 'running')
                and case when c.state = 'queued' then c.not_before else c.lease_until end <= {now}
                and (c.state = 'queued' or c.attempts < @MostAttempts)
            order by c.rank
            limit @most
            {claimed}
        )
        returning job_id as JobId, platform as Platform, video_id as VideoId, url as Url, title as Title, attempts as Attempts,
            cast(token as bigint) as Token,
            (select j.correlation_id from trawl_jobs j where j.job_id = trawl_items.job_id) as CorrelationId,
            (select j.request from trawl_jobs j where j.job_id = trawl_items.job_id) as Request
        """;

    /// <summary>Claims videos of a platform; none when none is due.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="before">The job that was claimed of before: of two alike the other one comes first. Null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<IReadOnlyList<ClaimedItem>> ClaimItemsAsync(string platform, int most, string? before, CancellationToken cancellation) =>
        database.AtOnceAsync(
            statements =>
                statements.QueryAsync<ClaimedItem>(
                    ClaimItems,
                    new
                    {
                        platform,
                        most,
                        before = before ?? "",
                        lease = lease.TotalSeconds,
                        MostAttempts,
                    }
                ),
            cancellation
        );

    /// <summary>In how many seconds a video of each platform can next be claimed; zero or less for now.</summary>
    public Task<IReadOnlyList<(string Platform, double Seconds)>> DueAsync(CancellationToken cancellation) =>
        database.AtOnceAsync(
            statements =>
                statements.QueryAsync<(string Platform, double Seconds)>(
                    """
                    select i.platform, cast(min(case when i.state = 'queued' then i.not_before else i.lease_until end) - {now} as double precision)
                    from trawl_items i
                    join trawl_jobs j on j.job_id = i.job_id
                    where j.state = 'running' and i.state in ('queued', 'running') and (i.state = 'queued' or i.attempts < @MostAttempts)
                    group by i.platform
                    """,
                    new { MostAttempts }
                ),
            cancellation
        );

    /// <summary>Gives up what has ended three workers: the video fails, or the job counts as searched. Says how many.</summary>
    public Task<int> GiveUpLostAsync(CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                var values = new
                {
                    MostAttempts,
                    kind = FailureKind.WorkerLost.Name(),
                    error = Lost,
                };
                var items = await statements.ExecuteAsync(
                    """
                    update trawl_items
                    set state = 'failed', error_kind = @kind, error = @error
                    where state = 'running' and attempts >= @MostAttempts and lease_until < {now}
                    """,
                    values
                );
                return items
                    + await statements.ExecuteAsync(
                        """
                        update trawl_jobs
                        set searched = 1, error_kind = @kind, error = @error
                        where state = 'running' and searched = 0 and attempts >= @MostAttempts and lease_until < {now}
                        """,
                        values
                    );
            },
            cancellation
        );

    /// <summary>Keeps a video for another lease. False when it is no longer ours, or its job has been cancelled.</summary>
    public Task<bool> RenewAsync(ClaimedItem item, CancellationToken cancellation) =>
        ChangeAsync(
            $"update trawl_items set lease_until = {{now}} + @lease where {Ours}",
            new
            {
                lease = lease.TotalSeconds,
                item.JobId,
                item.Platform,
                item.VideoId,
                item.Token,
            },
            cancellation
        );

    // the fence: nobody's late word counts
    const string Ours = """
        job_id = @JobId and platform = @Platform and video_id = @VideoId and token = @Token and state = 'running'
            and exists (select 1 from trawl_jobs j where j.job_id = @JobId and j.state = 'running')
        """;

    /// <summary>Notes that a video is done, in the transaction that writes what became of it. False when it is no longer ours.</summary>
    public static async Task<bool> DoneAsync(Statements statements, ClaimedItem item, bool createdNew, string path) =>
        await statements.ExecuteAsync(
            $"update trawl_items set state = 'done', created_new = @createdNew, path = coalesce(nullif(@path, ''), path), error_kind = null, error = null where {Ours}",
            new
            {
                createdNew = createdNew ? 1 : 0,
                path,
                item.JobId,
                item.Platform,
                item.VideoId,
                item.Token,
            }
        ) == 1;

    /// <summary>Notes that a video is left out, and why.</summary>
    public Task<bool> SkipAsync(ClaimedItem item, string why, CancellationToken cancellation) =>
        ChangeAsync(
            $"update trawl_items set state = 'skipped', error_kind = null, error = @why where {Ours}",
            new
            {
                why,
                item.JobId,
                item.Platform,
                item.VideoId,
                item.Token,
            },
            cancellation
        );

    /// <summary>Notes that a video failed: it is tried again later where that may help, at most three times.</summary>
    public Task<bool> FailAsync(ClaimedItem item, TrawlException failure, CancellationToken cancellation)
    {
        var isAgain = failure.Rule.RetryLater && item.Attempts < MostAttempts;
        return ChangeAsync(
            $"update trawl_items set state = @state, not_before = {{now}} + @wait, error_kind = @kind, error = @error where {Ours}",
            new
            {
                state = isAgain ? "queued" : "failed",
                wait = WaitAfter(item, failure).TotalSeconds,
                kind = failure.Kind.Name(),
                error = Storable(failure.Message),
                item.JobId,
                item.Platform,
                item.VideoId,
                item.Token,
            },
            cancellation
        );
    }

    /// <summary>After how long a video that failed can be tried again.</summary>
    public static TimeSpan WaitAfter(ClaimedItem item, TrawlException failure) =>
        failure.RetryAfter ?? TimeSpan.FromSeconds(5 * Math.Pow(4, Math.Clamp(item.Attempts - 1, 0, 6)));

    /// <summary>Gives a video back untouched, as when the program is stopped.</summary>
    public Task<bool> PutBackAsync(ClaimedItem item, CancellationToken cancellation) => PutBackAsync(item, TimeSpan.Zero, cancellation);

    /// <summary>Gives a video back untouched, for nobody to take before some time has passed.</summary>
    public Task<bool> PutBackAsync(ClaimedItem item, TimeSpan wait, CancellationToken cancellation) =>
        ChangeAsync(
            $"update trawl_items set state = 'queued', attempts = attempts - 1, lease_until = 0, not_before = {{now}} + @wait where {Ours}",
            new
            {
                wait = wait.TotalSeconds,
                item.JobId,
                item.Platform,
                item.VideoId,
                item.Token,
            },
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

    // PostgreSQL keeps every character but one
    static string Storable(string text) => text.Replace('\0', '\uFFFD');

    async Task<bool> ChangeAsync(string sql, object values, CancellationToken cancellation) =>
        await database.AtOnceAsync(statements => statements.ExecuteAsync(sql, values), cancellation) > 0;
}
