using Trawl.App.Messaging;
using Trawl.App.Storage;

namespace Trawl.App.Operations;

/// <summary>Something an audit found.</summary>
/// <param name="What">What sort of trouble it is.</param>
/// <param name="Where">The row or file.</param>
sealed record AuditFinding(string What, string Where);

/// <summary>Holds rows against files against events: what a worker promises, proved on a library that is in use.</summary>
sealed class Audit(Database database, IMediaStore store)
{
    /// <summary>Looks.</summary>
    /// <param name="deep">Whether every video's bytes are read and hashed.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<AuditFinding>> RunAsync(bool deep, CancellationToken cancellation)
    {
        var findings = new List<AuditFinding>();
        foreach (var frame in await QueryAsync("select local_path from video_frames order by 1", cancellation))
            if (!await store.HasAsync(frame, cancellation))
                findings.Add(new("picture missing", frame));
        // a video that was removed for its age is no trouble; one that is there must be whole
        foreach (
            var path in await QueryAsync(
                "select distinct path from trawl_items where state = 'done' and path <> '' order by 1",
                cancellation
            )
        )
            if (deep && await FinishedFiles.IsWholeAsync(store, path, cancellation) == false)
                findings.Add(new("video damaged", path));
        await AddAsync(
            "job ended without its event",
            """
            select j.job_id
            from trawl_jobs j
            where j.state = 'done' and not exists (select 1 from trawl_outbox o where o.job_id = j.job_id and o.topic = @Completed)
            """
        );
        await AddAsync(
            "pictures without their event",
            """
            select i.job_id || ' ' || i.video_id
            from trawl_items i
            where i.state = 'done' and exists (select 1 from video_frames f where f.video_id = i.video_id)
                and not exists (
                    select 1
                    from trawl_outbox o
                    where o.job_id = i.job_id and o.topic = @KeyframesReady and o.video_id = i.video_id
                )
            """
        );
        await AddAsync(
            "video without its row",
            """
            select i.job_id || ' ' || i.video_id
            from trawl_items i
            where i.state = 'done' and not exists (select 1 from job_videos v where v.job_id = i.job_id and v.video_id = i.video_id)
            """
        );
        return findings;

        async Task AddAsync(string what, string sql) =>
            findings.AddRange((await QueryAsync(sql, cancellation)).Select(where => new AuditFinding(what, where)));
    }

    Task<IReadOnlyList<string>> QueryAsync(string sql, CancellationToken cancellation) =>
        database.InTransactionAsync(
            statements => statements.QueryAsync<string>(sql, new { Messages.Completed, Messages.KeyframesReady }),
            cancellation
        );
}
