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
    /// <summary>The arguments of an input of ffmpeg.</summary>
    public static IReadOnlyList<string> SkippedFrames(this Decoding decoding) =>
        decoding switch
        {
            Decoding.References => ["-skip_frame", "noref"],
            Decoding.Forward => ["-skip_frame", "bidir"],
            Decoding.Whole => ["-skip_frame", "nokey"],
            _ => [],
        };
}
