using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Programs;
using Trawl.App.Reports;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms.YtDlp;
using Trawl.Processes;

namespace Trawl.App.Commands;

/// <summary><c>trawl deps</c>: the helper programs, and yt-dlp kept up to date.</summary>
static class DepsCommand
{
    const string YtDlp = "yt-dlp";

    static readonly Argument<string> Program = new("PROGRAM") { Description = "yt-dlp." };
    static readonly Option<string> Channel = new("--channel")
    {
        Description = "stable, nightly or master: how new, and how well tried.",
        DefaultValueFactory = _ => "stable",
        HelpName = "NAME",
    };

    public static Command Create()
    {
        var command = new Command("deps", "Show the helper programs, and keep yt-dlp up to date.")
        {
            Verb("update", "Fetch the newest release, check its signature and checksum, try it, and use it.", UpdateAsync, Channel),
            Verb("rollback", "Go back to the version before.", RollBackAsync),
        };
        var source = new SourceOptions(command, downloads: false);
        command.SetAction((parsed, cancellation) => ListAsync(source, parsed, cancellation));
        return command;
    }

    static Command Verb(
        string name,
        string description,
        Func<SourceOptions, ParseResult, CancellationToken, Task<int>> run,
        params Symbol[] own
    )
    {
        var command = new Command(name, description) { Program };
        command.AddAll(own);
        var source = new SourceOptions(command, downloads: false);
        command.SetAction((parsed, cancellation) => run(source, parsed, cancellation));
        return command;
    }

    static async Task<int> ListAsync(SourceOptions source, ParseResult parsed, CancellationToken cancellation)
    {
        await using var trawl = source.Open(parsed);
        foreach (var (program, question) in ((string, string)[])[("ffmpeg", "-version"), ("ffprobe", "-version")])
            await TellAsync(program, program, question, "", cancellation);
        var managed = new ManagedProgram(source.StateFolder(parsed), YtDlp);
        var former = managed.Former is { } version ? $", {version} before" : "";
        var used = trawl.Options.YtDlp.Program;
        await TellAsync(YtDlp, used, "--version", used == managed.Path ? $" (kept by Trawl{former})" : " (on PATH)", cancellation);
        Console.Out.WriteLine($"{"javascript", -10} {string.Join(", ", YtDlpProgram.JsRuntimesHere.DefaultIfEmpty("none"))}");
        return 0;
    }

    static async Task TellAsync(string name, string program, string question, string remark, CancellationToken cancellation)
    {
        try
        {
            var result = await new ChildProcess(program, [question])
            {
                Limits = new ChildLimits { Deadline = TimeSpan.FromSeconds(20) },
            }.RunAsync(cancellation);
            Console.Out.WriteLine($"{name, -10} {result.Text.Split('\n')[0].Trim().ForTerminal()}{remark}");
        }
        catch (TrawlException e)
        {
            Console.Out.WriteLine($"{name, -10} {e.Message}");
        }
    }

    static async Task<int> UpdateAsync(SourceOptions source, ParseResult parsed, CancellationToken cancellation)
    {
        var managed = Managed(source, parsed);
        var release = Release.YtDlp(parsed.GetValue(Channel)!, source.ReleaseKey(parsed));
        await using var trawl = source.Open(parsed);
        using var network = new Network(trawl.Options.Network, NullLogger.Instance, TimeProvider.System);
        var before = managed.Version;
        var version = await new ReleaseUpdate(network, managed).RunAsync(release, Console.Error.WriteLine, cancellation);
        Console.Out.WriteLine(
            version == before
                ? $"yt-dlp {version} is the newest, and was in use already."
                : $"yt-dlp {version} is in use{(before is null ? "" : $"; {before} was before, and comes back with `trawl deps rollback yt-dlp`")}."
        );
        return 0;
    }

    static Task<int> RollBackAsync(SourceOptions source, ParseResult parsed, CancellationToken cancellation)
    {
        var managed = Managed(source, parsed);
        managed.GoBack();
        Console.Out.WriteLine($"yt-dlp {managed.Version} is in use again.");
        return Task.FromResult(0);
    }

    static ManagedProgram Managed(SourceOptions source, ParseResult parsed) =>
        parsed.GetValue(Program) == YtDlp
            ? new ManagedProgram(source.StateFolder(parsed), YtDlp)
            : throw new TrawlException(FailureKind.Configuration, "Only yt-dlp is kept up to date here; ffmpeg comes with the system.");
}
