using System.CommandLine;
using Trawl.App;
using Trawl.App.Commands;
using Trawl.App.Reports;
using Trawl.Failures;

var root = new RootCommand("Trawl turns links into short videos on disk, with metadata and keyframes.")
{
    GetCommand.Create(),
    InfoCommand.Create(),
    ExplainCommand.Create(),
    UrlCommand.Create(),
    DemoCommand.Create(),
    SandboxCommand.Create(),
    DoctorCommand.Create(),
    VersionCommand.Create(),
};

using var signals = new Signals();
var parsed = root.Parse(args);
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
