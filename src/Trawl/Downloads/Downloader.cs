using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Processes;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Downloads;

/// <summary>Fetches a video: the best fitting format first, from the address that answers, going on from the same byte after every trouble.</summary>
public sealed class Downloader(
    Network network,
    PlatformList platforms,
    VideoCache cache,
    PlatformOptions options,
    ILogger logger,
    TimeProvider time
)
{
    /// <summary>The folder of a staged set's pictures.</summary>
    public const string PhotosFolder = "photos";

    const int MostFormats = 4;
    const int MostTries = 3;
    const long WorthwhileProgress = 1 << 20;

    /// <summary>Fetches a video into a folder as <c>ID.mp4</c>; of several calls for the same one, the first fetches it.</summary>
    /// <param name="video">A resolved video.</param>
    /// <param name="folder">Where the file goes; made when missing.</param>
    /// <param name="overwrite">Whether a whole file that stands there is replaced. Default: no, it is returned.</param>
    /// <param name="cancellation">Stops it; what has arrived is kept for a later run.</param>
    /// <returns>The finished, verified file.</returns>
    /// <exception cref="TrawlException">With the true reason; nothing new stands under the final name then.</exception>
    public async Task<VideoFile> RunAsync(Video video, string folder, bool overwrite = false, CancellationToken cancellation = default)
    {
        using var staging = await StagingFolder.TakeAsync(folder, video.Url.Identity, time, cancellation).ConfigureAwait(false);
        if (!overwrite && Standing(Path.Combine(folder, $"{video.Id}.mp4")) is { } standing)
            return standing;
        var staged = await StageAsync(video, options.Format, staging, progress: null, cancellation).ConfigureAwait(false);
        var path = Path.Combine(folder, $"{video.Id}{Path.GetExtension(staged.File.Path)}");
        DurableFile.Rename(staged.File.Path, path);
        staging.Clear();
        return staged.File with { Path = path };
    }

    static VideoFile? Standing(string path)
    {
        try
        {
            return File.Exists(path) ? VideoFile.Made(path, "standing") : null;
        }
        catch (TrawlException e) when (e.Kind is FailureKind.WrongContent or FailureKind.Truncated)
        {
            return null; // somebody damaged it
        }
    }

    /// <summary>Fetches the pictures and the sound of a photo post into a folder as <c>ID.photos/001.jpg</c> ... and <c>ID.m4a</c> or <c>ID.mp3</c>.</summary>
    /// <param name="video">A resolved photo post.</param>
    /// <param name="folder">Where the set goes; made when missing.</param>
    /// <param name="cancellation">Stops it; what has arrived is kept for a later run.</param>
    /// <exception cref="TrawlException">With the true reason; nothing stands under the final names then.</exception>
    public async Task<PhotoSet> RunPhotosAsync(Video video, string folder, CancellationToken cancellation = default)
    {
        using var staging = await StagingFolder.TakeAsync(folder, video.Url.Identity, time, cancellation).ConfigureAwait(false);
        var staged = await StagePhotosAsync(video, options.Format, staging, progress: null, cancellation).ConfigureAwait(false);
        var moved = staged.MoveTo(Path.Combine(folder, video.Id), staging.File(PhotosFolder));
        staging.Clear();
        return moved;
    }

    /// <summary>Fetches a video into the staging folder; where a strategy's files fail, the next strategy is asked.</summary>
    /// <exception cref="TrawlException">The first failure, with every attempt.</exception>
    public Task<StagedVideo> StageAsync(
        Video video,
        FormatWish wish,
        StagingFolder staging,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (video.IsPhotoPost)
            throw new TrawlException(
                FailureKind.UnsupportedLink,
                $"{video.Url.Identity} is a photo post with {video.Photos.Length} {(video.Photos.Length == 1 ? "image" : "images")}, not a video."
            );
        return StageAsync(video, wish, v => StageFormatsAsync(v, wish, staging, progress, cancellation), cancellation);
    }

    /// <summary>Fetches a photo post into the staging folder; where a strategy's files fail, the next strategy is asked.</summary>
    /// <exception cref="TrawlException">The first failure, with every attempt.</exception>
    public Task<PhotoSet> StagePhotosAsync(
        Video video,
        FormatWish wish,
        StagingFolder staging,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    ) => StageAsync(video, wish, v => StageSetAsync(v, wish, staging, progress, cancellation), cancellation);

    async Task<T> StageAsync<T>(Video video, FormatWish wish, Func<Video, Task<T>> stage, CancellationToken cancellation)
        where T : class
    {
        using var item = RequestBudget.Begin(options.Http.RequestsPerItem);
        using var operation = new Operation("download", video.Url, time);
        TrawlException? first = null;
        while (true)
        {
            var started = time.GetTimestamp();
            try
            {
                var staged = await stage(video).ConfigureAwait(false);
                operation.Succeed();
                return staged;
            }
            catch (TrawlException e)
            {
                var failed = new Attempt(video.Strategy, e.Kind, time.GetElapsedTime(started), e.Message, e.Detail);
                List<Attempt> attempts = [.. video.Attempts.SkipLast(1), failed];
                logger.LogInformation(
                    "{Strategy} failed on the file of {Video}: {Kind}, {Reason}",
                    video.Strategy,
                    video.Url.Identity,
                    e.Kind.Name(),
                    e.Message
                );
                platforms.ChainOf(video.Url).Blame(video.Url, failed);
                first ??= e;
                if (e.Rule.Next == NextStep.Stop)
                    throw operation.Fail(e.With(attempts));
                video =
                    await NextAsync(video, wish, attempts, cancellation).ConfigureAwait(false)
                    ?? throw operation.Fail(first.With(attempts));
            }
        }
    }

    async Task<PhotoSet> StageSetAsync(
        Video video,
        FormatWish wish,
        StagingFolder staging,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (!video.IsPhotoPost)
            throw new TrawlException(FailureKind.WrongContent, $"{video.Strategy} does not see that {video.Url.Identity} is a photo post.");
        var fetcher = new PhotoFetcher(network);
        DurableFile.MakeFolder(staging.File(PhotosFolder));
        var images = new List<PhotoFile>();
        var refreshed = false;
        while (images.Count < video.Photos.Length)
        {
            try
            {
                var stem = staging.File(Path.Combine(PhotosFolder, $"{images.Count + 1:000}"));
                images.Add(await fetcher.FetchAsync(video.Photos[images.Count], stem, cancellation).ConfigureAwait(false));
                progress?.Report(new DownloadProgress(images.Sum(i => i.Size), null, $"photo {images.Count} of {video.Photos.Length}"));
            }
            catch (TrawlException e) when (e.Kind == FailureKind.AddressExpired && !refreshed)
            {
                refreshed = true;
                cache.Forget(video.Url);
                video = (await StrategyOf(video).ResolveAsync(video.Url, wish, cancellation).ConfigureAwait(false)) with
                {
                    Attempts = video.Attempts,
                };
            }
        }
        if (SoundOf(video) is not { } sound)
            return new PhotoSet(video, images, null, null);
        try
        {
            var staged = await FetchAsync(video, sound, wish, staging, progress, cancellation).ConfigureAwait(false);
            return new PhotoSet(video, images, staged.File, null);
        }
        catch (TrawlException e) when (e.Rule.Next != NextStep.Stop)
        {
            logger.LogWarning("The sound of {Video} is missing: {Reason}", video.Url.Identity, e.Message);
            return new PhotoSet(video, images, null, e.Message);
        }
    }

    static MediaFormat? SoundOf(Video video) =>
        video is { IsPhotoPost: true, Music.Address: { } address }
            ? new MediaFormat
            {
                Id = "sound",
                Addresses = [address],
                Session = Session.Desktop with { Referer = video.Url.Canonical },
                AudioOnly = true,
            }
            : null;

    // The video by the next strategy; null when no other one can help, with what they said among the attempts.
    async Task<Video?> NextAsync(Video video, FormatWish wish, List<Attempt> attempts, CancellationToken cancellation)
    {
        try
        {
            return await platforms.ChainOf(video.Url).ResolveAsync(video.Url, wish, attempts, cancellation).ConfigureAwait(false);
        }
        catch (TrawlException e)
        {
            attempts.Clear();
            attempts.AddRange(e.Attempts);
            return null;
        }
    }

    async Task<StagedVideo> StageFormatsAsync(
        Video video,
        FormatWish wish,
        StagingFolder staging,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        var formats = cache.Choose(video, wish);
        if (formats.Count == 0)
            throw new TrawlException(
                FailureKind.NoSuitableFormat,
                $"None of the {video.Formats.Length} formats of {video.Url.Identity} fits."
            )
            {
                Detail = !wish.Watermarked && video.Formats.Any(f => f.Watermarked) ? "NO_WATERMARK_FREE_FORMAT" : "NO_FORMAT",
            };

        StagedVideo? silent = null;
        TrawlException? failure = null;
        foreach (var format in formats.Take(MostFormats))
        {
            try
            {
                var staged = await FetchFormatAsync(video, format, wish, staging, progress, cancellation).ConfigureAwait(false);
                staged = staged with { File = staged.File with { Degraded = Degraded(formats[0], format, failure, silent) } };
                if (staged.File.Tracks.HasAudio)
                    return staged;
                silent ??= staged;
                logger.LogInformation("{Format} of {Video} has no sound; trying the next", format.Id, video.Url.Identity);
            }
            catch (TrawlException e) when (IsOfFormat(e))
            {
                failure ??= e;
                logger.LogInformation(
                    "{Format} of {Video} failed: {Kind}, {Reason}",
                    format.Id,
                    video.Url.Identity,
                    e.Kind.Name(),
                    e.Message
                );
            }
            catch (TrawlException e) when (failure is not null && e.Rule.Next != NextStep.Stop)
            {
                break; // what was wrong with the wanted form is the better reason
            }
        }
        return silent ?? throw failure!;
    }

    // One file, or picture and sound that are put together.
    async Task<StagedVideo> FetchFormatAsync(
        Video video,
        MediaFormat format,
        FormatWish wish,
        StagingFolder staging,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (format.Sound is null)
            return Judged(await FetchAsync(video, format, wish, staging, progress, cancellation).ConfigureAwait(false));
        if (ChildProcess.Find("ffmpeg") is null)
            throw new TrawlException(
                FailureKind.ToolMissing,
                $"Picture and sound of {format.Id} are two files, and ffmpeg is not installed."
            );
        var sound = await FetchAsync(video, format.Sound, wish, staging, progress, cancellation).ConfigureAwait(false);
        var picture = Judged(await FetchAsync(video, format, wish, staging, progress, cancellation).ConfigureAwait(false));
        var whole = staging.File($"{format.Id}-whole.mp4");
        await TrackMerger.MergeAsync(picture.File.Path, sound.File.Path, whole, cancellation).ConfigureAwait(false);
        File.Delete(picture.File.Path);
        File.Delete(sound.File.Path);
        return picture with { File = VideoFile.Made(whole, format.Id) with { Format = format } };

        StagedVideo Judged(StagedVideo staged)
        {
            if (FileCheck.Objection(staged.File, video) is not { } objection)
                return staged;
            File.Delete(staged.File.Path);
            throw objection;
        }
    }

    static string? Degraded(MediaFormat wanted, MediaFormat got, TrawlException? failure, StagedVideo? silent) =>
        wanted == got ? null
        : failure is not null ? $"{wanted.Id} could not be had: {failure.Message}"
        : silent is not null ? $"{wanted.Id} has no sound."
        : null;

    // what is wrong with one form says nothing about the others
    static bool IsOfFormat(TrawlException e) =>
        e.Rule.Next == NextStep.NextFormat
        || e.Kind == FailureKind.ToolMissing
        || e.Kind == FailureKind.RefusedAddress
        || e.Detail == "STREAM_ERROR_HTTP_404";

    async Task<StagedVideo> FetchAsync(
        Video video,
        MediaFormat format,
        FormatWish wish,
        StagingFolder staging,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        var transfer = new Transfer(network, options, time, progress);
        var path = staging.File($"{video.Strategy}-{format.Id}.part");
        var refreshed = false;
        network.Retries.FirstTry();
        for (var tries = 0; ; )
        {
            var before = PartFile.FindRemains(path)?.Length ?? 0;
            try
            {
                if (format.ExpiresAt <= time.GetUtcNow() && !refreshed)
                    throw new TrawlException(FailureKind.AddressExpired, $"The address of {format.Id} has expired.");
                var sha256 = format.ByStrategy
                    ? await FetchByStrategyAsync(video, format, path, progress, cancellation).ConfigureAwait(false)
                    : await transfer
                        .RunAsync(format, format.Addresses[tries % format.Addresses.Length], path, cancellation)
                        .ConfigureAwait(false);
                return new StagedVideo(video, Verify(path, sha256, format, staging));
            }
            catch (TrawlException e) when (e.Kind == FailureKind.AddressExpired && !refreshed)
            {
                refreshed = true;
                logger.LogInformation("Refreshing the address of {Format} of {Video}: {Reason}", format.Id, video.Url.Identity, e.Message);
                format = await RefreshAsync(video, format, wish, cancellation).ConfigureAwait(false);
            }
            catch (TrawlException e) when (IsPassing(e))
            {
                var gained = (PartFile.FindRemains(path)?.Length ?? 0) - before;
                tries = gained >= WorthwhileProgress ? 1 : tries + 1;
                if (tries >= MostTries || e.RetryAfter > options.Http.Patience || !network.Retries.TryRetry())
                    throw;
                var delay = network.BackOff(tries - 1);
                progress?.Report(
                    new DownloadProgress(before + Math.Max(0, gained), format.Size, format.Id)
                    {
                        RetryingIn = e.RetryAfter > delay ? e.RetryAfter : delay,
                    }
                );
                await Task.Delay(delay, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    async Task<string> FetchByStrategyAsync(
        Video video,
        MediaFormat format,
        string path,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        PartFile.Delete(path);
        await StrategyOf(video)
            .FetchAsync(video, format, path, (received, total) => progress?.Report(new(received, total, format.Id)), cancellation)
            .ConfigureAwait(false);
        using var whole = PartFile.Resume(path);
        if (whole.Length > options.LargestFile)
            throw new TrawlException(FailureKind.TooLarge, $"The file has {whole.Length} bytes, allowed are {options.LargestFile}.");
        return whole.Finish();
    }

    static bool IsPassing(TrawlException e) =>
        e.Kind is FailureKind.Network or FailureKind.Timeout or FailureKind.UpstreamError or FailureKind.RateLimited
        || (e.Kind == FailureKind.Truncated && e.Detail == "STREAM_ERROR");

    static VideoFile Verify(string path, string sha256, MediaFormat format, StagingFolder staging)
    {
        try
        {
            var tracks = MediaCheck.Inspect(path);
            if (!format.AudioOnly && !tracks.HasVideo)
                throw new TrawlException(FailureKind.WrongContent, $"{format.Id} has no picture.");
            Span<byte> start = stackalloc byte[16];
            using (var file = File.OpenHandle(path))
                _ = RandomAccess.Read(file, start, 0);
            var whole = staging.File($"{format.Id}.{(format.AudioOnly ? MediaCheck.Extension(start) : "mp4")}");
            File.Move(path, whole, overwrite: true);
            PartFile.Delete(path);
            return new VideoFile(whole, new FileInfo(whole).Length, sha256, tracks, format);
        }
        catch (TrawlException)
        {
            PartFile.Delete(path); // going on from wrong bytes leads nowhere
            throw;
        }
    }

    Strategy StrategyOf(Video video) => platforms.ChainOf(video.Url).Strategies.First(s => s.Name == video.Strategy);

    async Task<MediaFormat> RefreshAsync(Video video, MediaFormat format, FormatWish wish, CancellationToken cancellation)
    {
        cache.Forget(video.Url);
        var strategy = StrategyOf(video);
        var fresh = await strategy.ResolveAsync(video.Url, wish, cancellation).ConfigureAwait(false);
        return fresh.Formats.FirstOrDefault(f => f.Id == format.Id)
            ?? fresh.Formats.Select(f => f.Sound).FirstOrDefault(s => s?.Id == format.Id)
            ?? SoundOf(fresh)
            // another door names its forms otherwise
            ?? (format.AudioOnly ? null : FormatSelector.Choose(fresh, wish).FirstOrDefault(f => f.Sound is null))
            ?? throw new TrawlException(FailureKind.NoSuitableFormat, $"{format.Id} of {video.Url.Identity} is no longer offered.");
    }
}
