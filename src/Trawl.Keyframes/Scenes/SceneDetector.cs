using System.Globalization;

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
public sealed class SceneDetector(Ffmpeg ffmpeg)
{
    const int EveryFrame = 2;
    const int LargestSide = 32;
    const double Rounding = 0.001;

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
        var times = Path.Combine(drafts, "times.txt");
        string[] decode =
        [
            "-threads",
            "1",
            "-filter_complex_threads",
            "1",
            .. decoding.SkippedFrames(),
            "-skip_loop_filter",
            "all",
            "-noautorotate",
            .. Ffmpeg.Input(path),
            "-filter_complex",
            $"[0:v:0]scale={width}:{height}:flags=area,format=gray,split[pictures][times]",
            "-map",
            "[times]",
            "-fps_mode",
            "passthrough",
            "-f",
            "mkvtimestamp_v2",
            Ffmpeg.Output(times),
            "-map",
            "[pictures]",
            .. RawFrames.Output("gray"),
        ];
        await ffmpeg.RunAsync(decode, cancellation, output: RawFrames.Reader(width * height, detector.Add)).ConfigureAwait(false);
        var shown = await ReadTimesAsync(times, cancellation).ConfigureAwait(false);
        IReadOnlyList<int> frames = [.. shown.Select(t => probe.Timeline.FrameAt(t + Rounding))];
        var starts = detector.Find(shown);
        var scenes = ToScenes([.. starts.Select(s => frames[s.Picture])], probe.Timeline);
        return new SceneList([.. scenes.Select((s, i) => s with { StartsGradually = i > 0 && starts[i - 1].IsGradual })], [], [])
        {
            Decoded = frames,
        };

        int Side(int pixels) => Math.Max(2, (int)Math.Round(pixels / longest * LargestSide / 2) * 2);
    }

    // a line of heading, then milliseconds
    static async Task<IReadOnlyList<double>> ReadTimesAsync(string path, CancellationToken cancellation)
    {
        var lines = await File.ReadAllLinesAsync(path, cancellation).ConfigureAwait(false);
        return
        [
            .. lines
                .Skip(1)
                .Select(line => double.TryParse(line, CultureInfo.InvariantCulture, out var time) ? time / 1000 : double.NaN)
                .TakeWhile(double.IsFinite),
        ];
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
