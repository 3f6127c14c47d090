namespace Trawl.Keyframes;

/// <summary>One picture of all keyframes, in reading order.</summary>
public static class ContactSheet
{
    const int TileHeight = 320;
    const int MostColumns = 5;

    /// <summary>Draws the sheet as a JPEG.</summary>
    public static async Task WriteAsync(Ffmpeg ffmpeg, IReadOnlyList<Keyframe> keyframes, string path, CancellationToken cancellation)
    {
        var columns = Math.Min(MostColumns, keyframes.Count);
        var rows = (keyframes.Count + columns - 1) / columns;
        // the pictures come through a pipe, so that no name is ever read as a pattern or an option
        string[] arguments =
        [
            "-f",
            "image2pipe",
            "-c:v",
            "mjpeg",
            "-i",
            "pipe:0",
            "-vf",
            $"scale=-2:{TileHeight},tile={columns}x{rows}:padding=6:margin=6:color=0x202020",
            "-frames:v",
            "1",
            "-q:v",
            "3",
            "-f",
            "image2",
            "-update",
            "1",
            Ffmpeg.Output(path),
        ];
        await ffmpeg.RunAsync(arguments, cancellation, input: (stream, ct) => SendAsync(keyframes, stream, ct)).ConfigureAwait(false);
    }

    static async Task SendAsync(IReadOnlyList<Keyframe> keyframes, Stream stream, CancellationToken cancellation)
    {
        foreach (var keyframe in keyframes)
            await stream
                .WriteAsync(await File.ReadAllBytesAsync(keyframe.Path, cancellation).ConfigureAwait(false), cancellation)
                .ConfigureAwait(false);
    }
}
