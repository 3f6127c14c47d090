namespace Trawl.Keyframes;

/// <summary>What one look at a whole video found.</summary>
/// <param name="Scenes">Its scenes, in order.</param>
/// <param name="Scores">How much each frame that was looked at differs from the one before, in grey levels.</param>
/// <param name="Sharpness">How sharp each of them is, small as it was looked at; only to be compared with each other.</param>
public sealed record SceneList(IReadOnlyList<Scene> Scenes, IReadOnlyList<FrameScore> Scores, IReadOnlyList<FrameScore> Sharpness);

/// <summary>A number that says something about a frame.</summary>
public readonly record struct FrameScore(int Frame, double Value);

/// <summary>Decodes a video once, every second frame of it small, and lets the <see cref="AdaptiveDetector"/> find its scenes.</summary>
public sealed class SceneDetector(Ffmpeg ffmpeg)
{
    const int EveryFrame = 2;

    /// <summary>The scenes of a video; one scene for a video without cuts.</summary>
    public async Task<SceneList> DetectAsync(string path, MediaProbe probe, CancellationToken cancellation)
    {
        var sampler = new TapSampler(probe.Width, probe.Height);
        var detector = new AdaptiveDetector();
        List<FrameScore> scores = [];
        List<FrameScore> sharpness = [];
        string[] decode =
        [
            "-threads",
            "1",
            "-filter_complex_threads",
            "1",
            "-noautorotate",
            .. Ffmpeg.Input(path),
            "-filter_complex",
            $"[0:v:0]select='not(mod(n\\,{EveryFrame}))',{sampler.Graph}",
            .. RawFrames.Output("gbrp"),
        ];
        var value = new byte[sampler.Width * sampler.Height];
        await ffmpeg.RunAsync(decode, cancellation, output: RawFrames.Reader(sampler.FrameSize, Look)).ConfigureAwait(false);
        return new SceneList(ToScenes(detector.Cuts, probe.Timeline), scores, sharpness);

        void Look(ReadOnlySpan<byte> neighbours)
        {
            var number = scores.Count * EveryFrame;
            sampler.Sample(neighbours, value);
            scores.Add(new FrameScore(number, detector.Add(number, value)));
            sharpness.Add(new FrameScore(number, PixelMath.Sharpness(value, sampler.Width, sampler.Height)));
        }
    }

    /// <summary>The shots of a video, by the <see cref="ShotDetector"/>: every frame, smaller, and decoded without the last touch.</summary>
    public async Task<SceneList> DetectShotsAsync(string path, MediaProbe probe, CancellationToken cancellation)
    {
        var longest = (double)Math.Max(probe.Width, probe.Height);
        var (width, height) = (Side(probe.Width), Side(probe.Height));
        var detector = new ShotDetector(width, height);
        string[] decode =
        [
            "-threads",
            "1",
            "-filter_threads",
            "1",
            "-skip_loop_filter",
            "all",
            "-noautorotate",
            .. Ffmpeg.Input(path),
            "-map",
            "0:v:0",
            "-vf",
            $"scale={width}:{height}:flags=area",
            .. RawFrames.Output("gray"),
        ];
        await ffmpeg.RunAsync(decode, cancellation, output: RawFrames.Reader(width * height, detector.Add)).ConfigureAwait(false);
        return new SceneList(ToScenes(detector.Cuts, probe.Timeline), [], []);

        int Side(int pixels) => Math.Max(4, (int)Math.Round(pixels / longest * 16) * 4);
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
