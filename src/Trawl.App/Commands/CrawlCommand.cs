using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Trawl.App.Concurrency;
using Trawl.App.Crawls;
using Trawl.App.Jobs;
using Trawl.App.Messaging;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl crawl</c>: one crawl order, from the search to the last picture, on this machine alone.</summary>
static class CrawlCommand
{
    static readonly Argument<string[]> Phrases = new("PHRASE")
    {
        Description = "What to search for; each phrase is a search of its own.",
        Arity = ArgumentArity.OneOrMore,
    };
    static readonly Option<int> Count = new("--max-results", "-n")
    {
        Description = "Videos of each platform and phrase.",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };
    static readonly Option<string> Platforms = new("--platform")
    {
        Description = "Where to search: tiktok, youtube, mock; several with commas.",
        HelpName = "LIST",
        DefaultValueFactory = _ => "tiktok",
    };
    static readonly Option<int> Days = new("--recency-days")
    {
        Description = "The oldest wanted, in days.",
        HelpName = "N",
        DefaultValueFactory = _ => 36_500,
    };
    static readonly Option<int?> Shortest = new("--min-duration") { Description = "The shortest wanted, in seconds.", HelpName = "N" };
    static readonly Option<int?> Longest = new("--max-duration") { Description = "The longest wanted, in seconds.", HelpName = "N" };
    static readonly Option<string> Folder = new("-P", "--paths")
    {
        Description = "The folder for videos, keyframes and the database.",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
    };
    static readonly Option<bool> NoKeyframes = new("--no-keyframes") { Description = "Take no pictures." };
    static readonly Option<bool> Json = new("--json")
    {
        Description = "Write the events other services would get, one JSON object a line.",
    };

    public static Command Create()
    {
        var command = new Command("crawl", "Search, download and take pictures; started again it goes on where it was.")
        {
            Phrases,
            Count,
            Platforms,
            Days,
            Shortest,
            Longest,
            Folder,
            NoKeyframes,
            Json,
        };
        var source = new WorkerSource(command);
        command.SetAction((parsed, cancellation) => RunAsync(source, parsed, cancellation));
        return command;
    }

    static async Task<int> RunAsync(WorkerSource source, ParseResult parsed, CancellationToken cancellation)
    {
        var (options, keyframes, browser) = source.Read(parsed);
        options = options with
        {
            Data = parsed.GetValue(Folder)!,
            Broker = null,
            Pictures = options.Pictures && !parsed.GetValue(NoKeyframes),
            Shortest = SecondsOf(parsed.GetValue(Shortest), "--min-duration") ?? options.Shortest,
            Longest = SecondsOf(parsed.GetValue(Longest), "--max-duration") ?? options.Longest,
        };
        var order = Order(parsed, options);
        Directory.CreateDirectory(options.Data);
        await using var database = Database.At(options.DatabasePlace);
        await using var trawl = source.Open(parsed, options, database);
        // without -v what a person should know is told, and nothing else
        using var logging = WorkerSource.Logging(
            parsed.GetValue(SourceOptions.Verbose) ? options : options with { LogLevel = LogLevel.Warning }
        );
        var transport = new LineTransport(parsed.GetValue(Json) ? Console.Out : null);
        await using var site = await WorkerSite.OpenAsync(
            database,
            options,
            trawl,
            keyframes,
            browser,
            transport,
            source.BoxFor(parsed, database),
            logging.CreateLogger("Trawl.Crawl"),
            cancellation
        );
        await site.Queue.SubmitAsync(order, order.JobId, cancellation);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = TaskGroup.RunAsync(stop.Token, site.Worker.RunAsync, site.Events.RunAsync, site.Webhooks.RunAsync);
        var status = await UntilEndedAsync(site.Desk, order.JobId, working, cancellation);
        await stop.CancelAsync();
        await working;
        cancellation.ThrowIfCancellationRequested();
        await site.Events.FlushAsync(cancellation);
        await site.Webhooks.FlushAsync(cancellation);
        return await SummaryAsync(site, status!, options, cancellation);
    }

