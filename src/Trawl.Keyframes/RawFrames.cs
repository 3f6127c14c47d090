namespace Trawl.Keyframes;

/// <summary>Takes one picture.</summary>
delegate void TakeFrame(ReadOnlySpan<byte> pixels);

/// <summary>Uncompressed pictures as ffmpeg writes them one after the other.</summary>
static class RawFrames
{
    /// <summary>The arguments that make ffmpeg write them to its standard output, each frame once.</summary>
    /// <param name="pixels">ffmpeg's name of the pixel format.</param>
    public static IReadOnlyList<string> Output(string pixels) =>
        ["-f", "rawvideo", "-pix_fmt", pixels, "-fps_mode", "passthrough", "pipe:1"];

    /// <summary>Takes each whole picture of a stream.</summary>
    /// <param name="size">The bytes of one.</param>
    /// <param name="take">Takes it; its memory is used again for the next.</param>
    public static Func<Stream, CancellationToken, Task> Reader(int size, TakeFrame take) =>
        async (stream, cancellation) =>
        {
            var frame = new byte[size];
            while (await stream.ReadAtLeastAsync(frame, size, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) == size)
                take(frame);
        };
}
