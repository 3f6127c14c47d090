using System.Globalization;
using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>The front door: a video file in, its scenes, keyframes and a contact sheet out.</summary>
public sealed class KeyframeExtractor(Ffmpeg ffmpeg)
{
    const int PicturesPerCall = 16;

    /// <summary>Extracts the keyframes of a video.</summary>
    /// <param name="path">The video.</param>
    /// <param name="folder">Where the pictures go, named <c>0001_002.400.jpg</c> by number and second; made when missing.</param>
    /// <param name="sheet">Where the contact sheet goes.</param>
    /// <param name="cancellation">Stops it; ffmpeg is killed.</param>
    /// <exception cref="TrawlException">When ffmpeg is missing, fails, or takes too long.</exception>
    public async Task<KeyframeSet> RunAsync(string path, string folder, string sheet, CancellationToken cancellation = default)
    {
        var probe = await MediaProbe.ReadAsync(ffmpeg, path, cancellation).ConfigureAwait(false);
        var scenes = await new SceneDetector(ffmpeg).DetectAsync(path, probe, cancellation).ConfigureAwait(false);
        Directory.CreateDirectory(folder);
        var wanted = KeyframeTimes
            .Choose(scenes)
            .Select(
                (choice, i) =>
                    new Keyframe(
                        i + 1,
                        choice.Scene,
                        choice.Time,
                        (int)(choice.Time * probe.FrameRate),
                        Path.Combine(folder, FileName(i + 1, choice.Time))
                    )
            )
            .ToList();
        foreach (var chunk in wanted.Chunk(PicturesPerCall))
            await ffmpeg.RunAsync(Grab(path, chunk), cancellation).ConfigureAwait(false);
        var taken = wanted.Where(k => File.Exists(k.Path)).ToList();
        if (taken.Count == 0)
            throw new TrawlException(FailureKind.ToolFailed, $"ffmpeg took no picture of {Path.GetFileName(path)}.");
        await ContactSheet.WriteAsync(ffmpeg, taken, sheet, cancellation).ConfigureAwait(false);
        return new KeyframeSet(probe, scenes, taken, sheet);
    }

    // one call with a seek per picture: cheaper than a call each, and than decoding everything again
    static IEnumerable<string> Grab(string path, IReadOnlyList<Keyframe> keyframes)
    {
        var inputs = keyframes.SelectMany(k =>
            (string[])["-ss", k.Time.ToString("0.######", CultureInfo.InvariantCulture), .. Ffmpeg.Input(path)]
        );
        var outputs = keyframes.SelectMany(
            (k, i) => (string[])["-map", $"{i}:v:0", "-frames:v", "1", "-q:v", "2", "-f", "image2", "-update", "1", Ffmpeg.Output(k.Path)]
        );
        return ["-threads", "1", .. inputs, .. outputs];
    }

    static string FileName(int number, double time) => string.Create(CultureInfo.InvariantCulture, $"{number:0000}_{time:000.000}.jpg");
}
