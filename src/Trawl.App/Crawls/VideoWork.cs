using System.Text;
using Trawl.App.Jobs;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Crawls;

/// <summary>What became of a video.</summary>
/// <param name="Path">Its file; empty where there is none.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Duration">How long it is, in seconds.</param>
/// <param name="Frames">Its pictures.</param>
/// <param name="Unwanted">Why it was left out after all; null when it was not.</param>
sealed record VideoDone(string Path, string? Title, int? Duration, IReadOnlyList<CatalogFrame> Frames, string? Unwanted = null);

/// <summary>What is done with a video that was found.</summary>
interface IVideoWork
{
    /// <summary>Does it.</summary>
    /// <exception cref="TrawlException">With the true reason.</exception>
    Task<VideoDone> RunAsync(ClaimedItem item, CancellationToken cancellation);
}

/// <summary>Sends a video along the line: download, keyframes, final names.</summary>
sealed class LineWork(TrawlClient trawl, Crawl crawl, WorkerOptions options, TimeProvider time) : IVideoWork
{
    public async Task<VideoDone> RunAsync(ClaimedItem item, CancellationToken cancellation)
    {
        if (item.Platform == "mock")
            return await new NoWork().RunAsync(item, cancellation); // invented: there is no file behind it
        var request = new CrawlRequest($"{item.JobId}/{item.VideoId}", item.Url, trawl.Options.Format, options.Pictures)
        {
            // searches do not always tell how old or long a video is; its page does
            Wanted = options.WantedBy(CrawlOrder.Read(Encoding.UTF8.GetBytes(item.Request)), time.GetUtcNow()),
        };
        var crawled = await crawl.RunAsync(request, Silent.Progress, cancellation);
        if (crawled.Id != item.VideoId)
            throw new TrawlException(FailureKind.WrongContent, $"{item.Url} led to the video {crawled.Id}.");
        if (crawled.Unwanted is { } why)
            return new VideoDone("", item.Title, null, [], why);
        return new VideoDone(
            crawled.Path,
            crawled.Title.Length > 0 ? crawled.Title : item.Title,
            crawled.Duration is { } duration ? (int)Math.Round(duration.TotalSeconds) : null,
            [
                .. crawled.Frames.Select(
                    (f, i) =>
                        new CatalogFrame
                        {
                            FrameId = $"{item.VideoId}_frame_{i}",
                            Ts = f.Time,
                            LocalPath = f.Path,
                        }
                ),
            ]
        );
    }

    sealed class Silent : IProgress<CrawlEvent>
    {
        public static Silent Progress { get; } = new();

        public void Report(CrawlEvent value) { }
    }
}

/// <summary>Does nothing with a video, for pipelines that are tried out.</summary>
sealed class NoWork : IVideoWork
{
    public Task<VideoDone> RunAsync(ClaimedItem item, CancellationToken cancellation) =>
        Task.FromResult(new VideoDone("", item.Title, null, []));
}
