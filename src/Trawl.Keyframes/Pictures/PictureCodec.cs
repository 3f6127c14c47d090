namespace Trawl.Keyframes;

/// <summary>How ffmpeg reads and writes still pictures.</summary>
static class PictureCodec
{
    /// <summary>The decoder of a picture's file, by its name.</summary>
    public static string Reader(string path) =>
        Path.GetExtension(path) switch
        {
            ".png" => "png",
            ".webp" => "webp",
            _ => "mjpeg",
        };

    /// <summary>The encoder.</summary>
    public static string Writer(KeyframeOptions options) =>
        options.Format switch
        {
            PictureFormat.Png => "png",
            PictureFormat.Webp => "libwebp",
            _ => "mjpeg",
        };

    /// <summary>The pixel format it takes.</summary>
    public static string Pixels(KeyframeOptions options) =>
        options.Format switch
        {
            PictureFormat.Png => "rgb24",
            PictureFormat.Webp => "yuv420p",
            _ => "yuvj420p",
        };

    /// <summary>How coarse a JPEG becomes, on ffmpeg's scale from 1 to 31.</summary>
    public static int Coarseness(KeyframeOptions options) => Math.Clamp((102 - options.Quality) / 4, 1, 31);

    /// <summary>What else the encoder is told, by ffmpeg's names.</summary>
    public static IReadOnlyList<(string Name, string Value)> Settings(KeyframeOptions options) =>
        options.Format switch
        {
            PictureFormat.Png => [],
            PictureFormat.Webp => [("quality", $"{options.Quality}")],
            // a table of codes made for each picture saves a twentieth of it, and costs a second look
            _ => [("qmin", "1"), ("huffman", options.Mode == KeyframeMode.Fast ? "default" : "optimal")],
        };
}
