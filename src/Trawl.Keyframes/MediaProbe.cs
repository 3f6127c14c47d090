using System.Globalization;
using System.Text.Json;
using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>What ffprobe measures of a video.</summary>
/// <param name="Width">Width in pixels as stored.</param>
/// <param name="Height">Height in pixels as stored.</param>
/// <param name="FrameRate">Frames per second.</param>
/// <param name="Frames">Number of frames; 0 where the container does not say.</param>
/// <param name="Duration">Length.</param>
/// <param name="VideoCodec">ffmpeg's name of the video codec.</param>
/// <param name="AudioCodec">ffmpeg's name of the audio codec; null for a silent file.</param>
public sealed record MediaProbe(
    int Width,
    int Height,
    double FrameRate,
    int Frames,
    TimeSpan Duration,
    string VideoCodec,
    string? AudioCodec
)
{
    /// <summary>Measures a file.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolFailed"/> when it cannot be opened, <see cref="FailureKind.WrongContent"/> without a picture.</exception>
    public static async Task<MediaProbe> ReadAsync(Ffmpeg ffmpeg, string path, CancellationToken cancellation)
    {
        string[] questions =
        [
            "-show_entries",
            "stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,nb_frames,duration:format=duration",
            "-of",
            "json",
        ];
        using var json = JsonDocument.Parse(
            await ffmpeg.ProbeAsync([.. questions, .. Ffmpeg.Input(path)], cancellation).ConfigureAwait(false)
        );
        var streams = json.RootElement.GetProperty("streams").EnumerateArray().ToList();
        var video = streams.Find(s => Text(s, "codec_type") == "video");
        if (video.ValueKind == JsonValueKind.Undefined)
            throw new TrawlException(FailureKind.WrongContent, $"{Path.GetFileName(path)} has no picture.");
        var audio = streams.Find(s => Text(s, "codec_type") == "audio");
        var rate = Ratio(Text(video, "avg_frame_rate")) is > 0 and var average ? average : Ratio(Text(video, "r_frame_rate"));
        var seconds = Number(video, "duration") ?? Number(json.RootElement.GetProperty("format"), "duration") ?? 0;
        return new MediaProbe(
            (int)(Number(video, "width") ?? 0),
            (int)(Number(video, "height") ?? 0),
            rate,
            (int)(Number(video, "nb_frames") ?? 0),
            TimeSpan.FromSeconds(seconds),
            Text(video, "codec_name") ?? "unknown",
            audio.ValueKind == JsonValueKind.Undefined ? null : Text(audio, "codec_name")
        );
    }

    static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;

    static double? Number(JsonElement element, string name) =>
        double.TryParse(Text(element, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    // 30000/1001
    static double Ratio(string? text) =>
        text?.Split('/') is [var above, var below]
        && double.TryParse(above, CultureInfo.InvariantCulture, out var a)
        && double.TryParse(below, CultureInfo.InvariantCulture, out var b)
        && b > 0
            ? a / b
            : 0;
}
