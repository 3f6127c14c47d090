using static Trawl.Failures.FailureKind;
using static Trawl.Failures.NextStep;

namespace Trawl.Failures;

/// <summary>Every failure and what every door does about it: the only place where kinds become answers.</summary>
public static class FailureTable
{
    /// <summary>All rows, in the order of <see cref="FailureKind"/>.</summary>
    public static IReadOnlyList<FailureRule> Rules { get; } =
    [
        new(
            InvalidLink,
            "invalid-link",
            Stop,
            false,
            false,
            2,
            400,
            "This is not a link to a video we know.",
            "Copy the link again from the app or the address bar.",
            [Recovery.FreshLink]
        ),
        new(
            UnsupportedLink,
            "unsupported-link",
            Stop,
            false,
            false,
            2,
            400,
            "The link leads to something that is not a video.",
            "Give the link of a single video.",
            [Recovery.FreshLink]
        ),
        new(
            Gone,
            "gone",
            SecondOpinion,
            false,
            false,
            5,
            404,
            "The video has been deleted; a second source agrees.",
            "Nothing to do: it is not coming back.",
            []
        ),
        new(
            Private,
            "private",
            SecondOpinion,
            false,
            false,
            5,
            403,
            "The video or its account is private.",
            "Only its author can make it public.",
            [Recovery.LogIn]
        ),
        new(
            AgeRestricted,
            "age-restricted",
            SecondOpinion,
            false,
            false,
            5,
            403,
            "The video is shown to signed-in adults only.",
            "Add a strategy that can show it, such as tikwm.",
            [Recovery.OtherStrategy, Recovery.LogIn]
        ),
        new(
            RegionLocked,
            "region-locked",
            SecondOpinion,
            false,
            false,
            5,
            451,
            "The video is withheld in the region you ask from.",
            "Use a proxy in another region.",
            [Recovery.OtherNetwork]
        ),
        new(
            UnderReview,
            "under-review",
            SecondOpinion,
            false,
            true,
            5,
            409,
            "The platform is reviewing the video.",
            "Try again in a few hours.",
            [Recovery.RetryLater]
        ),
        new(
            LoginRequired,
            "login-required",
            NextStrategy,
            true,
            true,
            6,
            502,
            "The platform asks for a login.",
            "Try another strategy or another network.",
            [Recovery.LogIn, Recovery.OtherStrategy, Recovery.OtherNetwork]
        ),
        new(
            Challenged,
            "challenged",
            NextStrategy,
            true,
            true,
            6,
            502,
            "The platform answered with a challenge page.",
            "Slow down, or let a real browser answer it.",
            [Recovery.SlowDown, Recovery.OtherStrategy, Recovery.OtherNetwork]
        ),
        new(
            Blocked,
            "blocked",
            NextStrategy,
            true,
            true,
            6,
            502,
            "The platform refuses this client or network.",
            "Slow down, or use another network.",
            [Recovery.SlowDown, Recovery.OtherStrategy, Recovery.OtherNetwork]
        ),
        new(
            Unavailable,
            "unavailable",
            NextStrategy,
            false,
            true,
            4,
            503,
            "The video cannot be seen now, and no second source could say why.",
            "Try again later.",
            [Recovery.RetryLater, Recovery.OtherNetwork]
        ),
        new(
            RateLimited,
            "rate-limited",
            NextStrategy,
            false,
            true,
            4,
            503,
            "The platform asks us to slow down.",
            "Wait, then try again with fewer parallel downloads.",
            [Recovery.RetryLater, Recovery.SlowDown, Recovery.OtherNetwork]
        ),
        new(
            Network,
            "network",
            NextStrategy,
            true,
            true,
            4,
            502,
            "The connection failed.",
            "Check the network and the proxy, then try again.",
            [Recovery.RetryLater, Recovery.OtherNetwork]
        ),
        new(
            FailureKind.Timeout,
            "timeout",
            NextStrategy,
            true,
            true,
            4,
            504,
            "The answer took too long.",
            "Try again later, or allow more time.",
            [Recovery.RetryLater, Recovery.MoreTime]
        ),
        new(
            UpstreamError,
            "upstream-error",
            NextStrategy,
            true,
            true,
            4,
            502,
            "The platform answered with an error.",
            "Try again later.",
            [Recovery.RetryLater, Recovery.OtherStrategy]
        ),
        new(
            LayoutChanged,
            "layout-changed",
            NextStrategy,
            true,
            false,
            6,
            502,
            "The page no longer looks as we know it.",
            "Update Trawl; until then use another strategy.",
            [Recovery.Update, Recovery.OtherStrategy]
        ),
        new(
            AddressExpired,
            "address-expired",
            ResolveAgain,
            false,
            true,
            4,
            502,
            "The media address is no longer accepted.",
            "Try again: a fresh address is fetched.",
            [Recovery.RetryLater]
        ),
        new(
            WrongContent,
            "wrong-content",
            NextFormat,
            true,
            false,
            8,
            422,
            "What arrived is not the promised media.",
            "Try another format or strategy.",
            [Recovery.OtherFormat, Recovery.OtherStrategy, Recovery.LowerQuality, Recovery.SoundAlone]
        ),
        new(
            Truncated,
            "truncated",
            NextFormat,
            true,
            true,
            8,
            422,
            "The file ends too early.",
            "Try again: the download goes on from where it stopped.",
            [Recovery.RetryLater, Recovery.OtherFormat]
        ),
        new(
            NoSuitableFormat,
            "no-suitable-format",
            NextFormat,
            true,
            false,
            8,
            422,
            "No form of the video fits the wishes.",
            "Relax --format-policy or --max-height.",
            [Recovery.LowerQuality, Recovery.AllowWatermark, Recovery.SoundAlone]
        ),
        new(
            TooLarge,
            "too-large",
            NextFormat,
            false,
            false,
            8,
            422,
            "The file is larger than allowed.",
            "Raise the size limit or choose --format-policy smallest.",
            [Recovery.LowerQuality, Recovery.SoundAlone]
        ),
        new(
            RefusedAddress,
            "refused-address",
            NextStrategy,
            false,
            false,
            2,
            400,
            "The address leads to a place we do not visit.",
            "Give a public http or https address.",
            [Recovery.FreshLink, Recovery.OtherStrategy]
        ),
        new(
            StorageFull,
            "storage-full",
            Stop,
            false,
            true,
            7,
            507,
            "The disk is full.",
            "Free some space, then run the same command again.",
            [Recovery.FreeSpace]
        ),
        new(
            StorageDenied,
            "storage-denied",
            Stop,
            false,
            true,
            7,
            507,
            "The folder cannot be written.",
            "Check its owner and permissions.",
            []
        ),
        new(
            ToolMissing,
            "tool-missing",
            NextStrategy,
            false,
            false,
            9,
            503,
            "A program we need is not installed.",
            "Run `trawl doctor`: it says which and how to install it.",
            [Recovery.InstallTool, Recovery.OtherStrategy]
        ),
        new(
            ToolFailed,
            "tool-failed",
            NextStrategy,
            true,
            false,
            8,
            503,
            "A helper program failed.",
            "Run again with -v to see what it said.",
            [Recovery.OtherStrategy]
        ),
        new(
            WorkerLost,
            "worker-lost",
            Stop,
            false,
            false,
            8,
            503,
            "Each worker that took this work ended before it was done.",
            "Look into the logs of the workers for what ended them; `trawl jobs retry JOB` tries again.",
            []
        ),
        new(
            Resting,
            "resting",
            Stop,
            false,
            true,
            4,
            503,
            "Every strategy rests after too many failures, or has used up its quota.",
            "Wait, then try again; `trawl strategies list` shows why, `trawl strategies reset NAME` asks one at once.",
            [Recovery.RetryLater, Recovery.OtherStrategy, Recovery.OtherNetwork]
        ),
        new(
            ServiceUnavailable,
            "service-unavailable",
            Stop,
            false,
            true,
            10,
            503,
            "A service we depend on does not answer.",
            "Check the database and the broker.",
            [Recovery.RetryLater]
        ),
        new(Configuration, "configuration", Stop, false, false, 2, 500, "A setting is wrong.", "Correct the named setting.", []),
        new(
            Defect,
            "defect",
            Stop,
            false,
            true,
            1,
            500,
            "Trawl met a defect of its own.",
            "Please report it, with what the log says beside the reference.",
            [Recovery.RetryLater, Recovery.Update]
        ),
        new(
            Canceled,
            "canceled",
            Stop,
            false,
            true,
            130,
            499,
            "Stopped on request.",
            "Run the same command again to go on.",
            [Recovery.RetryLater]
        ),
    ];

    /// <summary>The row of a kind.</summary>
    public static FailureRule Rule(this FailureKind kind) => Rules[(int)kind];

    /// <summary>The one spelling of a kind on every wire, for example <c>age-restricted</c>.</summary>
    public static string Name(this FailureKind kind) => kind.Rule().Name;
}
