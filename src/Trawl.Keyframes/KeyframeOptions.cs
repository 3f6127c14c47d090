using System.Globalization;

namespace Trawl.Keyframes;

/// <summary>Where the pictures of a video are taken.</summary>
public enum KeyframeMode
{
    /// <summary>One in the middle of each scene; several where there is but one scene.</summary>
    Scene,

    /// <summary>
    /// One of each shot, found by a detector that is not taken in by flashes, captions and moving cameras; the picture is one that is cheap to reach
    /// inside the shot.
    /// </summary>
    ScenePlus,

    /// <summary>
    /// As <see cref="ScenePlus"/>, cheaper and not quite as right: half of the frames it looks at are left out as well, and a shot has a picture only
    /// if one of its frames was stored whole.
    /// </summary>
    Fast,

    /// <summary>One every so many seconds (<see cref="KeyframeOptions.Interval"/>).</summary>
    Interval,

    /// <summary>So many, evenly spread (<see cref="KeyframeOptions.Count"/>).</summary>
    Count,

    /// <summary>Every frame that was stored whole.</summary>
    IFrame,

    /// <summary>As pipelines did until November 2025: by the length of the video, scenes unseen.</summary>
    LegacyLength,

    /// <summary>As pipelines did with AV1: one, three or five evenly spread.</summary>
    Av1Uniform,
}

/// <summary>How pictures are stored.</summary>
public enum PictureFormat
{
    Jpg,
    Png,
    Webp,
}

/// <summary>How pictures are named.</summary>
public enum PictureNames
{
    /// <summary>By number and second: <c>0002_001.800.jpg</c>.</summary>
    Readable,

    /// <summary>By second with two decimals: <c>frame_1_80s.jpg</c>. Of two at the same hundredth the later stands.</summary>
    Pipeline,
}

/// <summary>What is wanted of keyframes.</summary>
public sealed record KeyframeOptions
{
    /// <summary>Where they are taken. Default: in the middle of each scene.</summary>
    public KeyframeMode Mode { get; init; }

    /// <summary>The time between two, for <see cref="KeyframeMode.Interval"/>. Default: 2 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many, for <see cref="KeyframeMode.Count"/>. Default: 5.</summary>
    public int Count { get; init; } = 5;

    /// <summary>The most pictures of one video; 0 for no limit. Default: 50.</summary>
    public int Most { get; init; } = 50;

    /// <summary>The variance of the Laplacian below which a picture is not sharp. Default: 100.</summary>
    public double LeastSharpness { get; init; } = 100;

    /// <summary>
    /// Whether a picture that is not sharp is thrown away, and nothing else is judged. Default: no, its scene's sharpest takes its place; a scene
    /// goes without a picture only if it is black or white, or looks like one before it.
    /// </summary>
    public bool StrictBlur { get; init; }

    /// <summary>How they are stored. Default: JPEG.</summary>
    public PictureFormat Format { get; init; }

    internal string Extension => Format.ToString().ToLowerInvariant();

    /// <summary>How good, from 1 to 100. Default: 90.</summary>
    public int Quality { get; init; } = 90;

    /// <summary>The largest side, in pixels. Default: null, as large as the video.</summary>
    public int? Size { get; init; }

    /// <summary>How they are named. Default: readable.</summary>
    public PictureNames Names { get; init; }

    internal string NameOf(int number, double time) =>
        Names == PictureNames.Pipeline
            ? $"frame_{time.ToString("0.00", CultureInfo.InvariantCulture).Replace('.', '_')}s.{Extension}"
            : string.Create(CultureInfo.InvariantCulture, $"{number:0000}_{time:000.000}.{Extension}");
}
