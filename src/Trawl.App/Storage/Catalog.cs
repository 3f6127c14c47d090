using Trawl.Failures;

namespace Trawl.App.Storage;

/// <summary>A picture of a video, as the tables have it.</summary>
sealed record CatalogFrame
{
    /// <summary>Its one name.</summary>
    public string FrameId { get; init; } = "";

    /// <summary>Its time in seconds.</summary>
    public double Ts { get; init; }

    /// <summary>Where it lies.</summary>
    public string LocalPath { get; init; } = "";
}

/// <summary>A video, as the tables have it.</summary>
sealed record CatalogVideo(string VideoId, string Platform, string Url, string? Title, int? DurationSeconds);

/// <summary>A video that was crawled.</summary>
sealed record CrawledVideo
{
    public string VideoId { get; init; } = "";
    public string Platform { get; init; } = "";
    public string Url { get; init; } = "";
    public string? Title { get; init; }
    public int? DurationSeconds { get; init; }
    public string? Path { get; init; }
    public int Keyframes { get; init; }
}

/// <summary>What we have: the tables <c>videos</c>, <c>job_videos</c> and <c>video_frames</c>, which other services read. Each is written once.</summary>
static class Catalog
{
    /// <summary>Writes a video and its link to a job. Says whether the video is new.</summary>
    /// <exception cref="TrawlException">The id belongs to another platform's video.</exception>
    public static async Task<bool> SaveAsync(Statements statements, CatalogVideo video, string jobId)
    {
        var isNew =
            await statements.ExecuteAsync(
                """
                insert into videos (video_id, platform, url, title, duration_s, created_at)
                values (@VideoId, @Platform, @Url, @Title, @DurationSeconds, current_timestamp)
                on conflict do nothing
                """,
                video
            ) == 1;
        var platform = await statements.FirstAsync<string>("select platform from videos where video_id = @VideoId", video);
        if (platform != video.Platform)
            throw new TrawlException(FailureKind.WrongContent, $"The id {video.VideoId} is that of a video of {platform}, too.");
        await statements.ExecuteAsync(
            """
            insert into job_videos (job_id, video_id, platform)
            values (@jobId, @VideoId, @Platform)
            on conflict do nothing
            """,
            new
            {
                jobId,
                video.VideoId,
                video.Platform,
            }
        );
        return isNew;
    }

    /// <summary>Writes a video's pictures; those that are there, by name or by time, stay.</summary>
    public static async Task SaveFramesAsync(Statements statements, string videoId, IEnumerable<CatalogFrame> frames)
    {
        foreach (var frame in frames)
            await statements.ExecuteAsync(
                """
                insert into video_frames (frame_id, video_id, ts, local_path, created_at)
                values (@FrameId, @videoId, @Ts, @LocalPath, current_timestamp)
                on conflict do nothing
                """,
                new
                {
                    frame.FrameId,
                    videoId,
                    frame.Ts,
                    frame.LocalPath,
                }
            );
    }

    /// <summary>Forgets pictures whose files are gone, so that nobody is told of them.</summary>
    public static Task ForgetFramesAsync(Database database, IReadOnlyList<string> paths, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async statements =>
            {
                foreach (var path in paths)
                    await statements.ExecuteAsync("delete from video_frames where local_path = @path", new { path });
                return paths.Count;
            },
            cancellation
        );

    /// <summary>The ids of all videos.</summary>
    public static Task<IReadOnlyList<string>> IdsAsync(Database database, CancellationToken cancellation) =>
        database.InTransactionAsync(statements => statements.QueryAsync<string>("select video_id from videos", new { }), cancellation);

    /// <summary>What has been crawled, the newest first.</summary>
    /// <param name="database">The database.</param>
    /// <param name="videoId">Only that one; null for all.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Task<IReadOnlyList<CrawledVideo>> VideosAsync(
        Database database,
        string? videoId,
        int most,
        CancellationToken cancellation
    ) =>
        database.InTransactionAsync(
            statements =>
                statements.QueryAsync<CrawledVideo>(
                    """
                    select v.video_id as VideoId, v.platform as Platform, v.url as Url, v.title as Title, v.duration_s as DurationSeconds,
                        (select count(*) from video_frames f where f.video_id = v.video_id) as Keyframes,
                        (select max(i.path) from trawl_items i where i.video_id = v.video_id and i.path <> '') as Path
                    from videos v
                    where @videoId is null or v.video_id = @videoId
                    order by v.created_at desc, v.video_id
                    limit @most
                    """,
                    new { videoId, most }
                ),
            cancellation
        );

    /// <summary>The jobs a video belongs to.</summary>
    public static Task<IReadOnlyList<string>> JobsAsync(Statements statements, string videoId) =>
        statements.QueryAsync<string>("select job_id from job_videos where video_id = @videoId order by 1", new { videoId });

    /// <summary>A video's pictures, in the order of their times.</summary>
    public static Task<IReadOnlyList<CatalogFrame>> FramesAsync(Statements statements, string videoId) =>
        statements.QueryAsync<CatalogFrame>(
            """
            select frame_id as FrameId, ts as Ts, local_path as LocalPath
            from video_frames
            where video_id = @videoId
            order by ts
            """,
            new { videoId }
        );
}
