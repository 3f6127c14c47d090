using System.Diagnostics;

namespace Trawl.Tests.Browser;

/// <summary>The processes of browsers on this machine. Tests that use browsers run one after the other.</summary>
public static class BrowserProcesses
{
    static readonly string[] Signs = ["chromium", "firefox", "run-driver", "Xvfb"];

    /// <summary>All of them: id and command line.</summary>
    public static IReadOnlyList<(int Id, string Command)> All() =>
        [
            .. from folder in Directory.GetDirectories("/proc")
            let id = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
            let command = CommandOf(id)
            where Signs.Any(s => command.Contains(s)) && id != Environment.ProcessId
            select (id, command),
        ];

    /// <summary>Asks those to end whose command line fits, as closing the window does.</summary>
    public static void Terminate(Func<string, bool> fits)
    {
        foreach (var (id, _) in All().Where(p => fits(p.Command)))
            using (var kill = Process.Start("kill", ["-TERM", $"{id}"]))
                kill.WaitForExit();
    }

    /// <summary>Kills those whose command line fits.</summary>
    public static void Kill(Func<string, bool> fits)
    {
        var victims = All().Where(p => fits(p.Command)).ToList();
        victims.ShouldNotBeEmpty();
        foreach (var (id, _) in victims)
            Process.GetProcessById(id).Kill();
    }

    /// <summary>What is left when they have had a moment to end.</summary>
    public static async Task<IReadOnlyList<(int Id, string Command)>> LeftAsync()
    {
        for (var i = 0; i < 100 && All().Count > 0; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        return All();
    }

    static string CommandOf(int id)
    {
        try
        {
            // what has ended and waits to be looked after has no command line
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Browsers
{
    public const string Name = "browsers";
}
