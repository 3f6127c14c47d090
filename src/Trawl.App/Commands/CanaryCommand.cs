using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Trawl.App.Canary;
using Trawl.App.Crawls;
using Trawl.App.Messaging;
using Trawl.App.Operations;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;

namespace Trawl.App.Commands;

/// <summary><c>trawl canary</c>: asks for known posts at every door, and tells which door has closed.</summary>
static class CanaryCommand
{
    static readonly Option<string?> Links = new("--links")
    {
        Description =
            "The known posts, one a line, with what must be said of each: URL author=NAME duration=SECONDS kind=video. By default Canary:Links.",
        HelpName = "FILE",
    };
    static readonly Option<string?> Every = new("--every")
    {
        Description = "Ask again after this time, for ever: 30m, 6h, 1d.",
        HelpName = "TIME",
    };
    static readonly Option<double> Pause = new("--pause")
    {
        Description = "Seconds between two questions.",
        DefaultValueFactory = _ => 2,
        HelpName = "SECONDS",
    };
    static readonly Option<string?> Folder = new("--paths", "-P")
    {
        Description = "A data folder: changes become events of its trawl.db, and its webhooks are told.",
        HelpName = "DIR",
    };
    static readonly Option<string?> Metrics = new("--metrics")
    {
        Description = "Write how each door is to this file, as Prometheus reads it.",
        HelpName = "FILE",
    };
    static readonly Option<bool> Json = new("--json") { Description = "One JSON event a line: each answer, and each change." };

    public static Command Create()
    {
        var command = new Command("canary", "Ask for known posts at every door of every strategy, and tell what changed.")
        {
            Links,
            Every,
            Pause,
            Folder,
            Metrics,
            Json,
        };
        var source = new SourceOptions(command, downloads: false);
        command.SetAction((parsed, cancellation) => RunAsync(source, parsed, cancellation));
        return command;
    }

    static async Task<int> RunAsync(SourceOptions source, ParseResult parsed, CancellationToken cancellation)
    {
        var file =
            parsed.GetValue(Links)
            ?? source.CanaryLinks(parsed)
            ?? throw new TrawlException(FailureKind.Configuration, "Name the known posts: --links FILE, or Canary:Links in the settings.");
        var every = parsed.GetValue(Every) is { } text ? Time(text) : (TimeSpan?)null;
        var pause = parsed.GetValue(Pause) is >= 0 and <= 3600 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new TrawlException(FailureKind.Configuration, "--pause is wrong: it must lie between 0 and 3600.");
        var folder = Path.Combine(source.StateFolder(parsed), "canary");
        await using var trawl = source.Open(parsed);
        using var metrics = new MetricsText();
        while (true)
        {
            var posts = KnownPost.ReadAll(file);
            var round = new CanaryRound(trawl, new CanaryHistory(folder), Path.Combine(folder, "captures"), pause, TimeProvider.System);
            var report = await round.RunAsync(posts, observation => Tell(parsed, observation), cancellation);
            Tell(parsed, report);
            if (parsed.GetValue(Folder) is { } library)
                await TellOthersAsync(library, trawl, source.Vault(parsed).Box(), report, cancellation);
            if (parsed.GetValue(Metrics) is { } path)
                DurableFile.Write(path, System.Text.Encoding.UTF8.GetBytes(metrics.Write()));
            if (every is null)
                return ExitCode(report);
            await Task.Delay(every.Value, TimeProvider.System, cancellation);
        }
    }

    // as of a job: 3 when some are closed, the reason all share when all are
    static int ExitCode(CanaryReport report)
    {
        var closed = report.States.Where(s => !s.IsOpen).Select(s => new TrawlException(s.Failure!.Value, s.Reason!)).ToList();
        return new JobResult(report.States.Count(s => s.IsOpen), closed, TimeSpan.Zero).ExitCode;
    }

    static void Tell(ParseResult parsed, Observation observation)
    {
        if (parsed.GetValue(Json))
            Console.Out.WriteLine(Event("canary.answer", JsonNode.Parse(observation.ToJson())!.AsObject()));
        else
            Console.Error.WriteLine(
                $"{observation.Source, -22} {observation.Post, -28} {(observation.Failure is { } kind ? $"{kind.Name()}: {observation.Reason!.ForTerminal()}" : "as it must be")}"
            );
    }

    static void Tell(ParseResult parsed, CanaryReport report)
    {
        if (parsed.GetValue(Json))
        {
            foreach (var change in report.Changes)
                Console.Out.WriteLine(Event(change.Topic, change.ToJson()));
            return;
        }
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("platform", "strategy", "door", "shown", "why not");
        foreach (var state in report.States)
            table.AddRow(
                state.Source.Platform.EscapeMarkup(),
                state.Source.Strategy.EscapeMarkup(),
                (state.Source.Door ?? "").EscapeMarkup(),
                $"{state.Shown} of {state.Asked}",
                (state.Failure?.Name() ?? "").EscapeMarkup()
            );
        table.Show();
        foreach (var change in report.Changes)
        {
            Console.Out.WriteLine($"{change.State.Source} has {change.Turn.ToString().ToLowerInvariant()}: {Why(change).ForTerminal()}");
            if (change.Capture is not null)
                Console.Out.WriteLine($"  An answer to attach to a report: {change.Capture}");
        }
        if (report.Changes.Count == 0)
            Console.Out.WriteLine("Nothing has changed.");
    }

    static string Why(SourceChange change) =>
        string.Join(
            "; ",
            ((string?[])[change.State.Reason, .. change.Differences])
                .Where(s => s is { Length: > 0 })
                .DefaultIfEmpty("all is as it must be")
        );

    static string Event(string type, JsonObject data) =>
        new JsonObject
        {
            ["v"] = 1,
            ["type"] = type,
            ["data"] = data,
        }.ToJsonString();

    /// <summary>Makes events of the changes, and tells those who want to be told.</summary>
    static async Task TellOthersAsync(string folder, TrawlClient trawl, SecretBox box, CanaryReport report, CancellationToken cancellation)
    {
        DurableFile.MakeFolder(folder);
        await using var database = Database.At(Path.Combine(folder, "trawl.db"));
        await Migrations.ApplyAsync(database, cancellation);
        await DoorEvents.NoteAsync(database, report, TimeProvider.System, cancellation);
        using var network = new Network(trawl.Options.Network, NullLogger.Instance, TimeProvider.System);
        await new WebhookSender(
            new Webhooks(database, box),
            network,
            database.Changes[Topic.Events],
            TimeSpan.FromSeconds(1),
            TimeProvider.System,
            NullLogger.Instance
        ).FlushAsync(cancellation);
    }

    // 30m, 6h, 1d
    static TimeSpan Time(string text)
    {
        var unit = text.Length == 0 ? ' ' : char.ToLowerInvariant(text[^1]);
        var hours = unit switch
        {
            'm' => 1 / 60.0,
            'h' => 1,
            'd' => 24,
            _ => 0,
        };
        return
            hours > 0
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * hours is >= 1 / 60.0 and <= 24 * 30
            ? TimeSpan.FromHours(number * hours)
            : throw new TrawlException(FailureKind.Configuration, $"--every is wrong: \"{text}\" is not a time such as 30m, 6h or 1d.");
    }
}
