using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.Downloads;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Keyframes;
using Trawl.Videos;

namespace Trawl.App.Crawls;

/// <summary>The line: a link in, a crawled video out. Each step takes the previous value and returns a new one.</summary>
public sealed class Crawl(TrawlClient trawl, ExtractorPool extractors, IMediaStore store)
{
    /// <summary>Runs one item to its end.</summary>
    /// <exception cref="TrawlException">With the true reason and every attempt.</exception>
    public async Task<Crawled> RunAsync(CrawlRequest request, IProgress<CrawlEvent> progress, CancellationToken cancellation)
    {
        using var budget = RequestBudget.Begin(trawl.Options.Http.RequestsPerItem);
        progress.Report(new ItemResolving(request.Item, request.Shown));
        var url = await trawl.Videos.FollowAsync(Parse(request.Link), cancellation);

        using var claim = await store.ClaimAsync(url, cancellation);
        if (await store.FindAsync(url, request.Slideshow, cancellation) is { } done)
            return done with { Unwanted = request.Wanted?.Against(publishedAt: null, done.Duration) };

        var video = await trawl.Videos.GetAsync(url, refresh: false, cancellation);
        Tell(request, video, known: 0, progress);
        if (request.Wanted?.Against(video.PublishedAt, video.Duration) is { } why)
            return new Crawled(video.Id, video.Title, "", "", 0, "", [], null, video.Duration) { Unwanted = why };

        await RequireToolsAsync(request, video, cancellation);
        var photos = video.IsPhotoPost ? await FetchPhotosAsync(request, video, claim, progress, cancellation) : null;
        if (photos is not null && !request.Slideshow)
            return await store.CommitAsync(claim, request.Link, photos, cancellation);

        var staged = photos is not null
            ? await RenderAsync(photos, claim, cancellation)
            : await FetchAsync(request, video, claim, progress, cancellation);
        Tell(request, staged.Video, known: video.Attempts.Length - 1, progress);
        progress.Report(new ItemDownloaded(request.Item, staged));

        var pictures = request.Keyframes && staged.File.Tracks.HasVideo ? await TakePicturesAsync(staged, claim, cancellation) : null;
        if (pictures is not null)
            progress.Report(new ItemKeyframes(request.Item, pictures));

        return await store.CommitAsync(claim, request.Link, staged, pictures, photos, cancellation);
    }

    // what cannot be finished is not fetched
    async Task RequireToolsAsync(CrawlRequest request, Video video, CancellationToken cancellation)
    {
        if (video.IsPhotoPost && request.Slideshow)
            extractors.Ffmpeg.Require();
        else if (!video.IsPhotoPost && request.Keyframes && request.Format.Policy != FormatPolicy.Audio)
            await extractors.RequireAsync(cancellation);
    }

    async Task<StagedVideo> FetchAsync(
        CrawlRequest request,
        Video video,
        StagingFolder claim,
        IProgress<CrawlEvent> progress,
        CancellationToken cancellation
    )
    {
        var preview = request.Preview
            ? new Preview(
                new KeyframePreview(extractors.Ffmpeg, extractors.Options),
                claim,
                taken => progress.Report(new ItemPreview(request.Item, taken)),
                cancellation
            )
            : null;
        try
        {
            var bytes = Bytes(request, video, progress, preview);
            return await trawl.Downloads.StageAsync(video, request.Format, claim, bytes, cancellation);
        }
        finally
        {
            await (preview?.EndAsync() ?? Task.CompletedTask);
        }
    }

    async Task<PhotoSet> FetchPhotosAsync(
        CrawlRequest request,
        Video video,
        StagingFolder claim,
        IProgress<CrawlEvent> progress,
        CancellationToken cancellation
    )
    {
        var photos = await trawl.Downloads.StagePhotosAsync(video, request.Format, claim, Bytes(request, video, progress), cancellation);
        Tell(request, photos.Video, known: video.Attempts.Length - 1, progress);
        progress.Report(new ItemPhotos(request.Item, photos));
        return photos;
    }

    async Task<StagedVideo> RenderAsync(PhotoSet photos, StagingFolder claim, CancellationToken cancellation)
    {
        var path = claim.File("slideshow.mp4");
        await new Slideshow(extractors.Ffmpeg).RenderAsync([.. photos.Images.Select(i => i.Path)], photos.Sound?.Path, path, cancellation);
        return new StagedVideo(photos.Video, VideoFile.Made(path, "slideshow"));
    }

    VideoUrl Parse(string link) => trawl.Platforms.TryParse(link) ?? trawl.Platforms.FindIn(link) ?? trawl.Platforms.Parse(link);

    Task<KeyframeSet> TakePicturesAsync(StagedVideo staged, StagingFolder claim, CancellationToken cancellation) =>
        extractors.RunAsync(staged.File.Path, claim.File("keyframes"), claim.File(DiskStore.Sheet), cancellation);

    static void Tell(CrawlRequest request, Video video, int known, IProgress<CrawlEvent> progress)
    {
        foreach (var attempt in video.Attempts.Skip(known).Where(a => a.Failure is not null))
            progress.Report(new StrategyFailed(request.Item, attempt));
    }

    static Relay Bytes(CrawlRequest request, Video video, IProgress<CrawlEvent> progress, Preview? preview = null) =>
        new(p =>
        {
            progress.Report(new ItemProgress(request.Item, video.Title, p));
            preview?.See(p);
        });

    // Progress<T> posts to other threads and changes the order.
    sealed class Relay(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
