using System.Text.Json;
using System.Text.Json.Nodes;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.App.Crawls;

/// <summary>What became of a video.</summary>
/// <param name="Path">Its file; empty where there is none.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Duration">How long it is, in seconds.</param>
/// <param name="Frames">Its pictures.</param>
sealed record VideoDone(string Path, string? Title, int? Duration, IReadOnlyList<CatalogFrame> Frames);

/// <summary>What is done with a video that was found.</summary>
interface IVideoWork
{
    /// <summary>Does it.</summary>
    /// <exception cref="TrawlException">With the true reason.</exception>
    Task<VideoDone> RunAsync(ClaimedItem item, CancellationToken cancellation);
}

/// <summary>Sends a video along the line: download, keyframes, final names.</summary>
sealed class LineWork(Crawl crawl, MediaStore store, FormatWish format) : IVideoWork
{
    public async Task<VideoDone> RunAsync(ClaimedItem item, CancellationToken cancellation)
    {
        if (item.Platform == "mock")
            return await new NoWork().RunAsync(item, cancellation); // invented: there is no file behind it
        var request = new CrawlRequest($"{item.JobId}/{item.VideoId}", item.Url, format);
        var crawled = await crawl.RunAsync(request, Silent.Progress, cancellation);
        if (crawled.Id != item.VideoId)
            throw new TrawlException(FailureKind.WrongContent, $"{item.Url} led to the video {crawled.Id}.");
        var info = Read(MediaStore.InfoOf(crawled.Path));
        var folder = store.KeyframesFolder(crawled.Path, crawled.Id);
        return new VideoDone(
            Path.GetFullPath(crawled.Path),
            crawled.Title.Length > 0 ? crawled.Title : item.Title,
            info?["duration"] is JsonValue duration && duration.TryGetValue<double>(out var seconds) ? (int)Math.Round(seconds) : null,
            Frames(item.VideoId, folder)
        );
    }

    static IReadOnlyList<CatalogFrame> Frames(string id, string folder) =>
        Read(Path.Combine(folder, "keyframes.json"))?["keyframes"] is JsonArray keyframes
            ?
            [
                .. keyframes.Select(
                    (k, i) =>
                        new CatalogFrame
                        {
                            FrameId = $"{id}_frame_{i}",
                            Ts = k!["time"]!.GetValue<double>(),
                            LocalPath = Path.Combine(Path.GetFullPath(folder), Path.GetFileName(k["path"]!.GetValue<string>())),
                        }
                ),
            ]
            : [];

    static JsonNode? Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null; // without keyframes there is none
        }
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
