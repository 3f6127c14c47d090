namespace Trawl.Keyframes;

/// <summary>One picture of all keyframes in reading order, each with its scene and its time.</summary>
public sealed class ContactSheet(Ffmpeg ffmpeg)
{
    const int TileHeight = 320;
    const int MostColumns = 5;
    const int Gap = 6;

    /// <summary>Draws the sheet as a JPEG; a video without keyframes has an empty one.</summary>
    public async Task WriteAsync(KeyframeSet set, string path, CancellationToken cancellation = default)
    {
        var keyframes = set.Keyframes;
        var columns = Math.Clamp(keyframes.Count, 1, MostColumns);
        var rows = Math.Max(1, (keyframes.Count + columns - 1) / columns);
        var (width, height) = (set.Probe.WidthAt(TileHeight), TileHeight);
        var (across, down) = (width + Gap, height + Canvas.LineHeight + Gap);
        var canvas = new Canvas(((columns * across) + Gap + 1) / 2 * 2, ((rows * down) + Gap + 1) / 2 * 2);
        var placed = 0;
        await ReadAsync(keyframes, width, height, Place, cancellation).ConfigureAwait(false);
        await EncodeAsync(canvas, path, cancellation).ConfigureAwait(false);

        void Place(ReadOnlySpan<byte> tile)
        {
            var keyframe = keyframes[placed];
            var (x, y) = (Gap + (placed % columns * across), Gap + (placed / columns * down));
            canvas.Put(tile, width, height, x, y);
            canvas.Write($"#{keyframe.Scene.Number} {TimeCode.Short(keyframe.Time)}", x, y + height + 4);
            placed++;
        }
    }

    // the pictures come through a pipe, so that no name is ever read as a pattern or an option
    async Task ReadAsync(IReadOnlyList<Keyframe> keyframes, int width, int height, TakeFrame take, CancellationToken cancellation)
    {
        if (keyframes.Count == 0)
            return;
        string[] arguments =
        [
            "-f",
            "image2pipe",
            "-c:v",
            Decoder(keyframes[0].Path),
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
                    foreach (var keyframe in keyframes)
                        await stream
                            .WriteAsync(await File.ReadAllBytesAsync(keyframe.Path, token).ConfigureAwait(false), token)
                            .ConfigureAwait(false);
                },
                output: RawFrames.Reader(width * height * 3, take)
            )
            .ConfigureAwait(false);
    }

    async Task EncodeAsync(Canvas canvas, string path, CancellationToken cancellation)
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
            "3",
            "-f",
            "image2",
            "-update",
            "1",
            Ffmpeg.Output(path),
        ];
        await ffmpeg
            .RunAsync(arguments, cancellation, input: (stream, token) => stream.WriteAsync(canvas.Pixels, token).AsTask())
            .ConfigureAwait(false);
    }

    static string Decoder(string path) =>
        Path.GetExtension(path) switch
        {
            ".png" => "png",
            ".webp" => "webp",
            _ => "mjpeg",
        };
}
