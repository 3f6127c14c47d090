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
