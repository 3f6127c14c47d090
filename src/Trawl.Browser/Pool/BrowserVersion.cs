using System.Collections.Concurrent;
using Trawl.Processes;

namespace Trawl.Browser.Pool;

/// <summary>The version a browser's program says it has, asked once.</summary>
public static class BrowserVersion
{
    static readonly ConcurrentDictionary<(string Program, DateTime Changed), Lazy<Task<string>>> Known = [];

    /// <summary>For example 156.0.8078.79.</summary>
    /// <exception cref="Failures.TrawlException">The program does not run.</exception>
    public static Task<string> OfAsync(string program) =>
        Known.GetOrAdd((program, File.GetLastWriteTimeUtc(program)), key => new Lazy<Task<string>>(() => AskAsync(key.Program))).Value;

    // Chromium 156.0.8078.79 built on Debian; Mozilla Firefox 153.7.0esr
    static async Task<string> AskAsync(string program)
    {
        var child = new ChildProcess(program, ["--version"])
        {
            Limits = new ChildLimits { Deadline = TimeSpan.FromSeconds(20), AddressSpace = 1L << 45 },
        };
        var words = (await child.RunAsync(CancellationToken.None).ConfigureAwait(false)).Text.Split(' ');
        return Array.Find(words, w => w.Length > 0 && char.IsAsciiDigit(w[0]))?.TrimEnd('e', 's', 'r', '\n') ?? "";
    }
}
