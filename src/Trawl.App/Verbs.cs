using System.CommandLine;
using Trawl.App.Commands;

namespace Trawl.App;

/// <summary>The commands there are. The one that is asked for is the only one built: describing all of them costs a short command a tenth of its time.</summary>
static class Verbs
{
    static readonly (string[] Names, Func<Command> Create)[] All =
    [
        (["get", "download"], GetCommand.Create),
        (["info", "resolve"], InfoCommand.Create),
        (["explain"], ExplainCommand.Create),
        (["url"], UrlCommand.Create),
        (["keyframes"], KeyframesCommand.Create),
        (["sheet"], SheetCommand.Create),
        (["storyboard"], StoryboardCommand.Create),
        (["dupes"], DupesCommand.Create),
        (["demo"], DemoCommand.Create),
        (["sandbox"], SandboxCommand.Create),
        (["work", "worker"], WorkCommand.Create),
        (["crawl"], CrawlCommand.Create),
        (["jobs"], JobsCommand.Create),
        (["videos"], VideosCommand.Create),
        (["events"], EventsCommand.Create),
        (["webhooks"], WebhooksCommand.Create),
        (["db"], DbCommand.Create),
        (["migrate"], () => DbCommand.Migrate("migrate")),
        (["config"], ConfigCommand.Create),
        (["cleanup"], CleanupCommand.Create),
        (["serve"], ServeCommand.Create),
        (["profile"], ProfileCommand.Create),
        (["cookies"], CookiesCommand.Create),
        (["strategies"], StrategiesCommand.Create),
        (["stats"], StatsCommand.Create),
        (["failures"], FailuresCommand.Create),
        (["canary"], CanaryCommand.Create),
        (["deps"], DepsCommand.Create),
        (["doctor"], DoctorCommand.Create),
        (["version"], VersionCommand.Create),
    ];

    /// <summary>How arguments are read: one that begins with @ is itself, and no file is read for it.</summary>
    public static ParserConfiguration Parsing { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>The root of the command that is asked for, or of all.</summary>
    public static RootCommand RootFor(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand("Trawl turns links into short videos on disk, with metadata and keyframes.");
        var chosen = Array.FindAll(All, v => arguments is [var first, ..] && v.Names.Contains(first));
        foreach (var verb in chosen.Length > 0 ? chosen : All)
            root.Subcommands.Add(verb.Create());
        return root;
    }
}
