using System.Net;
using System.Text.RegularExpressions;
using Trawl.App.Storage;
using Trawl.Browser;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Keyframes;
using Trawl.Platforms.YtDlp;
using Trawl.Processes;
using Trawl.Strategies;

namespace Trawl.App.Operations;

/// <summary>How well something is.</summary>
enum Health
{
    Good,
    Doubtful,
    Bad,
}

/// <summary>One line of the doctor's report.</summary>
sealed record Finding(Health Health, string What, string Says, string? Advice = null)
{
    public string ToText()
    {
        var sign = Health switch
        {
            Health.Good => "ok  ",
            Health.Doubtful => "warn",
            _ => "BAD ",
        };
        return $"{sign} {What, -12} {Says}{(Advice is null ? "" : $"\n     {"", -12} {Advice}")}";
    }

    public string ToJson() =>
        JsonText.Line(writer =>
        {
            writer.WriteString("what", What);
            writer.WriteString("health", Health.ToString().ToLowerInvariant());
            writer.WriteString("says", Says);
            writer.WriteString("advice", Advice);
        });
}

/// <summary>Looks at what Trawl needs of its surroundings.</summary>
static partial class Doctor
{
    const long EnoughSpace = 2L << 30;

    // the first releases without CVE-2026-8461
    static readonly Version[] SafeFfmpeg = [new(7, 1, 5), new(8, 0, 3), new(8, 1, 2)];

    static readonly TimeSpan OldYtDlp = TimeSpan.FromDays(90);

    public static async Task<IReadOnlyList<Finding>> ExamineAsync(
        TrawlClient trawl,
        BrowserOptions browser,
        string folder,
        CancellationToken cancellation
    ) =>
        [
            await FfmpegAsync(cancellation),
            await ProgramAsync("ffprobe", "-version", Health.Bad, "apt-get install ffmpeg", cancellation),
            Libraries(),
            Confined(),
            await YtDlpAsync(trawl.Options.YtDlp.Program, cancellation),
            await JsRuntimeAsync(cancellation),
            .. await Browsers.ExamineAsync(browser),
            .. Strategies(trawl),
            .. Doors(trawl),
            .. await SessionsAsync(trawl, cancellation),
            Folder(folder),
            Space(folder),
            Proxy(),
            Guard(),
        ];

    static async Task<Finding> FfmpegAsync(CancellationToken cancellation)
    {
        var finding = await ProgramAsync("ffmpeg", "-version", Health.Bad, "apt-get install ffmpeg", cancellation);
        if (
            finding.Health == Health.Bad
            || Release().Match(finding.Says) is not { Success: true } match
            || !Version.TryParse(match.Value, out var version)
        )
            return finding;
        var safe =
            Array.Exists(SafeFfmpeg, s => s.Major == version.Major && s.Minor == version.Minor && version >= s) || version > SafeFfmpeg[^1];
        return safe
            ? finding
            : finding with
            {
                Health = Health.Doubtful,
                Advice = "older than the fix of CVE-2026-8461; Trawl refuses the codec concerned, but update when you can",
            };
    }

    static Finding Confined() =>
        Confinement.Missing is []
            ? new Finding(Health.Good, "confinement", "decoders reach one file and one folder, and no network")
            : new Finding(
                Health.Doubtful,
                "confinement",
                $"this machine cannot enforce: {string.Join(", ", Confinement.Missing)}",
                "decoders of foreign media can reach more than they need: see docs/security.md"
            );

    static Finding Libraries() =>
        ExtractorLoop.CanRun
            ? new Finding(Health.Good, "libavcodec", "many videos are decoded by ffmpeg's libraries")
            : new Finding(
                Health.Doubtful,
                "libavcodec",
                "the libraries of ffmpeg 5 are not here",
                "the ffmpeg program decodes instead, which costs more where there are many videos"
            );

    static async Task<Finding> YtDlpAsync(string program, CancellationToken cancellation)
    {
        const string Advice = "needed for YouTube and further sites: trawl deps update yt-dlp";
        var finding = (await ProgramAsync(program, "--version", Health.Doubtful, Advice, cancellation)) with { What = "yt-dlp" };
        if (finding.Health != Health.Good || YtDlpProgram.AgeOf(finding.Says, TimeProvider.System.GetUtcNow()) is not { } age)
            return finding;
        var says = $"{finding.Says}, {age.TotalDays:0} days old";
        return age < OldYtDlp
            ? finding with
            {
                Says = says,
            }
            : finding with
            {
                Health = Health.Doubtful,
                Says = says,
                Advice = "sites change faster than that: trawl deps update yt-dlp",
            };
    }