    // progress, as long as somebody may be looking
    static async Task<JobStatus?> UntilEndedAsync(JobDesk desk, string job, Task working, CancellationToken cancellation)
    {
        var shown = "";
        while (!cancellation.IsCancellationRequested && !working.IsCompleted)
        {
            var status = (await desk.StatusAsync(job, CancellationToken.None))[0];
            var line =
                $"{status.Done} done, {status.Failed} failed, {(status.Skipped > 0 ? $"{status.Skipped} left out, " : "")}{status.Open} to do{(status.Searched ? "" : ", searching")}";
            if (line != shown)
                Console.Error.WriteLine(line);
            shown = line;
            if (status.State is "done" or "failed" or "cancelled")
                return status;
            await Task.WhenAny(working, Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, cancellation));
        }
        return null;
    }

    static async Task<int> SummaryAsync(WorkerSite site, JobStatus status, WorkerOptions options, CancellationToken cancellation)
    {
        var items = await site.Desk.ItemsAsync(status.JobId, cancellation);
        foreach (var item in items)
            Console.Error.WriteLine(
                item.State switch
                {
                    "done" => $"done     {item.Platform} {item.VideoId} {item.Path}",
                    "skipped" => $"left out {item.Platform} {item.VideoId} {(item.Error ?? "").ForTerminal()}",
                    _ => $"failed   {item.Platform} {item.VideoId} {item.ErrorKind}: {(item.Error ?? "").ForTerminal()}",
                }
            );
        Console.Error.WriteLine(
            $"{status.Done} videos in {Path.GetFullPath(Path.Combine(options.Data, options.Videos))}, their pictures in {Path.GetFullPath(Path.Combine(options.Data, options.Keyframes))}"
        );
        if (status.Error is { } error)
            Console.Error.WriteLine(error.ForTerminal());
        return ResultOf(status, items).ExitCode;
    }

    // as of any job: nothing is well of which somebody could not look, or some video failed
    static JobResult ResultOf(JobStatus status, IReadOnlyList<ItemStatus> items)
    {
        var failures = items.Where(i => i.State == "failed").Select(i => (i.ErrorKind, i.Error));
        var searches = (status.ErrorKinds ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(kind => ((string?)kind, status.Error));
        return new JobResult(
            status.Done,
            [.. failures.Concat(searches).Select(f => new TrawlException(KindOf(f.Item1), f.Item2 ?? ""))],
            TimeSpan.Zero
        );
    }

    static FailureKind KindOf(string? name) => FailureTable.Rules.FirstOrDefault(r => r.Name == name)?.Kind ?? FailureKind.Defect;

    static TimeSpan? SecondsOf(int? value, string name) =>
        value is null or (> 0 and < 86_400)
            ? value is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : null
            : throw new TrawlException(FailureKind.Configuration, $"{name} is wrong: it must lie between 1 and 86399.");

    // the same order again is the same job: it goes on, or begins anew with what is known
    static CrawlOrder Order(ParseResult parsed, WorkerOptions options)
    {
        var platforms = parsed
            .GetValue(Platforms)!
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Distinct()
            .ToList();
        if (platforms.Find(p => p != "mock" && !CrawlOrder.KnownPlatforms.Contains(p)) is { } unknown)
            throw new TrawlException(
                FailureKind.Configuration,
                $"--platform is wrong: there is no {unknown}; there are {string.Join(", ", CrawlOrder.KnownPlatforms)}, mock."
            );
        var (count, days) = (parsed.GetValue(Count), parsed.GetValue(Days));
        if (count is < 1 or > 1000)
            throw new TrawlException(FailureKind.Configuration, "-n is wrong: it must lie between 1 and 1000.");
        if (days is < 1 or > CrawlOrder.MostDays)
            throw new TrawlException(
                FailureKind.Configuration,
                $"--recency-days is wrong: it must lie between 1 and {CrawlOrder.MostDays}."
            );
        var phrases = parsed.GetValue(Phrases)!;
        var said = string.Join(
            '\n',
            [.. phrases, "", .. platforms.Order(StringComparer.Ordinal), $"{count}", $"{days}", $"{options.Shortest}", $"{options.Longest}"]
        );
        var job = "crawl-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)))[..16];
        var queries = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["any"] = phrases };
        return new CrawlOrder(job, "command line", queries, platforms, days, count);
    }
}
