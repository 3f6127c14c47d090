using System.Globalization;

namespace Trawl.Keyframes;

/// <summary>Takes frames out of a video in full size: a file of each, and what it is like.</summary>
sealed class FrameGrabber(Ffmpeg ffmpeg, KeyframeOptions options)
{
    const int GroupsPerCall = 12;

    /// <summary>Takes frames; those the video does not really have are missing from the answer.</summary>
    /// <param name="path">The video.</param>
    /// <param name="probe">What it is.</param>
    /// <param name="frames">Their numbers.</param>
    /// <param name="folder">Where the files go; nothing else may be in it.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Dictionary<int, Picture>> GrabAsync(
        string path,
        MediaProbe probe,
        IEnumerable<int> frames,
        string folder,
        CancellationToken cancellation
    )
    {
        // frames between two whole ones are decoded from the first of these on: once for all of them
        var groups = frames.Distinct().Order().GroupBy(f => probe.WholeFrames.LastOrDefault(w => w <= f)).Select(g => g.ToArray());
        var pictures = new Dictionary<int, Picture>();
        foreach (var chunk in groups.Chunk(GroupsPerCall))
            await GrabAsync(path, probe, chunk, folder, pictures, cancellation).ConfigureAwait(false);
        return pictures;
    }

    // One call, and a seek for each group; the colours come by the pipe, one picture after the other.
    async Task GrabAsync(
        string path,
        MediaProbe probe,
        int[][] groups,
        string folder,
        Dictionary<int, Picture> pictures,
        CancellationToken cancellation
    )
    {
        var inputs = groups.SelectMany(g =>
            (string[])["-threads", "1", "-ss", Seconds(probe.Timeline.SeekTo(g[0])), .. Ffmpeg.Input(path)]
        );
        var chosen = string.Concat(
            groups.Select((g, i) => $"[{i}:v:0]{Choose(g)},split[c{i}][p{i}];[p{i}]{Shrink}[q{i}];[c{i}]format=bgr24[b{i}];")
        );
        var joined = $"{string.Concat(groups.Select((_, i) => $"[b{i}]"))}concat=n={groups.Length}:v=1:a=0[all]";
        var outputs = groups.SelectMany(
            (_, i) =>
                (string[])
                    [
                        "-map",
                        $"[q{i}]",
                        .. Encoder,
                        "-fps_mode",
                        "passthrough",
                        "-f",
                        "image2",
                        "-start_number",
                        "0",
                        Ffmpeg.Output(Stem(i), $".{options.Extension}"),
                    ]
        );
        string[] arguments =
        [
            .. inputs,
            "-filter_complex_threads",
            "1",
            "-filter_complex",
            chosen + joined,
            .. outputs,
            "-map",
            "[all]",
            .. RawFrames.Output("bgr24"),
        ];
        var measured = new Queue<Picture>();
        var (width, height) = (probe.ShownWidth, probe.ShownHeight);
        var grey = new byte[width * height];
        await ffmpeg.RunAsync(arguments, cancellation, output: RawFrames.Reader(3 * width * height, Measure)).ConfigureAwait(false);
        // where the video ends too early, neither files nor colours come
        for (var group = 0; group < groups.Length; group++)
        for (var i = 0; i < groups[group].Length; i++)
            if (File.Exists(Draft(group, i)) && measured.TryDequeue(out var picture))
                pictures[groups[group][i]] = Kept(picture, groups[group][i], Draft(group, i), folder);

        void Measure(ReadOnlySpan<byte> colours)
        {
            PixelMath.ToGrey(colours, grey);
            measured.Enqueue(Picture.Measure(grey, width, height));
        }

        string Draft(int group, int number) => $"{Stem(group)}{number:000}.{options.Extension}";

        string Stem(int group) => Path.Combine(folder, $"group{group}-");
    }

    Picture Kept(Picture picture, int frame, string draft, string folder)
    {
        var path = Path.Combine(folder, $"{frame}.{options.Extension}");
        File.Move(draft, path, overwrite: true);
        return picture with { Frame = frame, Path = path };
    }

    // the first frame after the seek is the first of the group
    static string Choose(int[] group)
    {
        var frames = string.Join('+', group.Select(f => $"eq(n\\,{f - group[0]})"));
        return $"trim=end_frame={group[^1] - group[0] + 1},select='{frames}',setpts=N/TB";
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
