using Trawl.Failures;
using Trawl.Processes;

namespace Trawl.Browser.Pool;

/// <summary>Which programs browsers are.</summary>
public static class BrowserPrograms
{
    static readonly string[] Chromiums = ["chromium", "chromium-browser", "google-chrome"];
    static readonly string[] Firefoxes = ["firefox-esr", "firefox"];

    /// <summary>Where the program of an engine lies; null when there is none.</summary>
    public static string? Find(BrowserOptions options, BrowserEngine engine) =>
        engine == BrowserEngine.Chromium
            ? Find(options.Chromium, Chromiums)
            : Find(options.Camoufox, []) ?? Find(options.Firefox, Firefoxes);

    /// <summary>Where the program of an engine lies.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolMissing"/></exception>
    public static string Require(BrowserOptions options, BrowserEngine engine) =>
        Find(options, engine)
        ?? throw new TrawlException(
            FailureKind.ToolMissing,
            engine == BrowserEngine.Chromium
                ? "There is no Chromium here: install it (apt-get install chromium) or set Browser:Chromium."
                : "There is no Camoufox and no Firefox here: install one (apt-get install firefox-esr) or set Browser:Camoufox."
        );

    static string? Find(string? configured, string[] names) =>
        configured is { Length: > 0 }
            ? ChildProcess.Find(configured)
            : names.Select(ChildProcess.Find).FirstOrDefault(found => found is not null);
}
