using System.CommandLine;
using Trawl.App;
using Trawl.App.Commands;
using Trawl.App.Programs;
using Trawl.App.Reports;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Keyframes;

// no command for people: what an ExtractorPool starts
if (args is [ExtractorProgram.Verb])
    return await ExtractorLoop.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());

var root = Verbs.RootFor(args);
using var signals = new Signals();
var parsed = root.Parse(args.Length == 0 ? ["--help"] : args, Verbs.Parsing);
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
    return Told(e);
}
catch (OperationCanceledException) when (signals.ExitCode is not null)
{
    return signals.ExitCode.Value;
}
catch (Exception e)
{
    return Told(StorageFailure.From(e, "") ?? Defects.Known(e, DefectLog.OfUser()));
}

static int Told(TrawlException failure)
{
    Console.Error.WriteLine($"{failure.Kind.Name()}: {failure.Message.ForTerminal()}");
    Console.Error.WriteLine(failure.Rule.Suggestion);
    return failure.Rule.ExitCode;
}
