namespace Trawl.Failures;

/// <summary>A way out of a failure that a person or a program can take.</summary>
public enum Recovery
{
    RetryLater,
    SlowDown,
    MoreTime,
    OtherStrategy,
    OtherFormat,
    LowerQuality,
    SoundAlone,
    AllowWatermark,
    OtherNetwork,
    FreshLink,
    LogIn,
    FreeSpace,
    InstallTool,
    Update,
}

/// <summary>What each way out is for people.</summary>
public static class Recoveries
{
    /// <summary>A sentence that says what to do.</summary>
    public static string Sentence(this Recovery recovery) =>
        recovery switch
        {
            Recovery.RetryLater => "Try the same again later.",
            Recovery.SlowDown => "Ask for less at a time, or at another hour.",
            Recovery.MoreTime => "Allow more time.",
            Recovery.OtherStrategy => "Let another strategy try: see `trawl strategies list`.",
            Recovery.OtherFormat => "Ask for another format: `trawl explain` shows which there are.",
            Recovery.LowerQuality => "Ask for a lower quality with --max-height.",
            Recovery.SoundAlone => "Take the sound alone with --format-policy audio.",
            Recovery.AllowWatermark => "Allow the watermark with --allow-watermark.",
            Recovery.OtherNetwork => "Go out by another network or proxy.",
            Recovery.FreshLink => "Copy the link again and check that it opens in a browser.",
            Recovery.LogIn => "Give the cookies of a browser that is logged in.",
            Recovery.FreeSpace => "Make room on the disk.",
            Recovery.InstallTool => "Install what is missing: `trawl doctor` says how.",
            Recovery.Update => "Update Trawl.",
            _ => throw new ArgumentOutOfRangeException(nameof(recovery), recovery, "A way out without a sentence."),
        };
}
