using System.Diagnostics;
using System.Text;

namespace Trawl.Browser.Pool;

/// <summary>Ends browsers that have outlived whoever drove them. They carry a mark in their environment.</summary>
static class Orphans
{
    /// <summary>The variable that holds the mark.</summary>
    public const string Variable = "TRAWL_BROWSER";

    /// <summary>Kills every process with a mark, and its children. Says how many there were.</summary>
    public static int Kill(string mark)
    {
        var found = 0;
        foreach (var process in Marked(mark))
            using (process)
            {
                try
                {
                    process.Kill(entireProcessTree: true);
                    found++;
                }
                catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
                {
                    // it has just ended by itself
                }
            }
        return found;
    }

    static IEnumerable<Process> Marked(string mark)
    {
        if (!Directory.Exists("/proc/self"))
            yield break;
        var sought = Encoding.ASCII.GetBytes($"{Variable}={mark}");
        foreach (var process in Process.GetProcesses())
            if (Environ(process.Id).AsSpan().IndexOf(sought) >= 0)
                yield return process;
            else
                process.Dispose();
    }

    static byte[] Environ(int id)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // another user's, or gone
        }
    }
}
