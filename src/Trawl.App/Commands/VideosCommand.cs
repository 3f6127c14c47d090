using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl videos</c>: what has been crawled.</summary>
static class VideosCommand
{
    static readonly Argument<string> Video = new("VIDEO") { Description = "The video's id." };
    static readonly Option<int> Most = new("--max-results", "-n")
    {
        Description = "How many at most.",
        HelpName = "N",
        DefaultValueFactory = _ => 200,
    };

    public static Command Create() =>
        new("videos", "See what has been crawled, and keep what must stay.")
        {
            LibraryVerb.Create("list", "The videos, the newest first, one JSON object a line.", ListAsync, Most),
            LibraryVerb.Create("show", "A video with its keyframes and jobs.", ShowAsync, Video),
            LibraryVerb.Create("verify", "Read and hash a video and look for its keyframes.", VerifyAsync, Video),
            LibraryVerb.Create("pin", "Keep a video however old it gets.", PinAsync, Video),
            LibraryVerb.Create("unpin", "Let a video go when it is old.", UnpinAsync, Video),
            LibraryVerb.Create(
                "remove",
                "Remove a video's files and its keyframes; that it was crawled is still known.",
                RemoveAsync,
                Video
            ),
        };

    static async Task<int> ListAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        foreach (var video in await Catalog.VideosAsync(library.Database, null, parsed.GetValue(Most), cancellation))
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    Write(writer, video);
                    writer.WriteNumber("keyframes", video.Keyframes);
                })
            );
        return 0;
    }

    static async Task<int> ShowAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var video = await FindAsync(library, parsed, cancellation);
        var (frames, jobs) = await library.Database.InTransactionAsync(
            async statements => (await Catalog.FramesAsync(statements, video.VideoId), await Catalog.JobsAsync(statements, video.VideoId)),
            cancellation
        );
        Console.Out.WriteLine(
            JsonText.Line(writer =>
            {
                Write(writer, video);
                writer.WriteStartArray("jobs");
                foreach (var job in jobs)
                    writer.WriteStringValue(job);
                writer.WriteEndArray();
                writer.WriteStartArray("keyframes");
                foreach (var frame in frames)
                {
                    writer.WriteStartObject();
                    writer.WriteString("frame_id", frame.FrameId);
                    writer.WriteNumber("ts", frame.Ts);
                    writer.WriteString("local_path", frame.LocalPath);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            })
        );
        return 0;
    }

    static async Task<int> VerifyAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var video = await FindAsync(library, parsed, cancellation);
        var store = WorkerSite.StoreOf(library.Options, TimeProvider.System);
        var frames = await library.Database.InTransactionAsync(statements => Catalog.FramesAsync(statements, video.VideoId), cancellation);
        foreach (var frame in frames)
            if (!await store.HasAsync(frame.LocalPath, cancellation))
                throw new TrawlException(FailureKind.WrongContent, $"The keyframe {frame.LocalPath} is missing.");
        if (video.Path is not { } path || await FinishedFiles.IsWholeAsync(store, path, cancellation) is not { } isWhole)
            throw new TrawlException(FailureKind.WrongContent, "The video is no longer there; its keyframes are.");
        if (!isWhole)
            throw new TrawlException(FailureKind.WrongContent, $"{path} is not what was downloaded.");
        Console.Error.WriteLine($"{path} and its {frames.Count} keyframes are whole.");
        return 0;
    }

    static async Task<int> PinAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var pin = PinOf(await FindAsync(library, parsed, cancellation));
        await File.WriteAllBytesAsync(pin, [], cancellation);
        Console.Error.WriteLine($"It is kept as long as {pin} is there.");
        return 0;
    }

    static async Task<int> UnpinAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        File.Delete(PinOf(await FindAsync(library, parsed, cancellation)));
        return 0;
    }

    static async Task<int> RemoveAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var video = await FindAsync(library, parsed, cancellation);
        var pin = PinOf(video);
        if (File.Exists(pin))
            throw new TrawlException(FailureKind.Configuration, $"{pin} keeps it; `trawl videos unpin {video.VideoId}` first.");
        var disk = (DiskStore)WorkerSite.StoreOf(library.Options, TimeProvider.System);
        var frames = await library.Database.InTransactionAsync(statements => Catalog.FramesAsync(statements, video.VideoId), cancellation);
        var files = disk.Remove(video.Path!, video.VideoId);
        await Catalog.ForgetFramesAsync(library.Database, [.. frames.Select(f => f.LocalPath)], cancellation);
        Console.Error.WriteLine($"Removed {files} files.");
        return 0;
    }

    static string PinOf(CrawledVideo video) =>
        video.Path is { } path && !path.StartsWith("s3://", StringComparison.Ordinal)
            ? FinishedFiles.Stem(path) + Retention.Pin
            : throw new TrawlException(
                FailureKind.Configuration,
                "Its file does not lie on this machine: what a bucket keeps, its own rules say."
            );

    static async Task<CrawledVideo> FindAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        (await Catalog.VideosAsync(library.Database, parsed.GetValue(Video), 1, cancellation)) is [var video]
            ? video
            : throw new TrawlException(FailureKind.Configuration, "There is no such video.");

    static void Write(System.Text.Json.Utf8JsonWriter writer, CrawledVideo video)
    {
        writer.WriteString("platform", video.Platform);
        writer.WriteString("video_id", video.VideoId);
        writer.WriteString("url", video.Url);
        writer.WriteString("title", video.Title);
        writer.WriteNumberOrNull("duration", (long?)video.DurationSeconds);
        writer.WriteString("path", video.Path);
    }
}
