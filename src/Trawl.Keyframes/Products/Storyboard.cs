using System.Globalization;

namespace Trawl.Keyframes;

/// <summary>A field of a storyboard and the time it stands for.</summary>
/// <param name="File">The name of the picture it is on.</param>
/// <param name="Start">From when, in seconds.</param>
/// <param name="End">Until when, in seconds.</param>
/// <param name="X">Where on the picture, in pixels.</param>
/// <param name="Y">Where on the picture, in pixels.</param>
/// <param name="Width">Its width in pixels.</param>
/// <param name="Height">Its height in pixels.</param>
public sealed record StoryboardField(string File, double Start, double End, int X, int Y, int Width, int Height);

/// <summary>Small pictures of a whole video at even intervals, many on one, as players show them over the time line.</summary>
public sealed class Storyboard(Ffmpeg ffmpeg)
{
    const int Columns = 10;
    const int Rows = 10;
    const int FieldHeight = 160;
    const int MostFields = 500;

    /// <summary>Draws the pictures <c>STEM-000.jpg</c>, <c>STEM-001.jpg</c> ...</summary>
    /// <param name="path">The video.</param>
    /// <param name="probe">What it is.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="stem">How their names begin.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Which field stands for which time.</returns>
    public async Task<IReadOnlyList<StoryboardField>> DrawAsync(
        string path,
        MediaProbe probe,
        string folder,
        string stem,
        CancellationToken cancellation = default
    )
    {
        var length = Math.Max(probe.Timeline.End, 0.04);
        var interval = Math.Max(1, Math.Ceiling(length / MostFields));
        var count = Math.Max(1, (int)Math.Ceiling(length / interval));
        var (width, height) = (probe.WidthAt(FieldHeight), FieldHeight);
        var rows = Math.Min(Rows, (count + Columns - 1) / Columns);
        string[] arguments =
        [
            "-threads",
            "1",
            "-skip_frame",
            "noref",
            .. Ffmpeg.Input(path),
            "-map",
            "0:v:0",
            "-an",
            "-vf",
            string.Create(
                CultureInfo.InvariantCulture,
                $"fps=1/{interval}:round=up:start_time=0,scale={width}:{height},tile={Columns}x{rows}"
            ),
            "-q:v",
            "5",
            "-f",
            "image2",
            "-start_number",
            "0",
            Ffmpeg.Output(Path.Combine(folder, stem) + "-", ".jpg"),
        ];
        await ffmpeg.RunAsync(arguments, cancellation).ConfigureAwait(false);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new StoryboardField(
                    string.Create(CultureInfo.InvariantCulture, $"{stem}-{i / (Columns * Rows):000}.jpg"),
                    i * interval,
                    Math.Min(length, (i + 1) * interval),
                    i % Columns * width,
                    i / Columns % Rows * height,
                    width,
                    height
                )),
        ];
    }
}
