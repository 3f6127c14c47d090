using System.Text.RegularExpressions;
using Trawl.Failures;
using Trawl.Processes;

namespace Trawl.Platforms.YtDlp;

/// <summary>What the messages of yt-dlp mean. Only its <c>ERROR:</c> lines count, and of those whole words: titles are in them, too.</summary>
static partial class YtDlpFailure
{
    const int LongestShown = 200;
    const RegexOptions Words = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture;

    /// <summary>The detail of every answer that means "we take you for a robot".</summary>
    public const string AntiBot = "ANTI_BOT";

    /// <summary>The detail of every answer that means the whole address is refused for a while, not this item alone.</summary>
    public const string WholeHost = "ANTI_BOT_HOST";

    /// <summary>The detail of what a newer yt-dlp, or a JavaScript runtime beside it, would mend.</summary>
    public const string TooOld = "YTDLP_TOO_OLD";

    /// <summary>The command that mends what <see cref="TooOld"/> says.</summary>
    public const string Remedy =
        "Run `trawl deps update yt-dlp`; for YouTube it also needs a JavaScript runtime (deno, node, bun or quickjs).";

    // the first that fits: what is said of one post before what is said of many
    static readonly Meaning[] Meanings =
    [
        new(Unsupported, FailureKind.UnsupportedLink),
        new(Robot, FailureKind.Challenged, WholeHost),
        new(RiskControl, FailureKind.Blocked, WholeHost),
        new(Puzzle, FailureKind.Challenged, AntiBot),
        new(Members, FailureKind.LoginRequired, "MEMBERS_ONLY") { IsOfContent = true },
        new(Soon, FailureKind.Unavailable, "NOT_YET"),
        new(Drm, FailureKind.NoSuitableFormat, "DRM") { IsOfContent = true },
        new(Outdated, FailureKind.ToolMissing, TooOld),
        new(NoFormat, FailureKind.NoSuitableFormat),
        new(LargerThanAllowed, FailureKind.TooLarge, "SIZE_LIMIT_EXCEEDED"),
        new(DiskFull, FailureKind.StorageFull),
        new(AddressBlocked, FailureKind.Gone, "IP_BLOCKED"),
        new(Private, FailureKind.Private),
        new(Age, FailureKind.AgeRestricted),
        new(Region, FailureKind.RegionLocked),
        new(Login, FailureKind.LoginRequired),
        new(Limited, FailureKind.RateLimited, AntiBot),
        new(Forbidden, FailureKind.Blocked, AntiBot),
        new(Unknown, FailureKind.Gone),
        new(Server, FailureKind.UpstreamError),
        new(Connection, FailureKind.Network),
        new(Extract, FailureKind.Blocked, AntiBot),
        new(AnyStatus, FailureKind.UpstreamError, AntiBot),
    ];

    /// <summary>What a run that failed means.</summary>
    /// <param name="result">The run.</param>
    /// <param name="asked">Whether a certain format was asked for: then others may be there.</param>
    public static TrawlException From(ChildResult result, bool asked = true)
    {
        var lines = result.Messages.Split('\n', StringSplitOptions.TrimEntries);
        var warnings = Warnings(lines);
        var error = Array.FindLast(lines, l => l.StartsWith("ERROR:", StringComparison.Ordinal));
        if (error is null)
        {
            var tooLarge = LargerThanAllowed().IsMatch(result.Messages);
            return tooLarge
                ? new(FailureKind.TooLarge, "yt-dlp stopped: the file is larger than allowed.")
                {
                    Detail = "SIZE_LIMIT_EXCEEDED",
                    Warnings = warnings,
                }
                : new(FailureKind.ToolFailed, $"yt-dlp ended with code {result.ExitCode} and gave no reason.")
                {
                    Detail = $"EXIT_{result.ExitCode}",
                    Warnings = warnings,
                };
        }
        var meaning = Array.Find(Meanings, m => m.Says().IsMatch(error));
        // none of the formats there are is a video: pictures are all that an old version, or one without a runtime, is shown
        if (meaning is { Kind: FailureKind.NoSuitableFormat, Detail: null } && (!asked || warnings.Any(w => Outdated().IsMatch(w))))
            meaning = new(NoFormat, FailureKind.ToolMissing, TooOld);
        // an address that its script did not unlock is refused when it is fetched
        if (meaning?.Kind == FailureKind.Blocked && warnings.Any(w => Unsolved().IsMatch(w)))
            meaning = new(Forbidden, FailureKind.ToolMissing, TooOld);
        var advice = meaning?.Detail == TooOld ? $" {Remedy}" : "";
        return new TrawlException(meaning?.Kind ?? FailureKind.ToolFailed, $"yt-dlp: {Shown(error["ERROR:".Length..])}{advice}")
        {
            Detail = meaning?.Detail,
            IsOfContent = meaning?.IsOfContent == true,
            Warnings = warnings,
        };
    }

