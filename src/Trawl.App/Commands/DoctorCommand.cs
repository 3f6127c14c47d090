using System.CommandLine;
using Trawl.App.Operations;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl doctor</c>: whether everything needed is here, and what to do where it is not.</summary>
static class DoctorCommand
{
    static readonly Option<string> Folder = new("--paths", "-P")
    {
        Description = "The folder videos would go to.",
        DefaultValueFactory = _ => ".",
        HelpName = "DIR",
    };
    static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line." };

    public static Command Create()
    {
        var command = new Command("doctor", "Check programs, folder, network and guard.") { Folder, Json };
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var trawl = source.Open(parsed);
                var findings = await Doctor.ExamineAsync(trawl, source.Browsers(parsed), parsed.GetValue(Folder)!, cancellation);
                foreach (var finding in findings)
                    Console.Out.WriteLine(parsed.GetValue(Json) ? finding.ToJson() : finding.ToText());
                return findings.Any(f => f.Health == Health.Bad) ? FailureKind.ToolMissing.Rule().ExitCode : 0;
            }
        );
        return command;
    }
}
