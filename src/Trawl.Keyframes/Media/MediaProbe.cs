using System.Globalization;
using System.Text.Json;
using Trawl.Failures;
using Trawl.Json;

namespace Trawl.Keyframes;

/// <summary>A frame that needs no other one to be decoded.</summary>
/// <param name="Number">Its number in the video.</param>
/// <param name="Size">Its size as stored, in bytes: of two pictures of the same thing the sharper one is larger.</param>
public readonly record struct WholeFrame(int Number, int Size);

/// <summary>What ffprobe measures of a video.</summary>
/// <param name="Width">Width in pixels as stored.</param>
/// <param name="Height">Height in pixels as stored.</param>
/// <param name="FrameRate">Frames per second.</param>
/// <param name="Frames">Number of frames; 0 where the container does not say.</param>
/// <param name="Duration">Length.</param>
/// <param name="VideoCodec">ffmpeg's name of the video codec.</param>
/// <param name="Timeline">Which frame is shown when.</param>
/// <param name="IsTurned">Whether it is shown turned by a quarter.</param>
/// <param name="WholeFrames">The frames that need no other one to be decoded.</param>
public sealed record MediaProbe(
    int Width,
    int Height,
    double FrameRate,
    int Frames,
    TimeSpan Duration,
    string VideoCodec,
    Timeline Timeline,
    bool IsTurned,
    IReadOnlyList<WholeFrame> WholeFrames
)
{
    /// <summary>The width as shown.</summary>
    public int ShownWidth => IsTurned ? Height : Width;

    /// <summary>The height as shown.</summary>
    public int ShownHeight => IsTurned ? Width : Height;

    /// <summary>The width of a copy of a height, as shown; even.</summary>
    internal int WidthAt(int height) => Math.Max(2, height * ShownWidth / Math.Max(1, ShownHeight) / 2 * 2);

    /// <summary>Measures a file.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolFailed"/> when it cannot be opened, <see cref="FailureKind.WrongContent"/> without a picture.</exception>
    public static async Task<MediaProbe> ReadAsync(Ffmpeg ffmpeg, string path, CancellationToken cancellation)
    {
        string[] questions =
        [
            "-threads",
            "1",
            "-select_streams",
            "v:0",
            "-show_entries",
            "stream=codec_name,width,height,avg_frame_rate,r_frame_rate,nb_frames,duration:format=duration,start_time:stream_side_data=rotation:packet=pts_time,size,flags",
            "-of",
            "json=compact=1",
        ];
        using var json = ForeignJson.Parse(
            await ffmpeg.ProbeAsync([.. questions, .. Ffmpeg.Input(path)], cancellation).ConfigureAwait(false),
            e => new TrawlException(FailureKind.ToolFailed, "ffprobe's answer cannot be read.", e)
        );
        var (root, format) = (json.RootElement, json.RootElement.Get("format"u8));
        var video = root.Items("streams"u8).FirstOrDefault();
        if (video.ValueKind == JsonValueKind.Undefined)
            throw new TrawlException(FailureKind.WrongContent, $"{Path.GetFileName(path)} has no picture.");
        var rate = Ratio(video.Text("avg_frame_rate"u8)) is > 0 and var average ? average : Ratio(video.Text("r_frame_rate"u8));
        var length = video.Seconds("duration"u8) ?? format.Seconds("duration"u8) ?? TimeSpan.Zero;
        var packets = Packets(root, format.Real("start_time"u8) ?? 0);
        return new MediaProbe(
            ForeignJson.Pixels(video.Whole("width"u8)) ?? 0,
            ForeignJson.Pixels(video.Whole("height"u8)) ?? 0,
            rate,
            packets.Count,
            length,
            video.Text("codec_name"u8) ?? "unknown",
            new Timeline(rate, [.. packets.Select(p => p.Time)]),
            IsQuarter(video),
            [.. packets.Index().Where(p => p.Item.IsWhole).Select(p => new WholeFrame(p.Index, p.Item.Size))]
        );
    }

    // in the order they are shown; those before the beginning are not
    static List<(double Time, bool IsWhole, int Size)> Packets(JsonElement root, double start) =>
        [
            .. root.Items("packets"u8)
                .Select(p =>
                    (
                        Time: (p.Real("pts_time"u8) ?? double.NaN) - start,
                        IsWhole: p.Text("flags"u8)?.StartsWith('K') == true,
                        Size: (int)Math.Clamp(p.Whole("size"u8) ?? 0, 0, int.MaxValue)
                    )
                )
                .Where(p => p.Time > -1e-3)
                .OrderBy(p => p.Time),
        ];

    static bool IsQuarter(JsonElement video) => video.Items("side_data_list"u8).Any(d => Math.Abs(d.Real("rotation"u8) ?? 0) % 180 == 90);

    // 30000/1001
    static double Ratio(string? text) =>
        text?.Split('/') is [var above, var below]
        && double.TryParse(above, CultureInfo.InvariantCulture, out var a)
        && double.TryParse(below, CultureInfo.InvariantCulture, out var b)
        && b > 0
            ? a / b
            : 0;
}
