using Trawl.App.Storage;

namespace Trawl.App.Jobs;

/// <summary>How a job stands.</summary>
sealed record JobStatus
{
    public string JobId { get; init; } = "";
    public string State { get; init; } = "";
    public bool Searched { get; init; }
    public int Done { get; init; }
    public int Failed { get; init; }
    public int Skipped { get; init; }
    public int Open { get; init; }
    public string? Error { get; init; }

    /// <summary>The kinds of failure of the search, with spaces between them; null where everybody could look.</summary>
    public string? ErrorKinds { get; init; }
}

/// <summary>How a video of a job stands.</summary>
sealed record ItemStatus
{
    public string Platform { get; init; } = "";
    public string VideoId { get; init; } = "";
    public string State { get; init; } = "";
    public string? Path { get; init; }
    public string? ErrorKind { get; init; }
    public string? Error { get; init; }
}

/// <summary>What people ask of jobs and do with them. Giving one up is told to others, and so stands with what is told.</summary>
sealed class JobDesk(Database database)
{
    /// <summary>How jobs stand, the newest first.</summary>
    public Task<IReadOnlyList<JobStatus>> StatusAsync(string? jobId, CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements =>
                statements.QueryAsync<JobStatus>(
                    """
                    select j.job_id as JobId, j.state as State, j.searched = 1 as Searched, j.error as Error, j.error_kind as ErrorKinds,
                        (select count(*) from trawl_items i where i.job_id = j.job_id and i.state = 'done') as Done,
                        (select count(*) from trawl_items i where i.job_id = j.job_id and i.state = 'failed') as Failed,
                        (select count(*) from trawl_items i where i.job_id = j.job_id and i.state = 'skipped') as Skipped,
                        (select count(*) from trawl_items i where i.job_id = j.job_id and i.state in ('queued', 'running')) as Open
                    from trawl_jobs j
                    where @jobId is null or j.job_id = @jobId
                    order by j.created_at desc
                    limit 200
                    """,
                    new { jobId }
                ),
            cancellation
        );

    /// <summary>How the videos of a job stand, in the order they were found.</summary>
    public Task<IReadOnlyList<ItemStatus>> ItemsAsync(string jobId, CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements =>
                statements.QueryAsync<ItemStatus>(
                    """
                    select platform as Platform, video_id as VideoId, state as State, path as Path, error_kind as ErrorKind, error as Error
                    from trawl_items
                    where job_id = @jobId
                    order by rank
                    """,
                    new { jobId }
                ),
            cancellation
        );

    /// <summary>Lets a job rest: what is being worked on is dropped when it is next heard of. False when it has ended or does not exist.</summary>
    public Task<bool> PauseAsync(string jobId, CancellationToken cancellation) =>
        ChangeAsync(
            "update trawl_jobs set state = 'paused' where job_id = @jobId and state in ('queued', 'running')",
            new { jobId },
            cancellation
        );

    /// <summary>Goes on with a job that rests. False when it does not.</summary>
    public Task<bool> ResumeAsync(string jobId, CancellationToken cancellation) =>
        ChangeAsync(
            "update trawl_jobs set state = case when searched = 1 then 'running' else 'queued' end where job_id = @jobId and state = 'paused'",
            new { jobId },
            cancellation
        );

    /// <summary>Tries again what failed in a job, the search as well where that did. False when nothing has.</summary>
    public Task<bool> RetryAsync(string jobId, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                var items = await statements.ExecuteAsync(
                    "update trawl_items set state = 'queued', attempts = 0, lost = 0, not_before = 0 where job_id = @jobId and state = 'failed'",
                    new { jobId }
                );
                var jobs = await statements.ExecuteAsync(
                    """
                    update trawl_jobs
                    set state = case when searched = 1 and error is null then 'running' else 'queued' end,
                        searched = case when error is null then searched else 0 end, attempts = 0, not_before = 0, ended_at = null
                    where job_id = @jobId and state in ('done', 'failed') and (@items > 0 or error is not null)
                    """,
                    new { jobId, items }
                );
                statements.Announce(Topic.Jobs);
                statements.Announce(Topic.Items);
                return items + jobs > 0;
            },
            cancellation
        );

    /// <summary>Puts a job before those of lower priority. False when it does not exist.</summary>
    public Task<bool> PrioritizeAsync(string jobId, int priority, CancellationToken cancellation) =>
        ChangeAsync("update trawl_jobs set priority = @priority where job_id = @jobId", new { jobId, priority }, cancellation);

    async Task<bool> ChangeAsync(string sql, object values, CancellationToken cancellation) =>
        await database.InTransactionAsync(
            statements =>
            {
                statements.Announce(Topic.Jobs);
                statements.Announce(Topic.Items);
                return statements.ExecuteAsync(sql, values);
            },
            cancellation
        ) > 0;
}
