using System.CommandLine;
using Spectre.Console;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.App.Commands;

/// <summary><c>trawl strategies</c>: how each strategy is doing, and the operator's word about it.</summary>
static class StrategiesCommand
{
    static readonly Argument<string> Name = new("STRATEGY") { Description = "Its name, for example tikwm." };
    static readonly Argument<string> Link = new("URL") { Description = "A link, short or long." };

    public static Command Create() =>
        new("strategies", "Show, try and switch the strategies.")
        {
            List(),
            Test(),
            Say("enable", "Ask it again.", AttemptJournal.Word.Enable),
            Say("disable", "Ask it no more, until it is enabled.", AttemptJournal.Word.Disable),
            Say("reset", "Forget how it did, and ask it again.", AttemptJournal.Word.Reset),
        };

    static Command List()
    {
        var command = new Command("list", "All strategies in the order they would be tried now, and whether they can be.");
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var trawl = source.Open(parsed);
                var table = new Table { Border = TableBorder.Rounded };
                table.AddColumns("platform", "strategy", "state", "answered", "of", "half within");
                foreach (var platform in trawl.Platforms.All)
                foreach (var strategy in trawl.Platforms.ChainOf(platform).Strategies)
                {
                    var health = trawl.Platforms.ChainOf(platform).HealthOf(strategy);
                    var numbers = health.Statistics;
                    table.AddRow(
                        platform.Name.EscapeMarkup(),
                        strategy.Name.EscapeMarkup(),
                        State(strategy, health).EscapeMarkup(),
                        numbers.SuccessPercent is { } percent ? $"{percent} %" : "",
                        $"{numbers.Total}",
                        numbers.Total == 0 ? "" : $"{numbers.Median.TotalMilliseconds:0} ms"
                    );
                }
                table.Show();
                ShowDoors(trawl.Sites.Doors.States);
                ShowSessions(await trawl.Sites.Sessions.ListAsync(cancellation));
                return 0;
            }
        );
        return command;
    }

    static void ShowDoors(IReadOnlyList<DoorState> doors)
    {
        if (doors.Count == 0)
            return;
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("platform", "way out", "door", "state", "answered", "refused", "last refusal");
        foreach (var door in doors)
            table.AddRow(
                door.Site.EscapeMarkup(),
                door.Way.EscapeMarkup(),
                door.Door.EscapeMarkup(),
                door.ClosedFor is { } left ? $"passed over for {left.TotalSeconds:0} s" : "open",
                $"{door.Answered}",
                $"{door.Refused}",
                door.LastRefusal?.Name() ?? ""
            );
        table.Show();
    }

    static void ShowSessions(IReadOnlyList<BrowserSession> sessions)
    {
        if (sessions.Count == 0)
            return;
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("platform", "way out", "session of", "age", "posts");
        foreach (var session in sessions)
            table.AddRow(
                session.Site.EscapeMarkup(),
                session.Way.EscapeMarkup(),
                session.Browser.EscapeMarkup(),
                $"{(TimeProvider.System.GetUtcNow() - session.TakenAt).TotalMinutes:0} min",
                $"{session.Posts}"
            );
        table.Show();
    }

    static Command Test()
    {
        var command = new Command("test", "Ask every strategy for one video, each alone.") { Link };
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var trawl = source.Open(parsed);
                var url = await trawl.Videos.FollowAsync(trawl.Platforms.Parse(parsed.GetValue(Link)!), cancellation);
                var failures = new List<TrawlException>();
                var strategies = trawl.Platforms.ChainOf(url).Strategies;
                foreach (var strategy in strategies)
                {
                    if (await AskAsync(strategy.Name, () => AskAsync(trawl, strategy, url, cancellation)) is { } failure)
                        failures.Add(failure);
                    foreach (var door in strategy.Doors)
                        await AskAsync(
                            $"  {strategy.Name}/{door.Name}",
                            async () => door.Read(await trawl.AskAsync(door, url, cancellation), url)
                        );
                }
                return failures.Count < strategies.Count ? 0 : failures[0].Rule.ExitCode;
            }
        );
        return command;
    }

    static Task<Video> AskAsync(TrawlClient trawl, Strategy strategy, VideoUrl url, CancellationToken cancellation) =>
        strategy.Obstacle is { } obstacle
            ? throw new TrawlException(FailureKind.ToolMissing, obstacle)
            : strategy.ResolveAsync(url, trawl.Options.Format, cancellation);

    static async Task<TrawlException?> AskAsync(string name, Func<Task<Video>> ask)
    {
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var video = await ask();
            var took = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
            Console.Out.WriteLine($"{name, -14} ok in {took:0} ms, {video.Formats.Length} formats");
            return null;
        }
        catch (TrawlException e)
        {
            Console.Out.WriteLine($"{name, -14} {e.Kind.Name()}: {e.Message.ForTerminal()}");
            return e;
        }
    }

    static Command Say(string verb, string description, AttemptJournal.Word word)
    {
        var command = new Command(verb, description) { Name };
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(parsed =>
        {
            using var trawl = source.Open(parsed);
            var name = parsed.GetValue(Name)!;
            StrategyOrder.Check([name], [.. trawl.Platforms.All.SelectMany(p => p.Strategies)]);
            foreach (var platform in trawl.Platforms.All.Where(p => p.Strategies.Any(s => s.Name == name)))
                source.Journal(parsed).Say(platform.Name, name, word);
            return 0;
        });
        return command;
    }

    static string State(Strategy strategy, StrategyHealth health) =>
        strategy.Obstacle is { } obstacle ? $"steps aside: {obstacle}"
        : health.QuotaWait is { } wait ? $"quota used up for {wait.TotalMinutes:0} min"
        : health.Breaker.State switch
        {
            BreakerState.Closed => "ready",
            BreakerState.Open => $"rests for {health.Breaker.Remaining?.TotalSeconds:0} s",
            BreakerState.HalfOpen => "to be tried again",
            _ => "switched off",
        };
}
