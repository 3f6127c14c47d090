using System.CommandLine;
using Spectre.Console;
using Trawl.App.Crawls;
using Trawl.App.Programs;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Keyframes;
using Trawl.Sandbox;
using Trawl.Videos;

namespace Trawl.App.Commands;

/// <summary><c>trawl demo</c>: eight posts of the sandbox through the whole line, with their true reasons.</summary>
static class DemoCommand
{
    static readonly Option<string> Folder = new("--paths", "-P")
    {
        Description = "The folder everything goes to.",
        DefaultValueFactory = _ => "trawl-demo",
        HelpName = "DIR",
    };

    // by their places in the catalogue: three ordinary ones, a photo post, a deleted one, one behind a challenge, one only phones see, one whose best form is mute
    static readonly int[] Cast = [0, 1, 2, 3, 4, 5, 6, 7];

    public static Command Create()
    {
        var command = new Command("demo", "Start the sandbox and crawl eight of its posts.") { Folder };
        command.SetAction(RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(parsed.GetValue(Folder)!);
        if (Directory.Exists(Path.Combine(folder, ".trawl")))
            Directory.Delete(folder, recursive: true); // an earlier show

        Console.Error.WriteLine("Starting the sandbox and making its videos …");
        await using var world = await SandboxWorld.StartAsync();
        var posts = new List<SandboxPost>();
        foreach (var place in Cast)
            posts.Add(await world.DescribeAsync(place));

        using var trawl = new TrawlClient(
            new TrawlOptions
            {
                Http = new() { Proxies = [world.Proxy], CertificateFile = world.CertificateFile },
            }
        );
        await using var extractors = new ExtractorPool(new Ffmpeg(), new KeyframeOptions(), ExtractorProgram.For(posts.Count))
        {
            Folders = [StagingFolder.RootOf(folder)],
        };
        var crawl = new Crawl(trawl, extractors, new DiskStore(folder, new OutputTemplate(OutputTemplate.Default), TimeProvider.System));
        // the first comes by its short link
        var requests = posts.Select((post, i) => new CrawlRequest($"{i + 1}", i == 0 ? post.Short : post.Url, new FormatWish())).ToList();

        using var summary = new Summary(
            Console.IsErrorRedirected
                ? new LineReport(TextWriter.Null, Console.Error, quiet: false, progress: true)
                : new BarReport(TextWriter.Null, Console.Error, outputIsTerminal: true)
        );
        await summary.BeginAsync(requests);
        var result = await new CrawlJob(crawl, archive: null, concurrency: 4, TimeProvider.System).RunAsync(
            requests,
            summary,
            cancellation
        );
        await summary.EndAsync(result);
        summary.Print(folder);

        var expected = posts.Count(p => p.Expect == "ok");
        return result.Done == expected ? 0 : result.ExitCode;
    }

    /// <summary>Keeps how each item ended, while another reporter shows the way there.</summary>
    sealed class Summary(Reporter inner) : Reporter
    {
        readonly SortedDictionary<int, string[]> _rows = [];
        string? _sheet;

        public override Task BeginAsync(IReadOnlyList<CrawlRequest> requests) => inner.BeginAsync(requests);

        public override Task EndAsync(JobResult result) => inner.EndAsync(result);

        public override void Report(CrawlEvent value)
        {
            inner.Report(value);
            var row = value switch
            {
                ItemDone { Crawled: var c } =>
                [
                    "[green]done[/]",
                    Markup.Escape(c.Title.ForTerminal().Shortened(36)),
                    $"{c.Strategy}, {c.Size.Readable()}, {(c.Photos > 0 ? $"{c.Photos} photos" : $"{c.Frames.Count} keyframes")}",
                ],
                ItemSkipped { Reason: var e } => ["[yellow]skipped[/]", e.Kind.Name(), Markup.Escape(e.Message)],
                ItemFailed { Failure: var e } => ["[red]failed[/]", e.Kind.Name(), Markup.Escape(e.Message)],
                _ => (string[]?)null,
            };
            lock (_rows)
            {
                if (row is not null)
                    _rows[int.Parse(value.Item)] = row;
                _sheet ??= (value as ItemDone)?.Crawled.Sheet;
            }
        }

        public void Print(string folder)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("", "", "what", "how");
            foreach (var (item, row) in _rows)
                table.AddRow([$"{item}", .. row]);
            var console = AnsiConsole.Create(
                new AnsiConsoleSettings
                {
                    Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
                    Out = new AnsiConsoleOutput(Console.Out),
                }
            );
            console.Write(table);
            Console.Out.WriteLine($"Everything lies in {folder}");
            if (_sheet is not null)
                Console.Out.WriteLine($"A contact sheet to open: {_sheet}");
        }

        public override void Dispose()
        {
            inner.Dispose();
            base.Dispose();
        }
    }
}
