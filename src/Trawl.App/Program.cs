using System.CommandLine;
using Trawl.App;
using Trawl.App.Commands;
using Trawl.App.Reports;
using Trawl.Failures;
using Trawl.Keyframes;

// no command for people: what an ExtractorPool starts
if (args is [ExtractorProgram.Verb])
    return await ExtractorLoop.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());

// The command that is asked for is the only one built: describing all of them costs a short command a tenth of its time.
(string[] Names, Func<Command> Create)[] verbs =
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
var root = new RootCommand("Trawl turns links into short videos on disk, with metadata and keyframes.");
var chosen = Array.FindAll(verbs, v => args is [var first, ..] && v.Names.Contains(first));
foreach (var verb in chosen.Length > 0 ? chosen : verbs)
    root.Subcommands.Add(verb.Create());

using var signals = new Signals();
var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message.ForTerminal());
    Console.Error.WriteLine("`trawl --help` shows the commands, `trawl COMMAND --help` their options.");
    return FailureKind.Configuration.Rule().ExitCode;
}
try
{
    var code = await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
        signals.Token
    );
    return signals.ExitCode ?? code;
}
catch (TrawlException e)
{
    Console.Error.WriteLine($"{e.Kind.Name()}: {e.Message.ForTerminal()}");
    Console.Error.WriteLine(e.Rule.Suggestion);
    return e.Rule.ExitCode;
}
catch (OperationCanceledException) when (signals.ExitCode is not null)
{
    return signals.ExitCode.Value;
}
