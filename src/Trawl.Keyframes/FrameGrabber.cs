using System.Globalization;

namespace Trawl.Keyframes;

/// <summary>Takes frames out of a video in full size: a file of each, and what it is like.</summary>
sealed class FrameGrabber(Ffmpeg ffmpeg, KeyframeOptions options)
{
    const int PicturesPerCall = 16;

    /// <summary>Takes frames; those the video does not really have are missing from the answer.</summary>
    /// <param name="path">The video.</param>
    /// <param name="probe">What it is.</param>
    /// <param name="frames">Their numbers.</param>
    /// <param name="folder">Where the files go, named by frame number.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<IReadOnlyDictionary<int, Picture>> GrabAsync(
        string path,
        MediaProbe probe,
        IEnumerable<int> frames,
        string folder,
        CancellationToken cancellation
    )
    {
        var pictures = new Dictionary<int, Picture>();
        foreach (var chunk in frames.Distinct().Chunk(PicturesPerCall))
            await GrabAsync(path, probe, chunk, folder, pictures, cancellation).ConfigureAwait(false);
        return pictures;
    }

    // One call with a seek per picture: cheaper than a call each, and than decoding everything again. Their colours come by the pipe, one
    // after the other.
    async Task GrabAsync(
        string path,
        MediaProbe probe,
        int[] frames,
        string folder,
        Dictionary<int, Picture> pictures,
        CancellationToken cancellation
    )
    {
        var targets = frames.ToDictionary(f => f, f => Path.Combine(folder, $".{f}.{options.Format.ToString().ToLowerInvariant()}"));
        var inputs = frames.SelectMany(f => (string[])["-threads", "1", "-ss", Seconds(probe.Timeline.SeekTo(f)), .. Ffmpeg.Input(path)]);
        var first = string.Concat(frames.Select((_, i) => $"[{i}:v:0]trim=end_frame=1,setpts=0,split[g{i}][p{i}];"));
        var shrunk = string.Concat(frames.Select((_, i) => $"[p{i}]{Shrink}[q{i}];"));
        var converted = string.Concat(frames.Select((_, i) => $"[g{i}]format=bgr24[h{i}];"));
        var joined = $"{string.Concat(frames.Select((_, i) => $"[h{i}]"))}concat=n={frames.Length}:v=1:a=0[all]";
        var outputs = frames.SelectMany(
            (f, i) => (string[])["-map", $"[q{i}]", .. Encoder, "-f", "image2", "-update", "1", Ffmpeg.Output(targets[f])]
        );
        string[] arguments =
        [
            .. inputs,
            "-filter_complex_threads",
            "1",
            "-filter_complex",
            first + shrunk + converted + joined,
            .. outputs,
            "-map",
            "[all]",
            "-f",
            "rawvideo",
            "-fps_mode",
            "passthrough",
            "pipe:1",
        ];
        var measured = new List<Picture>();
        await ffmpeg.RunAsync(arguments, cancellation, output: MeasureAsync).ConfigureAwait(false);
        // a frame that is not there has neither a file nor colours
        var there = frames.Where(f => File.Exists(targets[f]) && new FileInfo(targets[f]).Length > 0).ToList();
        foreach (var (frame, picture) in there.Zip(measured))
            pictures[frame] = picture with { Frame = frame, Path = targets[frame] };

        async Task MeasureAsync(Stream stream, CancellationToken token)
        {
            var colours = new byte[3 * probe.ShownWidth * probe.ShownHeight];
            var grey = new byte[probe.ShownWidth * probe.ShownHeight];
            while (
                await stream.ReadAtLeastAsync(colours, colours.Length, throwOnEndOfStream: false, token).ConfigureAwait(false)
                == colours.Length
            )
            {
                PixelMath.ToGrey(colours, grey);
                measured.Add(Picture.Measure(grey, probe.ShownWidth, probe.ShownHeight));
            }
        }
    }

    string Shrink =>
        options.Size is { } size ? $"scale=w='min(iw\\,{size})':h='min(ih\\,{size})':force_original_aspect_ratio=decrease" : "null";

    IReadOnlyList<string> Encoder =>
        options.Format switch
        {
            PictureFormat.Png => ["-c:v", "png"],
            PictureFormat.Webp => ["-c:v", "libwebp", "-quality", $"{options.Quality}"],
            _ => ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-qmin", "1", "-q:v", $"{Math.Clamp((102 - options.Quality) / 4, 1, 31)}"],
        };

    static string Seconds(double time) => time.ToString("0.######", CultureInfo.InvariantCulture);
}
