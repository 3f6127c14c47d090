using System.Globalization;

namespace Trawl.Keyframes;

/// <summary>Makes a video of pictures: each for a while, with a sound that is repeated as long as they last.</summary>
public sealed class Slideshow(Ffmpeg ffmpeg)
{
    // the pictures of a whole decoder, one after the other; what else calls itself a picture is not opened
    static readonly string[] Decoders = ["-protocol_whitelist", "file", "-codec_whitelist", "mjpeg,png,webp", "-max_pixels", "33177600"];

    /// <summary>How long each picture is shown. Default: 3 s.</summary>
    public TimeSpan Each { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Width of the video in pixels; pictures are fitted into it. Default: 1080.</summary>
    public int Width { get; init; } = 1080;

    /// <summary>Height of the video in pixels. Default: 1920.</summary>
    public int Height { get; init; } = 1920;

    /// <summary>Renders pictures and a sound to an mp4 of H.264 and AAC.</summary>
    /// <param name="pictures">jpg, png or webp files, in order.</param>
    /// <param name="sound">An audio file; null for a silent video.</param>
    /// <param name="path">Where the video goes.</param>
    /// <param name="cancellation">Stops it; ffmpeg is killed.</param>
    /// <exception cref="Failures.TrawlException">When ffmpeg is missing, fails, or takes too long.</exception>
    public Task RenderAsync(IReadOnlyList<string> pictures, string? sound, string path, CancellationToken cancellation)
    {
        var seconds = Each.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        var inputs = pictures.SelectMany(p =>
            (string[])
                [
                    .. Decoders,
                    "-f",
                    "image2",
                    "-pattern_type",
                    "none",
                    "-loop",
                    "1",
                    "-framerate",
                    "25",
                    "-t",
                    seconds,
                    "-i",
                    "file:" + Path.GetFullPath(p),
                ]
        );
        string[] music = sound is null ? [] : ["-stream_loop", "-1", .. Ffmpeg.Sound(sound)];
        var fit =
            $"scale={Width}:{Height}:force_original_aspect_ratio=decrease,pad={Width}:{Height}:(ow-iw)/2:(oh-ih)/2:color=black,setsar=1,format=yuv420p";
        var chains = string.Concat(pictures.Select((_, i) => $"[{i}:v]{fit}[v{i}];"));
        var joined = $"{string.Concat(pictures.Select((_, i) => $"[v{i}]"))}concat=n={pictures.Count}:v=1:a=0[v]";
        string[] tracks = sound is null ? ["-map", "[v]"] : ["-map", "[v]", "-map", $"{pictures.Count}:a:0", "-c:a", "aac", "-b:a", "128k"];
        string[] output =
        [
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-tune",
            "stillimage",
            "-crf",
            "21",
            "-t",
            (Each * pictures.Count).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture),
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            Ffmpeg.Output(path),
        ];
        return ffmpeg.RunAsync([.. inputs, .. music, "-filter_complex", chains + joined, .. tracks, .. output], cancellation);
    }
}