    static async Task<Finding> JsRuntimeAsync(CancellationToken cancellation)
    {
        const string Advice = "YouTube shows yt-dlp few forms or none without: deno 2.3, node 22, bun 1.2.11 or quickjs";
        foreach (var (name, program, least) in YtDlpProgram.Runtimes.Where(r => ChildProcess.Find(r.Program) is not null))
        {
            var finding = await ProgramAsync(program, "--version", Health.Doubtful, Advice, cancellation);
            var version = Release().Match(finding.Says) is { Success: true } match ? Version.Parse(match.Value) : new Version(0, 0);
            return version >= least
                ? new Finding(Health.Good, "javascript", $"{name} {version} runs what YouTube asks of yt-dlp")
                : new Finding(Health.Doubtful, "javascript", $"{name} {version} is older than yt-dlp wants ({least})", Advice);
        }
        return new Finding(Health.Doubtful, "javascript", "no runtime is here", Advice);
    }

    static IEnumerable<Finding> Doors(TrawlClient trawl) =>
        trawl
            .Sites.Doors.States.Where(d => d.ClosedFor is not null)
            .Select(d => new Finding(
                Health.Doubtful,
                $"door {d.Door}",
                $"{d.Site} refused us there by {d.Way} ({d.LastRefusal?.Name()}); passed over for {d.ClosedFor!.Value.TotalSeconds:0} s",
                "the other doors are asked; trawl canary tells what changed"
            ));

    static async Task<IEnumerable<Finding>> SessionsAsync(TrawlClient trawl, CancellationToken cancellation) =>
        (await trawl.Sites.Sessions.ListAsync(cancellation)).Select(s => new Finding(
            Health.Good,
            "session",
            $"{s.Site} by {s.Way}, given to {s.Browser} {(TimeProvider.System.GetUtcNow() - s.TakenAt).TotalMinutes:0} min ago, has brought {s.Posts} posts"
        ));

    static IEnumerable<Finding> Strategies(TrawlClient trawl) =>
        trawl
            .Platforms.All.SelectMany(p => trawl.Platforms.ChainOf(p).Strategies)
            .DistinctBy(s => s.Name)
            .Select(s =>
                s.Obstacle is { } obstacle ? new Finding(Health.Doubtful, $"strategy {s.Name}", $"steps aside: {obstacle}")
                : WarningsOf(trawl, s) is [_, ..] warnings
                    ? new Finding(Health.Doubtful, $"strategy {s.Name}", $"can be asked, but warns: {string.Join("; ", warnings)}")
                : new Finding(Health.Good, $"strategy {s.Name}", "can be asked")
            );

    static IReadOnlyList<string> WarningsOf(TrawlClient trawl, Strategy strategy) =>
        [
            .. trawl
                .Platforms.All.Select(trawl.Platforms.ChainOf)
                .SelectMany(c => c.Strategies.Where(s => s.Name == strategy.Name).SelectMany(s => c.HealthOf(s).Warnings))
                .Distinct(),
        ];

    static async Task<Finding> ProgramAsync(string program, string question, Health absence, string advice, CancellationToken cancellation)
    {
        try
        {
            var result = await new ChildProcess(program, [question])
            {
                Limits = new ChildLimits { Deadline = TimeSpan.FromSeconds(20) },
            }.RunAsync(cancellation);
            return new Finding(Health.Good, program, result.Text.Split('\n')[0]);
        }
        catch (TrawlException e)
        {
            return new Finding(absence, program, e.Message, advice);
        }
    }

    static Finding Folder(string folder)
    {
        var probe = Path.Combine(folder, $".trawl-probe-{Environment.ProcessId}");
        try
        {
            DurableFile.MakeFolder(folder);
            DurableFile.Write(probe, "probe"u8);
            File.Delete(probe);
            return new Finding(Health.Good, "folder", $"{Path.GetFullPath(folder)} can be written, flushed and renamed in");
        }
        catch (TrawlException e)
        {
            return new Finding(Health.Bad, "folder", e.Message, e.Rule.Suggestion);
        }
    }

    static Finding Space(string folder)
    {
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        var says = $"{free / (1 << 20)} MiB free";
        return free >= EnoughSpace
            ? new Finding(Health.Good, "space", says)
            : new Finding(Health.Doubtful, "space", says, "free some: videos take 1 to 500 MB each");
    }

    static Finding Proxy()
    {
        var target = new Uri("https://www.tiktok.com/");
        var proxy = System.Net.Http.HttpClient.DefaultProxy.GetProxy(target);
        return new Finding(Health.Good, "proxy", proxy is null || proxy == target ? "none" : proxy.Masked());
    }

    // the cloud's metadata address must never be reached
    static Finding Guard()
    {
        string[] forbidden = ["169.254.169.254", "127.0.0.1", "10.0.0.5", "::1", "::ffff:10.0.0.5", "64:ff9b::7f00:1", "2002:7f00:1::"];
        var open = forbidden.Where(a => HostGuard.IsPublic(IPAddress.Parse(a))).ToList();
        return open.Count == 0
            ? new Finding(Health.Good, "guard", "private and metadata addresses are refused")
            : new Finding(Health.Bad, "guard", $"{string.Join(", ", open)} would be visited", "do not run this build");
    }

    [GeneratedRegex(@"\d+\.\d+(?:\.\d+)?", RegexOptions.NonBacktracking)]
    private static partial Regex Release();
}
