namespace Trawl.Keyframes;

/// <summary>Which frames of a video are decoded.</summary>
public enum Decoding
{
    /// <summary>Every frame.</summary>
    All,

    /// <summary>Those that other frames refer to; they are exactly what they would be otherwise.</summary>
    References,

    /// <summary>Those that refer to earlier frames only; good enough to look at, not to keep.</summary>
    Forward,

    /// <summary>Those that were stored whole.</summary>
    Whole,
}

static class DecodingArguments
{
    /// <summary>ffmpeg's name for what is left out.</summary>
    public static string Skipped(this Decoding decoding) =>
        decoding switch
        {
            Decoding.References => "noref",
            Decoding.Forward => "bidir",
            Decoding.Whole => "nokey",
            _ => "default",
        };

    /// <summary>The arguments of an input of ffmpeg.</summary>
    public static IReadOnlyList<string> SkippedFrames(this Decoding decoding) =>
        decoding == Decoding.All ? [] : ["-skip_frame", decoding.Skipped()];
}
