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

    static readonly (Func<Regex> Says, FailureKind Kind, string? Detail)[] Meanings =
    [
        (Unsupported, FailureKind.UnsupportedLink, null),
        (NoFormat, FailureKind.NoSuitableFormat, null),
        (TooLarge, FailureKind.TooLarge, "SIZE_LIMIT_EXCEEDED"),
        (DiskFull, FailureKind.StorageFull, null),
        (Private, FailureKind.Private, null),
        (Age, FailureKind.AgeRestricted, null),
        (Region, FailureKind.RegionLocked, null),
        (Login, FailureKind.LoginRequired, null),
        (Limited, FailureKind.RateLimited, AntiBot),
        (Forbidden, FailureKind.Blocked, AntiBot),
        (Unknown, FailureKind.Gone, null),
        (Server, FailureKind.UpstreamError, null),
        (Late, FailureKind.Timeout, null),
        (Connection, FailureKind.Network, null),
        (Extract, FailureKind.Blocked, AntiBot),
        (AnyStatus, FailureKind.UpstreamError, AntiBot),
    ];

    public static TrawlException From(ChildResult result)
    {
        var error = result.Messages.Split('\n').LastOrDefault(l => l.StartsWith("ERROR:", StringComparison.Ordinal));
        if (error is null)
        {
            var tooLarge = TooLarge().IsMatch(result.Messages);
            return tooLarge
                ? new(FailureKind.TooLarge, "yt-dlp stopped: the file is larger than allowed.") { Detail = "SIZE_LIMIT_EXCEEDED" }
                : new(FailureKind.ToolFailed, $"yt-dlp ended with code {result.ExitCode} and gave no reason.")
                {
                    Detail = $"EXIT_{result.ExitCode}",
                };
        }
        var meaning = Array.Find(Meanings, m => m.Says().IsMatch(error));
        var kind = meaning.Says is null ? FailureKind.ToolFailed : meaning.Kind;
        return new TrawlException(kind, $"yt-dlp: {Shown(error)}") { Detail = meaning.Detail };
    }

    // without signatures, control characters and the advice to file a bug
    static string Shown(string error)
    {
        var text = Query().Replace(error["ERROR:".Length..].Trim(), "?…");
        var advice = text.IndexOf("; please report", StringComparison.Ordinal);
        text = new string([.. (advice > 0 ? text[..advice] : text).Where(c => !char.IsControl(c))]);
        return text.Length > LongestShown ? text[..LongestShown] + "…" : text;
    }

    [GeneratedRegex(@"\?[^\s""']+", RegexOptions.NonBacktracking)]
    private static partial Regex Query();

    [GeneratedRegex(@"Unsupported URL|No suitable extractor|is not a valid URL", Words)]
    private static partial Regex Unsupported();

    [GeneratedRegex(@"Requested format is not available|No (video )?formats found", Words)]
    private static partial Regex NoFormat();

    [GeneratedRegex(@"larger than max-filesize", Words)]
    private static partial Regex TooLarge();

    [GeneratedRegex(@"No space left on device", Words)]
    private static partial Regex DiskFull();

    [GeneratedRegex(@"\b(is|video|account) private\b|\bprivate (video|account)\b", Words)]
    private static partial Regex Private();

    [GeneratedRegex(@"confirm your age|\bage[- ]restricted\b", Words)]
    private static partial Regex Age();

    [GeneratedRegex(
        @"\bnot (made this video )?available (in|from) your (country|location|region)|\bblocked it in your country|\bgeo[- ]?restrict",
        Words
    )]
    private static partial Regex Region();

    [GeneratedRegex(@"HTTP Error 401\b|\b(log|sign) in (to|for|if)\b|\blogin required\b|\brequires (a )?login\b", Words)]
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

    [GeneratedRegex(@"\btimed out\b|\btimeout\b", Words)]
    private static partial Regex Late();

    [GeneratedRegex(
        @"Name or service not known|Connection (refused|reset|aborted)|Tunnel connection failed|Unable to connect|CERTIFICATE_VERIFY_FAILED|Remote end closed|IncompleteRead|urlopen error|bytes read, \d+ more expected",
        Words
    )]
    private static partial Regex Connection();

    [GeneratedRegex(@"\bUnable to extract\b", Words)]
    private static partial Regex Extract();

    [GeneratedRegex(@"\bHTTP Error \d\d\d\b", Words)]
    private static partial Regex AnyStatus();
}
