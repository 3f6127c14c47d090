namespace Trawl.Keyframes;

/// <summary>An uninterrupted shot.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="StartFrame">Its first frame.</param>
/// <param name="EndFrame">The first frame after it.</param>
/// <param name="Start">Where it starts, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
public sealed record Scene(int Number, int StartFrame, int EndFrame, double Start, double End);

/// <summary>A chosen picture of a scene.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Scene">The scene it shows.</param>
/// <param name="Time">Where it stands in the video, in seconds.</param>
/// <param name="Frame">Its frame number.</param>
/// <param name="Path">The picture's file.</param>
public sealed record Keyframe(int Number, int Scene, double Time, int Frame, string Path);

/// <summary>The scenes of a video and their pictures.</summary>
/// <param name="Probe">What the video is.</param>
/// <param name="Scenes">Its scenes, in order.</param>
/// <param name="Keyframes">Their pictures, in order.</param>
/// <param name="ContactSheet">One picture of all of them.</param>
public sealed record KeyframeSet(MediaProbe Probe, IReadOnlyList<Scene> Scenes, IReadOnlyList<Keyframe> Keyframes, string ContactSheet);
