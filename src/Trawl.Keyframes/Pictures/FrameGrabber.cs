namespace Trawl.Keyframes;

/// <summary>Takes frames out of a video in full size: a file of each, and what it is like.</summary>
sealed class FrameGrabber(Ffmpeg ffmpeg, KeyframeOptions options)
{
    const int GroupsPerCall = 12;

    /// <summary>Takes frames; those the video does not really have are missing from the answer.</summary>
    /// <param name="path">The video.</param>
    /// <param name="probe">What it is.</param>
    /// <param name="frames">Their numbers.</param>
    /// <param name="decoding">Which frames must be decoded to get at them.</param>
    /// <param name="folder">Where the files go; nothing else may be in it.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Dictionary<int, Picture>> GrabAsync(
        string path,
        MediaProbe probe,
        IEnumerable<int> frames,
        Decoding decoding,
        string folder,
        CancellationToken cancellation
    )
    {
        List<int> wanted = [.. frames.Distinct().Order()];
        var pictures = new Dictionary<int, Picture>();
        // A container may call a frame whole that the decoder does not, and one may refer to what was not decoded: what did not come the cheap way
        // comes the plain one.
        foreach (var (way, together) in ((Decoding, bool)[])[(decoding, true), (Decoding.All, false)])
        {
            List<int> missing = [.. wanted.Where(f => !pictures.ContainsKey(f))];
            foreach (var groups in FrameGroup.Of(probe, missing, way, together).Chunk(GroupsPerCall))
                await GrabAsync(path, probe, groups, exactly: way == Decoding.All, folder, pictures, cancellation).ConfigureAwait(false);
        }
        return pictures;
    }

    // One call, and a reader for each group. To be measured, the pictures come by the pipe one after the other: their colours, whose grey is what
    // sharpness is defined by, or their light, which costs a third and differs from that where colours are at their limits.
    async Task GrabAsync(
        string path,
        MediaProbe probe,
        IReadOnlyList<FrameGroup> groups,
        bool exactly,
        string folder,
        Dictionary<int, Picture> pictures,
        CancellationToken cancellation
    )
    {
        var (pixels, filter) = exactly ? ("bgr24", RawFrames.ToColours) : ("gray", RawFrames.ToLight);
        var inputs = groups.SelectMany(g => (string[])[.. g.Reader(probe.Timeline), .. Ffmpeg.Input(path)]);
        var chosen = string.Concat(
            groups.Select(
                (g, i) => $"[{i}:v:0]{g.Filter(probe.Timeline)},split[c{i}][p{i}];[p{i}]{Shrink(options)}[q{i}];[c{i}]{filter}[b{i}];"
            )
        );
        var joined = $"{string.Concat(groups.Select((_, i) => $"[b{i}]"))}concat=n={groups.Count}:v=1:a=0[all]";
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
            .. RawFrames.Output(pixels),
        ];
        var measured = new Queue<Picture>();
        var (width, height) = (probe.ShownWidth, probe.ShownHeight);
        var grey = new byte[exactly ? width * height : 0];
        await ffmpeg
            .RunAsync(arguments, cancellation, output: RawFrames.Reader((exactly ? 3 : 1) * width * height, Measure))
            .ConfigureAwait(false);
        foreach (var (group, number) in groups.Select((g, i) => (g, i)))
        {
            // where the video ends too early, neither files nor pixels come
            List<(Picture Picture, string Draft)> taken = [];
            while (File.Exists(Draft(number, taken.Count)) && measured.TryDequeue(out var picture))
                taken.Add((picture, Draft(number, taken.Count)));
            // where not everything was decoded, one that is missing may be any of them
            if (group.Decoding == Decoding.All || taken.Count == group.Frames.Count)
                foreach (var (frame, (picture, draft)) in group.Frames.Zip(taken))
                    pictures[frame] = Kept(picture, frame, draft, folder);
            // what was not kept must not be taken for a picture of the next call
            foreach (var (_, draft) in taken)
                File.Delete(draft);
        }

        void Measure(ReadOnlySpan<byte> colours)
        {
            if (exactly)
                PixelMath.ToGrey(colours, grey);
            measured.Enqueue(Picture.Measure(exactly ? grey : colours, width, height));
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

    /// <summary>The filter that makes a picture as small as it is wanted.</summary>
    public static string Shrink(KeyframeOptions options) =>
        options.Size is { } size ? $"scale=w='min(iw\\,{size})':h='min(ih\\,{size})':force_original_aspect_ratio=decrease" : "null";

    IReadOnlyList<string> Encoder =>
        [
            "-c:v",
            PictureCodec.Writer(options),
            "-threads",
            "1",
            "-pix_fmt",
            PictureCodec.Pixels(options),
            .. options.Format == PictureFormat.Jpg ? (string[])["-q:v", $"{PictureCodec.Coarseness(options)}"] : [],
            .. PictureCodec.Settings(options).SelectMany(s => (string[])["-" + s.Name, s.Value]),
        ];
}
