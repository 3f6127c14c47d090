using System.Buffers;

namespace Trawl.Keyframes;

/// <summary>Decodes a video once, small, and lets the <see cref="AdaptiveDetector"/> find its scenes.</summary>
public sealed class SceneDetector(Ffmpeg ffmpeg)
{
    const int AnalysisSize = 256;
    const int EveryFrame = 2;

    /// <summary>The scenes of a video; one scene for a video without cuts.</summary>
    public async Task<IReadOnlyList<Scene>> DetectAsync(string path, MediaProbe probe, CancellationToken cancellation)
    {
        var detector = new AdaptiveDetector();
        var frames = 0;
        var (width, height) = Shrink(probe.Width, probe.Height);
        string[] decode =
        [
            "-noautorotate",
            .. Ffmpeg.Input(path),
            "-map",
            "0:v:0",
            "-vf",
            $"scale={width}:{height}:flags=bilinear",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-fps_mode",
            "passthrough",
            "pipe:1",
        ];
        await ffmpeg
            .RunAsync(
                decode,
                cancellation,
                output: async (stream, ct) => frames = await FeedAsync(stream, width * height * 3, detector, ct).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        return ToScenes(detector.Cuts, Math.Max(frames, probe.Frames), probe);
    }

    static async Task<int> FeedAsync(Stream stream, int frameSize, AdaptiveDetector detector, CancellationToken cancellation)
    {
        var frame = ArrayPool<byte>.Shared.Rent(frameSize);
        try
        {
            for (var number = 0; ; number++)
            {
                var read = await stream
                    .ReadAtLeastAsync(frame.AsMemory(0, frameSize), frameSize, throwOnEndOfStream: false, cancellation)
                    .ConfigureAwait(false);
                if (read < frameSize)
                    return number;
                if (number % EveryFrame == 0)
                    detector.Add(number, frame.AsSpan(0, frameSize));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    static IReadOnlyList<Scene> ToScenes(IReadOnlyList<int> cuts, int frames, MediaProbe probe)
    {
        var rate = probe.FrameRate > 0 ? probe.FrameRate : 25;
        int[] edges = [0, .. cuts, Math.Max(frames, 1)];
        return [.. edges.Zip(edges.Skip(1)).Select((e, i) => new Scene(i + 1, e.First, e.Second, e.First / rate, e.Second / rate))];
    }

    static (int Width, int Height) Shrink(int width, int height)
    {
        var factor = Math.Max(1.0, Math.Max(width, height) / (double)AnalysisSize);
        return ((int)Math.Round(width / factor), (int)Math.Round(height / factor));
    }
}
