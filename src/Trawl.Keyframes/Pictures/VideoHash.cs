namespace Trawl.Keyframes;

/// <summary>
/// What a video looks like: the hash of a picture at each sixteenth of its length. A copy of another size, bitrate or codec, or with a mark in a
/// corner, differs in few bits.
/// </summary>
/// <param name="Hashes">One hash for each place.</param>
/// <param name="Duration">How long the video is, in seconds.</param>
public sealed record VideoHash(IReadOnlyList<ulong> Hashes, double Duration)
{
    const int Places = 16;
    const int Width = 36;
    const int Height = 32;
    const double AlikeBits = 8;
    const double AlikeLength = 0.05;

    /// <summary>The hash of a video file.</summary>
    public static async Task<VideoHash> OfAsync(Ffmpeg ffmpeg, string path, CancellationToken cancellation = default)
    {
        var probe = await MediaProbe.ReadAsync(ffmpeg, path, cancellation).ConfigureAwait(false);
        var frames = Enumerable
            .Range(0, Places)
            .Select(i => (i + 0.5) * probe.Timeline.Frames / Places)
            .Select(f => (int)f)
            .Distinct()
            .ToList();
        string[] arguments =
        [
            "-threads",
            "1",
            .. Ffmpeg.Input(path),
            "-map",
            "0:v:0",
            "-vf",
            $"select='{string.Join('+', frames.Select(f => $"eq(n\\,{f})"))}',scale={Width}:{Height}:flags=area",
            .. RawFrames.Output("gray"),
        ];
        var hashes = new List<ulong>();
        await ffmpeg
            .RunAsync(
                arguments,
                cancellation,
                output: RawFrames.Reader(Width * Height, grey => hashes.Add(PictureHash.Of(grey, Width, Height)))
            )
            .ConfigureAwait(false);
        return new VideoHash(hashes, probe.Timeline.End);
    }

    /// <summary>The mean number of bits, of 64, in which two videos differ; 64 where they cannot be compared.</summary>
    public double Distance(VideoHash other) =>
        Hashes.Count == 0 || Hashes.Count != other.Hashes.Count
            ? 64
            : Hashes.Zip(other.Hashes).Average(p => PictureHash.Distance(p.First, p.Second));

    /// <summary>Whether two videos are copies of each other as far as can be seen.</summary>
    public bool IsLike(VideoHash other) =>
        Math.Abs(Duration - other.Duration) <= AlikeLength * Math.Max(Duration, other.Duration) && Distance(other) <= AlikeBits;
}
