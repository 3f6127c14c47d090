namespace Trawl.Keyframes;

/// <summary>What one look at a whole video found.</summary>
/// <param name="Scenes">Its scenes, in order.</param>
/// <param name="Scores">How much each frame that was looked at differs from the one before, in grey levels.</param>
/// <param name="Sharpness">How sharp each of them is, small as it was looked at; only to be compared with each other.</param>
public sealed record SceneList(IReadOnlyList<Scene> Scenes, IReadOnlyList<FrameScore> Scores, IReadOnlyList<FrameScore> Sharpness)
{
    /// <summary>The frames that were decoded, where not all were.</summary>
    public IReadOnlyList<int> Decoded { get; init; } = [];
}

/// <summary>A number that says something about a frame.</summary>
public readonly record struct FrameScore(int Frame, double Value);

/// <summary>Decodes a video once, every second frame of it small, and lets the <see cref="AdaptiveDetector"/> find its scenes.</summary>
public sealed class SceneDetector
{
    const int EveryFrame = 2;
    const int LargestSide = 32;
    const double Rounding = 0.001;

    readonly IDecoder _decoder;

    /// <summary>With the ffmpeg program.</summary>
    public SceneDetector(Ffmpeg ffmpeg)
        : this(new FfmpegDecoder(ffmpeg)) { }

    internal SceneDetector(IDecoder decoder) => _decoder = decoder;

    /// <summary>The scenes of a video; one scene for a video without cuts.</summary>
    public async Task<SceneList> DetectAsync(string path, MediaProbe probe, CancellationToken cancellation)
    {
        var sampler = new TapSampler(probe.Width, probe.Height);
        var detector = new AdaptiveDetector();
        List<FrameScore> scores = [];
        List<FrameScore> sharpness = [];
        await _decoder.SampleAsync(path, EveryFrame, sampler, Look, cancellation).ConfigureAwait(false);
        return new SceneList(ToScenes(detector.Cuts, probe.Timeline), scores, sharpness);

        void Look(ReadOnlySpan<byte> value)
        {
            var number = scores.Count * EveryFrame;
            scores.Add(new FrameScore(number, detector.Add(number, value)));
            sharpness.Add(new FrameScore(number, PixelMath.Sharpness(value, sampler.Width, sampler.Height)));
        }
    }

    /// <summary>The shots of a video, by the <see cref="ShotDetector"/>: frames that no other needs are not even decoded, the rest is looked at very small.</summary>
    /// <param name="path">The video.</param>
    /// <param name="probe">What it is.</param>
    /// <param name="decoding">Which frames are decoded.</param>
    /// <param name="drafts">A folder for what is needed on the way.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<SceneList> DetectShotsAsync(
        string path,
        MediaProbe probe,
        Decoding decoding,
        string drafts,
        CancellationToken cancellation
    )
    {
        var longest = (double)Math.Max(probe.Width, probe.Height);
        var (width, height) = (Side(probe.Width), Side(probe.Height));
        var detector = new ShotDetector(width, height);
        var shown = await _decoder.ShrinkAsync(path, decoding, width, height, detector.Add, drafts, cancellation).ConfigureAwait(false);
        IReadOnlyList<int> frames = [.. shown.Select(t => probe.Timeline.FrameAt(t + Rounding))];
        var starts = detector.Find(shown);
        var scenes = ToScenes([.. starts.Select(s => frames[s.Picture])], probe.Timeline);
        return new SceneList([.. scenes.Select((s, i) => s with { StartsGradually = i > 0 && starts[i - 1].IsGradual })], [], [])
        {
            Decoded = frames,
        };

        int Side(int pixels) => Math.Max(2, (int)Math.Round(pixels / longest * LargestSide / 2) * 2);
    }

    static IReadOnlyList<Scene> ToScenes(IReadOnlyList<int> cuts, Timeline timeline)
    {
        int[] edges = [0, .. cuts, Math.Max(timeline.Frames, 1)];
        return
        [
            .. edges
                .Zip(edges.Skip(1))
                .Select((e, i) => new Scene(i + 1, e.First, e.Second, timeline.TimeOf(e.First), timeline.TimeOf(e.Second))),
        ];
    }
}
