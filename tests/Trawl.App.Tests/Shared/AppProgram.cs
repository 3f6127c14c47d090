using System.Diagnostics;
using System.Text.Json;
using Trawl.Sandbox;

namespace Trawl.App.Tests.Shared;

/// <summary>How a run of the program ended.</summary>
public sealed record Run(int ExitCode, string Output, string Messages)
{
    /// <summary>Standard output as one JSON object a line.</summary>
    public IReadOnlyList<JsonElement> Events =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    public IReadOnlyList<JsonElement> OfType(string type) => [.. Events.Where(e => e.GetProperty("type").GetString() == type)];
}

/// <summary>Runs programs as a user would, from outside.</summary>
public static class AppProgram
{
    /// <summary>The executable under test.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "trawl-app");

    /// <summary>An argument that is not passed on: the run remembers those before it in the same world.</summary>
    public const string Remembering = "(remembering)";

    /// <summary>Whether we were started in the background, where Ctrl-C is not for us: then it is not for what we start, either.</summary>
    public static bool IgnoresInterrupts { get; } =
        File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:")) is var line
        && (Convert.ToUInt64(line.Split('\t')[1], 16) & 2) != 0;

    public static Task<Run> TrawlAsync(SandboxWorld? world, params string[] arguments) => RunAsync(Path, world, arguments);

    /// <summary>The same with further variables.</summary>
    public static Task<Run> TrawlAsync(SandboxWorld? world, IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        RunAsync(Path, world, variables, arguments);

    /// <summary>The same with further variables.</summary>
    public static Task<Run> RunAsync(
        string program,
        SandboxWorld? world,
        IReadOnlyDictionary<string, string> variables,
        params string[] arguments
    ) => EndOfAsync(Start(program, world, variables, arguments));

    public static Task<Run> RunAsync(string program, SandboxWorld? world, params string[] arguments) =>
        EndOfAsync(Start(program, world, arguments));

    static async Task<Run> EndOfAsync(Process started)
    {
        using var process = started;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Run(process.ExitCode, await output, await messages);
    }

    /// <summary>Starts a program in the sandbox's world, through the ordinary environment.</summary>
    public static Process Start(string program, SandboxWorld? world, params string[] arguments) =>
        Start(program, world, new Dictionary<string, string>(), arguments);

    /// <summary>The same with further variables; an empty one is taken away.</summary>
    public static Process Start(
        string program,
        SandboxWorld? world,
        IReadOnlyDictionary<string, string> variables,
        params string[] arguments
    )
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in world?.Environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        // a run remembers nothing of another one, unless a test wants it to
        if (world is not null && !arguments.Contains(Remembering))
            info.Environment["Trawl__State"] = System.IO.Path.Combine(world.Environment["Trawl__State"], Guid.NewGuid().ToString("n"));
        foreach (var (name, value) in variables)
            if (value.Length > 0)
                info.Environment[name] = value;
            else
                info.Environment.Remove(name);
        if (arguments.Contains(Remembering))
            info.ArgumentList.Remove(Remembering);
        return Process.Start(info)!;
    }
}
