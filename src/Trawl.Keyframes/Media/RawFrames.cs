namespace Trawl.Keyframes;

/// <summary>Takes one picture.</summary>
delegate void TakeFrame(ReadOnlySpan<byte> pixels);

/// <summary>Uncompressed pictures as ffmpeg writes them one after the other.</summary>
static class RawFrames
{
    /// <summary>The filter that makes blue, green and red of a picture by the numbers of BT.601, whatever the file says: as OpenCV does, on which scores and sharpness are defined.</summary>
    public const string ToColours = "scale=in_color_matrix=bt601,format=bgr24";

    /// <summary>The filter that makes its light of a picture.</summary>
    public const string ToLight = "format=gray";

    /// <summary>The arguments that make ffmpeg write them to its standard output, each frame once.</summary>
    /// <param name="pixels">ffmpeg's name of the pixel format.</param>
    public static IReadOnlyList<string> Output(string pixels) =>
        ["-f", "rawvideo", "-pix_fmt", pixels, "-fps_mode", "passthrough", "pipe:1"];

    /// <summary>Takes each whole picture of a stream.</summary>
    /// <param name="size">The bytes of one.</param>
    /// <param name="take">Takes it; its memory is used again for the next.</param>
    public static Func<Stream, CancellationToken, Task> Reader(int size, TakeFrame take) =>
        // pictures come by the thousand in pieces of a pipe: a thread that waits for them costs less than a task for each piece
        (stream, cancellation) =>
            Task
                .Factory.StartNew(() => ReadAll(stream, size, take), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(cancellation);

    // when the waiting is given up, the program is killed, and its stream ends
    static void ReadAll(Stream stream, int size, TakeFrame take)
    {
        var frame = new byte[size];
        while (stream.ReadAtLeast(frame, size, throwOnEndOfStream: false) == size)
            take(frame);
    }
}
