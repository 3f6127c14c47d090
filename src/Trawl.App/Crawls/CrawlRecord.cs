using Trawl.App.Jobs;
using Trawl.App.Messaging;
using Trawl.App.Storage;

namespace Trawl.App.Crawls;

/// <summary>What is written of a crawl: rows, and the events that tell of them, always in one transaction.</summary>
sealed class CrawlRecord(Database database, IMediaStore store, bool omitEmptyBatch, TimeProvider time)
{
    /// <summary>What is known of a video from before: its pictures, if their files are still there. Null when it has to be crawled.</summary>
    public async Task<VideoDone?> KnownAsync(ClaimedItem item, CancellationToken cancellation)
    {
        var frames = await database.InTransactionAsync(statements => Catalog.FramesAsync(statements, item.VideoId), cancellation);
        foreach (var frame in frames)
            if (!await store.HasAsync(frame.LocalPath, cancellation))
                return null;
        return frames.Count > 0 ? new VideoDone("", item.Title, null, frames) : null;
    }

    /// <summary>Writes what became of a video, and tells of it. False when it is no longer ours; then nothing is written.</summary>
    public async Task<bool> SaveAsync(ClaimedItem item, VideoDone done, CancellationToken cancellation)
    {
        try
        {
            await database.InTransactionAsync(
                async statements =>
                {
                    var video = new CatalogVideo(item.VideoId, item.Platform, item.Url, done.Title, done.Duration);
                    var isNew = await Catalog.SaveAsync(statements, video, item.JobId);
                    await Catalog.SaveFramesAsync(statements, item.VideoId, done.Frames);
                    if (!await ItemQueue.DoneAsync(statements, item, isNew, done.Path))
                        throw new NotOursException();
                    if (done.Frames.Count > 0)
                        await TellAsync(
                            statements,
                            item.JobId,
                            item.VideoId,
                            Messages.KeyframesReady,
                            item.CorrelationId,
                            _ => Messages.Ready(item.JobId, item.VideoId, done.Frames)
                        );
                },
                cancellation
            );
        }
        catch (NotOursException)
        {
            return false;
        }
        return true;
    }

    /// <summary>Ends a job that has nothing left to do, and tells of it; does nothing otherwise.</summary>
    public Task EndAsync(string jobId, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                if (!await JobQueue.EndAsync(statements, jobId))
                    return false;
                var correlation = (
                    await statements.FirstAsync<string>("select correlation_id from trawl_jobs where job_id = @jobId", new { jobId })
                )!;
                var videos = await VideosAsync(statements, jobId);
                if (videos.Count > 0 && (!omitEmptyBatch || videos.Any(v => v.Frames.Count > 0)))
                    await TellAsync(statements, jobId, null, Messages.Batch, correlation, id => Messages.BatchOf(jobId, id, videos));
                await TellAsync(statements, jobId, null, Messages.Completed, correlation, id => Messages.CompletedOf(jobId, id));
                return true;
            },
            cancellation
        );

    /// <summary>Gives a job up, and says so. False, and nothing is done, when it has ended or does not exist.</summary>
    public Task<bool> CancelAsync(string jobId, string correlationId, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                if (!await JobQueue.CancelAsync(statements, jobId))
                    return false;
                await TellAsync(statements, jobId, null, Messages.CancelAck, correlationId, id => Messages.CompletedOf(jobId, id));
                return true;
            },
            cancellation
        );

    // in the order of the search
    static async Task<IReadOnlyList<BatchVideo>> VideosAsync(Statements statements, string jobId)
    {
        var done = await statements.QueryAsync<DoneItem>(
            """
            select video_id as VideoId, platform as Platform, created_new as CreatedNew
            from trawl_items
            where job_id = @jobId and state = 'done'
            order by rank
            """,
            new { jobId }
        );
        var videos = new List<BatchVideo>();
        foreach (var item in done)
            videos.Add(
                new BatchVideo(item.VideoId, item.Platform, item.CreatedNew != 0, await Catalog.FramesAsync(statements, item.VideoId))
            );
        return videos;
    }

    Task TellAsync(
        Statements statements,
        string jobId,
        string? videoId,
        string topic,
        string correlationId,
        Func<string, System.Text.Json.Nodes.JsonObject> body
    )
    {
        var id = Guid.NewGuid().ToString();
        return Outbox.AddAsync(
            statements,
            id,
            jobId,
            videoId,
            topic,
            correlationId,
            Messages.Sealed(body(id), topic, correlationId, time.GetUtcNow())
        );
    }

    sealed record DoneItem
    {
        public string VideoId { get; init; } = "";
        public string Platform { get; init; } = "";
        public int CreatedNew { get; init; }
    }

    sealed class NotOursException : Exception;
}
