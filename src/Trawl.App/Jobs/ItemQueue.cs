using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Jobs;

/// <summary>
/// The videos that were found and are still to do, held as jobs are. A video whose worker ended is worked on alone from then on, since it may be the
/// reason; one that has ended three workers fails.
/// </summary>
sealed class ItemQueue(Database database, TimeSpan lease)
{
    /// <summary>How often a video is tried that fails for a reason that may pass.</summary>
    public const int MostAttempts = 3;

    /// <summary>How many workers may end before a video is done.</summary>
    const int MostLost = 3;

    /// <summary>How long what is taken is held.</summary>
    public TimeSpan Lease => lease;

    /// <summary>
    /// Claims videos of a platform, of one job: of those of the highest priority the one that has the fewest under way, so that a short job does not
    /// wait for all of a long one. How many is part of the text: PostgreSQL makes one good plan for all times only where it knows that they are few.
    /// </summary>
    internal static string ClaimItems(int most) =>
        $$"""
            {{Claim}} (
                select c.job_id, c.platform, c.video_id
                from trawl_items c
                where c.job_id = (
                        select j.job_id
                        from trawl_jobs j
                        where j.state = 'running' and exists (
                            select 1
                            from trawl_items i
                            where i.job_id = j.job_id and i.platform = @platform and i.state in ('queued', 'running')
                                and i.state = 'queued' and i.not_before <= {now} and i.lost = 0
                        )
                        order by j.priority desc,
                            (select count(*) from trawl_items r where r.job_id = j.job_id and r.platform = @platform and r.state = 'running'),
                            case when j.job_id = @before then 1 else 0 end,
                            j.created_at
                        limit 1
                    )
                    and c.platform = @platform and c.state in ('queued', 'running')
                    and c.state = 'queued' and c.not_before <= {now} and c.lost = 0
                order by c.rank
                limit {{most}}
                {claimed}
            )
            {{Claimed}}
            """;

    // what claims a video: its beginning, before those that are claimed, and its end
    const string Claim = """
        update trawl_items
        set state = 'running', token = token + 1, attempts = attempts + 1, lease_until = {now} + @lease
        where (job_id, platform, video_id) in
        """;

    const string Claimed = """
        returning job_id as JobId, platform as Platform, video_id as VideoId, url as Url, title as Title, attempts as Attempts, lost as Lost,
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
                    ClaimItems(most),
                    new
                    {
                        platform,
                        before = before ?? "",
                        lease = lease.TotalSeconds,
                    }
                ),
            cancellation
        );

    /// <summary>Claims a video of a platform whose worker ended before it was done: of those the one that has ended the fewest. Null when there is none.</summary>
    public Task<ClaimedItem?> ClaimSuspectAsync(string platform, CancellationToken cancellation) =>
        database.AtOnceAsync(
            statements =>
                statements.FirstAsync<ClaimedItem>(
                    $$"""
                    {{Claim}} (
                        select c.job_id, c.platform, c.video_id
                        from trawl_items c
                        where c.platform = @platform and c.lost > 0 and c.state = 'queued' and c.not_before <= {now}
                            and exists (select 1 from trawl_jobs j where j.job_id = c.job_id and j.state = 'running')
                        order by c.lost, c.rank
                        limit 1
                        {claimed}
                    )
                    {{Claimed}}
                    """,
                    new { platform, lease = lease.TotalSeconds }
                ),
            cancellation
        );

    /// <summary>When there is something to do for each platform.</summary>
    public Task<IReadOnlyList<DueItems>> DueAsync(CancellationToken cancellation) =>
        database.AtOnceAsync(
            statements =>
                statements.QueryAsync<DueItems>(
                    """
                    select i.platform as Platform,
                        cast(min(case when i.state = 'queued' then i.not_before else i.lease_until end) - {now} as double precision) as Seconds,
                        cast(max(case when i.state = 'running' and i.lease_until < {now} then 1 else 0 end) as integer) as Lost,
                        cast(max(case when i.state = 'queued' and i.lost > 0 and i.not_before <= {now} then 1 else 0 end) as integer) as Suspects
                    from trawl_items i
                    join trawl_jobs j on j.job_id = i.job_id
                    where j.state = 'running' and i.state in ('queued', 'running')
                    group by i.platform
                    """
                ),
            cancellation
        );

    /// <summary>Gives back the videos whose workers have ended, without an attempt of theirs; what has ended three of them fails.</summary>
    /// <returns>How many are suspected now, and how many failed.</returns>
    public async Task<(int Suspects, int Failed)> ReleaseLostAsync(CancellationToken cancellation)
    {
        var states = await database.AtOnceAsync(
            statements =>
                statements.QueryAsync<string>(
                    """
                    update trawl_items
                    set lost = lost + 1, attempts = attempts - 1, not_before = 0,
                        state = case when lost + 1 < @MostLost then 'queued' else 'failed' end,
                        error_kind = case when lost + 1 < @MostLost then error_kind else @kind end,
                        error = case when lost + 1 < @MostLost then error else @error end
                    where state = 'running' and lease_until < {now}
                    returning state
                    """,
                    new
                    {
                        MostLost,
                        kind = FailureKind.WorkerLost.Name(),
                        error = JobQueue.LostError,
                    }
                ),
            cancellation
        );
        return (states.Count(s => s == "queued"), states.Count(s => s == "failed"));
    }

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
                error = JobQueue.Storable(failure.Message),
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

    async Task<bool> ChangeAsync(string sql, object values, CancellationToken cancellation) =>
        await database.AtOnceAsync(statements => statements.ExecuteAsync(sql, values), cancellation) > 0;
}
