using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Trawl.App.Commands;

/// <summary><c>trawl version</c></summary>
static class VersionCommand
{
    static readonly Option<bool> Json = new("--json") { Description = "One JSON object." };

    public static Command Create()
    {
        var command = new Command("version", "Say which version this is.") { Json };
        command.SetAction(parsed =>
        {
            var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            Console.Out.WriteLine(
                parsed.GetValue(Json)
                    ? $$"""{"version":"{{version}}","runtime":"{{JsonEncodedText.Encode(RuntimeInformation.FrameworkDescription)}}","system":"{{RuntimeInformation.RuntimeIdentifier}}"}"""
                    : $"trawl {version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})"
            );
        });
        return command;
    }
}
