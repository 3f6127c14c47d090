using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Programs;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

/// <summary><c>trawl get</c>: links in; videos, metadata and keyframes on disk.</summary>
static class GetCommand
{
    static readonly Argument<string[]> Links = new("URL")
    {
        Description = "Links, short or long, or text with a link in it.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    static readonly Option<string> Folder = new("--paths", "-P")
    {
        Description = "The folder everything goes to.",
        DefaultValueFactory = _ => ".",
        HelpName = "DIR",
    };

    static readonly Option<string> Template = new("--output", "-o")
    {
        Description = "Names below the folder; fields: id, title, uploader, upload_date, ext, platform.",
        DefaultValueFactory = _ => OutputTemplate.Default,
        HelpName = "TEMPLATE",
    };

    static readonly Option<string> Batch = new("--batch-file", "-a")
    {
        Description = "A file with a link a line; - for standard input.",
        HelpName = "FILE",
    };
    static readonly Option<string> Archive = new("--download-archive")
    {
        Description = "Skip what this file lists, and list what is finished.",
        HelpName = "FILE",
    };
    static readonly Option<bool> NoKeyframes = new("--no-keyframes") { Description = "Take no keyframes." };
    static readonly Option<KeyframeMode?> Mode = KeyframeModeOption.Create("--keyframes");
    static readonly Option<bool> Strict = new("--strict-blur")
    {
        Description = "Throw away keyframes that are not sharp, and judge nothing else.",
    };
    static readonly Option<bool> WithPreview = new("--preview")
    {
        Description = "Show first pictures while a video is still arriving (event item.preview).",
    };
    static readonly Option<bool> WithSlideshow = new("--slideshow")
    {
        Description = "Make a video with sound of each photo post, beside its pictures.",
    };
    static readonly Option<int> Concurrency = new("--concurrency")
    {
        Description = "Videos at a time.",
        DefaultValueFactory = _ => 4,
        HelpName = "N",
    };
    static readonly Option<bool> Json = new("--json") { Description = "One JSON event a line on standard output." };
    static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Say only what went wrong." };
    static readonly Option<bool> NoProgress = new("--no-progress") { Description = "Draw no progress." };

    public static Command Create()
    {
        var command = new Command("get", "Download videos with metadata and keyframes.")
        {
            Links,
            Folder,
            Template,
            Batch,
            Archive,
            NoKeyframes,
            Mode,
            Strict,
            WithPreview,
            WithSlideshow,
            Concurrency,
            Json,
            Quiet,
            NoProgress,
        };
        command.Aliases.Add("download");
        var source = new SourceOptions(command, downloads: true);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, source, cancellation));
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, SourceOptions source, CancellationToken cancellation)
    {
        var concurrency = parsed.GetValue(Concurrency);
        if (concurrency is < 1 or > 64)
            throw new TrawlException(FailureKind.Configuration, "--concurrency is wrong: it must lie between 1 and 64.");
        var links = await LinksAsync(parsed, cancellation);
        if (links.Count == 0)
            throw new TrawlException(FailureKind.Configuration, "Give at least one link, or a file with links by -a.");

        await using var trawl = source.Open(parsed);
        var store = new DiskStore(parsed.GetValue(Folder)!, new OutputTemplate(parsed.GetValue(Template)!), TimeProvider.System);
        await store.SweepAsync(cancellation);
        var archive = parsed.GetValue(Archive) is { } path ? new DownloadArchive(path) : null;
        var wishes = Wishes(source.Keyframes(parsed), parsed);
        await using var extractors = new ExtractorPool(new Ffmpeg(), wishes, ExtractorProgram.For(links.Count))
        {
            Folders = [StagingFolder.RootOf(parsed.GetValue(Folder)!)],
        };
        var crawl = new Crawl(trawl, extractors, store);
        var requests = links
            .Where(link => archive is null || trawl.Platforms.TryParse(link) is not { IsPost: true, Id: { } id } || !archive.Contains(id))
            .Select(
                (link, i) =>
                    new CrawlRequest(
                        $"{i + 1}",
                        link,
                        trawl.Options.Format,
                        Keyframes: !parsed.GetValue(NoKeyframes),
                        Slideshow: parsed.GetValue(WithSlideshow),
                        Preview: parsed.GetValue(WithPreview)
                    )
            )
            .ToList();

        using var reporter = ChooseReporter(parsed);
        await reporter.BeginAsync(requests);
        var result = await new CrawlJob(crawl, archive, concurrency, TimeProvider.System).RunAsync(requests, reporter, cancellation);
        await reporter.EndAsync(result);
        return result.ExitCode;
    }

    static KeyframeOptions Wishes(KeyframeOptions settings, ParseResult parsed) =>
        settings with
        {
            Mode = parsed.GetValue(Mode) ?? settings.Mode,
            StrictBlur = parsed.GetValue(Strict) || settings.StrictBlur,
        };

    static async Task<IReadOnlyList<string>> LinksAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var links = parsed.GetValue(Links)!.ToList();
        if (parsed.GetValue(Batch) is { } batch)
            links.AddRange(await LinkList.ReadAsync(batch, cancellation));
        return [.. links.Distinct()];
    }

    static Reporter ChooseReporter(ParseResult parsed)
    {
        if (parsed.GetValue(Json))
            return new EventStream(Console.OpenStandardOutput(), Guid.NewGuid().ToString("n")[..12], TimeProvider.System);
        var (quiet, progress) = (parsed.GetValue(Quiet), !parsed.GetValue(NoProgress));
        return !quiet && progress && !Console.IsErrorRedirected
            ? new BarReport(Console.Out, Console.Error, !Console.IsOutputRedirected)
            : new LineReport(Console.Out, Console.Error, quiet, progress);
    }
}