    /// <summary>What it warned of; at most five, each once.</summary>
    public static IReadOnlyList<string> Warnings(IEnumerable<string> lines) =>
        [
            .. lines
                .Where(l => l.StartsWith("WARNING:", StringComparison.Ordinal))
                .Select(l => Shown(l["WARNING:".Length..]))
                .Distinct(StringComparer.Ordinal)
                .Take(5),
        ];

    sealed record Meaning(Func<Regex> Says, FailureKind Kind, string? Detail = null)
    {
        public bool IsOfContent { get; init; }
    }

    // without signatures, control characters and the advice to file a bug
    static string Shown(string error)
    {
        var text = Query().Replace(error.Trim(), "?…");
        var advice = text.IndexOf("; please report", StringComparison.Ordinal);
        text = new string([.. (advice > 0 ? text[..advice] : text).Where(c => !char.IsControl(c))]);
        return text.Length > LongestShown ? text[..LongestShown] + "…" : text;
    }

    [GeneratedRegex(@"\?[^\s""']+", RegexOptions.NonBacktracking)]
    private static partial Regex Query();

    [GeneratedRegex(@"Unsupported URL|No suitable extractor|is not a valid URL", Words)]
    private static partial Regex Unsupported();

    [GeneratedRegex(@"Sign in to confirm you.{1,8}re not a bot", Words)]
    private static partial Regex Robot();

    // Bilibili's
    [GeneratedRegex(@"HTTP Error 412\b", Words)]
    private static partial Regex RiskControl();

    [GeneratedRegex(@"Unexpected response from webpage request|Unable to (solve JS challenge|extract challenge data)", Words)]
    private static partial Regex Puzzle();

    [GeneratedRegex(@"Join this channel|\bmembers[- ]only\b|available to this channel.{1,8}s members", Words)]
    private static partial Regex Members();

    [GeneratedRegex(
        @"\bPremieres in\b|live event will begin|live stream recording is not available|live recording is not available",
        Words
    )]
    private static partial Regex Soon();

    [GeneratedRegex(@"\bDRM[- ]protected\b|\bis DRM\b|\bDRM protection\b", Words)]
    private static partial Regex Drm();

    [GeneratedRegex(
        @"page needs to be reloaded|Failed to extract any player response|Precondition check failed|Only images are available",
        Words
    )]
    private static partial Regex Outdated();

    [GeneratedRegex(
        @"(nsig|Signature) extraction failed|challenge solving failed|Signature solving failed|No supported JavaScript runtime",
        Words
    )]
    private static partial Regex Unsolved();

    [GeneratedRegex(@"Your IP address is blocked from accessing this post", Words)]
    private static partial Regex AddressBlocked();

    [GeneratedRegex(@"Requested format is not available|No (video )?formats found", Words)]
    private static partial Regex NoFormat();

    [GeneratedRegex(@"larger than max-filesize", Words)]
    private static partial Regex LargerThanAllowed();

    [GeneratedRegex(@"No space left on device", Words)]
    private static partial Regex DiskFull();

    [GeneratedRegex(@"\b(is|video|account) private\b|\bprivate (video|account)\b|do not have permission to view this post", Words)]
    private static partial Regex Private();

    [GeneratedRegex(@"confirm your age|\bage[- ]restricted\b", Words)]
    private static partial Regex Age();

    [GeneratedRegex(
        @"\bnot (made this video )?available (in|from) your (country|location|region)|\bblocked it in your country|\bgeo[- ]?restrict",
        Words
    )]
    private static partial Regex Region();

    [GeneratedRegex(
        @"HTTP Error 401\b|\b(log|sign) in (to|for|if)\b|\blogin required\b|requiring login for access|\brequires (a )?login\b",
        Words
    )]
    private static partial Regex Login();

    [GeneratedRegex(@"HTTP Error 429\b|\brate[- ]limit|\btoo many requests\b", Words)]
    private static partial Regex Limited();

    [GeneratedRegex(@"HTTP Error 403\b|\bforbidden\b|\baccess denied\b", Words)]
    private static partial Regex Forbidden();

    [GeneratedRegex(
        @"HTTP Error (404|410)\b|\b(video|post|this) (is )?(un|not |no longer )available\b|has been (removed|deleted)|does not exist",
        Words
    )]
    private static partial Regex Unknown();

    [GeneratedRegex(@"HTTP Error 5\d\d\b", Words)]
    private static partial Regex Server();

    [GeneratedRegex(
        @"\btimed out\b|\btimeout\b|curl: \(\d+\)|TLS connect error|Name or service not known|Connection (refused|reset|aborted)|Tunnel connection failed|Unable to connect|CERTIFICATE_VERIFY_FAILED|Remote end closed|IncompleteRead|urlopen error|bytes read, \d+ more expected",
        Words
    )]
    private static partial Regex Connection();

    [GeneratedRegex(@"\bUnable to extract\b", Words)]
    private static partial Regex Extract();

    [GeneratedRegex(@"\bHTTP Error \d\d\d\b", Words)]
    private static partial Regex AnyStatus();
}
