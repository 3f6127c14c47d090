namespace Trawl.Keyframes;

/// <summary>A chosen picture of a scene.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Scene">The scene it shows.</param>
/// <param name="Time">Where it stands in the video, in seconds.</param>
/// <param name="Frame">Its frame number.</param>
/// <param name="Path">The picture's file.</param>
public sealed record Keyframe(Scene Scene, int Number, double Time, int Frame, string Path)
{
    /// <summary>How sharp it is: the variance of the Laplacian of its grey picture in full size.</summary>
    public double Sharpness { get; init; }

    /// <summary>Whether that is less than was asked for; nothing sharper was found in the scene.</summary>
    public bool IsSoft { get; init; }

    /// <summary>What it looks like: of two that look alike few bits differ.</summary>
    public ulong Hash { get; init; }

    /// <summary>Why it was chosen: its place, or what made it better than the frame at that place.</summary>
    public required string Why { get; init; }
}

/// <summary>A place that got no picture.</summary>
/// <param name="Scene">The scene's number.</param>
/// <param name="Time">When, in seconds.</param>
/// <param name="Why">Why not.</param>
public sealed record SkippedFrame(int Scene, double Time, string Why);

/// <summary>The scenes of a video and their pictures.</summary>
/// <param name="Probe">What the video is.</param>
/// <param name="Scenes">Its scenes, in order.</param>
/// <param name="Keyframes">Their pictures, in order.</param>
/// <param name="Skipped">The places that got none.</param>
public sealed record KeyframeSet(
    MediaProbe Probe,
    IReadOnlyList<Scene> Scenes,
    IReadOnlyList<Keyframe> Keyframes,
    IReadOnlyList<SkippedFrame> Skipped
);
