using System.Globalization;

namespace Trawl.Keyframes;

/// <summary>Sees into videos with the ffmpeg program: one run of it for each question.</summary>
sealed class FfmpegDecoder(Ffmpeg ffmpeg) : IDecoder
{
    public Task<MediaProbe> ProbeAsync(string path, CancellationToken cancellation) => MediaProbe.ReadAsync(ffmpeg, path, cancellation);

    public async Task SampleAsync(string path, int every, TapSampler sampler, TakeFrame take, CancellationToken cancellation)
    {
        string[] decode =
        [
            "-threads",
            "1",
            "-filter_complex_threads",
            "1",
            "-noautorotate",
            .. Ffmpeg.Input(path),
            "-filter_complex",
            $"[0:v:0]select='not(mod(n\\,{every}))',{sampler.Graph}",
            .. RawFrames.Output("gbrp"),
        ];
        var small = new byte[sampler.Width * sampler.Height];
        await ffmpeg.RunAsync(decode, cancellation, output: RawFrames.Reader(sampler.FrameSize, Look)).ConfigureAwait(false);

        void Look(ReadOnlySpan<byte> neighbours)
        {
            sampler.Sample(neighbours, small);
            take(small);
        }
    }

    public async Task<IReadOnlyList<double>> ShrinkAsync(
        string path,
        Decoding decoding,
        int width,
        int height,
        TakeFrame take,
        string drafts,
        CancellationToken cancellation
    )
    {
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
        await ffmpeg.RunAsync(decode, cancellation, output: RawFrames.Reader(width * height, take)).ConfigureAwait(false);
        return await ReadTimesAsync(times, cancellation).ConfigureAwait(false);
    }

    public Task<Dictionary<int, Picture>> GrabAsync(
        string path,
        MediaProbe probe,
        IEnumerable<int> frames,
        Decoding decoding,
        KeyframeOptions options,
        string folder,
        CancellationToken cancellation
    ) => new FrameGrabber(ffmpeg, options).GrabAsync(path, probe, frames, decoding, folder, cancellation);

    // the pictures come through a pipe, so that no name is ever read as a pattern or an option
    public async Task OpenAsync(IReadOnlyList<string> paths, int width, int height, TakeFrame take, CancellationToken cancellation)
    {
        if (paths.Count == 0)
            return;
        string[] arguments =
        [
            "-f",
            "image2pipe",
            "-c:v",
            PictureCodec.Reader(paths[0]),
            "-i",
            "pipe:0",
            "-vf",
            $"scale={width}:{height}",
            .. RawFrames.Output("rgb24"),
        ];
        await ffmpeg
            .RunAsync(
                arguments,
                cancellation,
                input: async (stream, token) =>
                {
                    foreach (var path in paths)
                        await stream
                            .WriteAsync(await File.ReadAllBytesAsync(path, token).ConfigureAwait(false), token)
                            .ConfigureAwait(false);
                },
                output: RawFrames.Reader(width * height * 3, take)
            )
            .ConfigureAwait(false);
    }

    public Task SaveAsync(Canvas canvas, string path, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            $"{canvas.Width}x{canvas.Height}",
            "-i",
            "pipe:0",
            "-pix_fmt",
            "yuvj420p",
            "-q:v",
            $"{Canvas.Coarseness}",
            "-f",
            "image2",
            "-update",
            "1",
            Ffmpeg.Output(path),
        ];
        return ffmpeg.RunAsync(arguments, cancellation, input: (stream, token) => stream.WriteAsync(canvas.Pixels, token).AsTask());
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
}
