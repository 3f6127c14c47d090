using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Failures;
using Trawl.Processes;

namespace Trawl.App.Operations;

/// <summary>The doctor's look at browsers, which only the resolver service and the strategy <c>browser</c> need.</summary>
static class Browsers
{
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(BrowserOptions options) =>
        [
            await ProgramAsync(options, BrowserEngine.Chromium, "chromium", "apt-get install chromium"),
            await CamoufoxAsync(options),
            Display(),
        ];

    static async Task<Finding> CamoufoxAsync(BrowserOptions options)
    {
        var finding = await ProgramAsync(
            options,
            BrowserEngine.Camoufox,
            "camoufox",
            "apt-get install firefox-esr, or set Browser:Camoufox"
        );
        return finding.Health != Health.Good || options.Camoufox is not null
            ? finding
            : finding with
            {
                Health = Health.Doubtful,
                Says = $"not configured; {finding.Says} stands in for it",
                Advice = "Camoufox is harder to tell from a person: set Browser:Camoufox where sites mind",
            };
    }

    static async Task<Finding> ProgramAsync(BrowserOptions options, BrowserEngine engine, string name, string advice)
    {
        if (BrowserPrograms.Find(options, engine) is not { } program)
            return new Finding(Health.Doubtful, name, "is not installed; only `serve` and the strategy `browser` need it", advice);
        try
        {
            return new Finding(Health.Good, name, $"{program} {await BrowserVersion.OfAsync(program)}");
        }
        catch (TrawlException e)
        {
            return new Finding(Health.Bad, name, e.Message, advice);
        }
    }

    static Finding Display() =>
        Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } display ? new Finding(Health.Good, "display", display)
        : ChildProcess.Find("Xvfb") is not null ? new Finding(Health.Good, "display", "none; Xvfb is started when a window is needed")
        : new Finding(Health.Doubtful, "display", "none, and no Xvfb: browsers cannot have windows", "apt-get install xvfb");
}
