namespace Trawl.Sandbox.Catalogue;

/// <summary>A stretch of a clip: a picture source of ffmpeg's and how long it is shown.</summary>
sealed record Shot(string Source, double Seconds);

/// <summary>The clips behind the posts: a few shots with hard cuts between them, and a tone.</summary>
static class Clips
{
    const string Test = "testsrc2=s={0}:r=25";
    const string Bars = "smptehdbars=s={0}:r=25";
    const string Fractal = "mandelbrot=s={0}:r=25:maxiter=200:start_scale=1.2";
    const string Cells = "cellauto=s={0}:r=25:rule=110";
    const string Blue = "gradients=s={0}:r=25:c0=0x102040:c1=0x60a0e0:seed=1";
    const string Warm = "gradients=s={0}:r=25:c0=0x602010:c1=0xf0c060:seed=2";
    const string Green = "gradients=s={0}:r=25:c0=0x0b3d20:c1=0xa8e063:seed=3";
    const string Colors = "rgbtestsrc=s={0}:r=25";

    static readonly string[] Preamble = ["-hide_banner", "-loglevel", "error", "-nostdin", "-y"];

    public static IReadOnlyList<IReadOnlyList<Shot>> All { get; } =
    [
        [new(Warm, 1.6), new(Test, 1.6), new(Blue, 1.6)],
        [new(Test, 2), new(Green, 2)],
        [new(Bars, 1.2), new(Warm, 1.2), new(Fractal, 1.2), new(Blue, 1.2)],
        [new(Blue, 4)],
        [new(Colors, 1), new(Test, 2), new(Green, 1.4)],
        [new(Fractal, 2.4), new(Bars, 1.6)],
        [new(Green, 1.2), new(Cells, 1.6), new(Warm, 1.2)],
        [new(Test, 1), new(Blue, 1), new(Test, 1), new(Warm, 1), new(Bars, 1)],
    ];

    /// <summary>The arguments that make ffmpeg write a clip's sound.</summary>
    public static IReadOnlyList<string> SoundArguments(int clip, string target) =>
        [
            .. Preamble,
            "-f",
            "lavfi",
            "-t",
            $"{All[clip].Sum(s => s.Seconds)}",
            "-i",
            Tone(clip),
            "-c:a",
            "aac",
            "-b:a",
            "64k",
            "-fflags",
            "+bitexact",
            "-f",
            "ipod",
            target,
        ];

    /// <summary>Whether a photo of a post is sent as WebP.</summary>
    public static bool IsWebp(int index) => index % 3 == 2;

    /// <summary>The arguments that make ffmpeg write a photo: portrait, landscape and portrait again.</summary>
    public static IReadOnlyList<string> PictureArguments(int clip, int index, string target)
    {
        string[] sources = [Warm, Test, Blue, Bars, Green, Colors];
        var source = string.Format(sources[(clip + index) % sources.Length], index % 2 == 0 ? "1170x1560" : "1560x1170");
        string[] encoder = IsWebp(index)
            ? ["-c:v", "libwebp", "-quality", "80", "-f", "webp"]
            : ["-c:v", "mjpeg", "-q:v", "3", "-f", "image2", "-update", "1"];
        return [.. Preamble, "-f", "lavfi", "-i", source, "-frames:v", "1", "-fflags", "+bitexact", .. encoder, target];
    }

    static string Tone(int clip) => $"sine=f={220 + (40 * clip)}:r=44100";

    /// <summary>The arguments that make ffmpeg write a clip.</summary>
    public static IReadOnlyList<string> Arguments(int clip, Variant variant, string target)
    {
        var shots = All[clip];
        var size = $"{variant.Width}x{variant.Height}";
        var seconds = shots.Sum(s => s.Seconds);
        List<string> arguments = [.. Preamble];
        foreach (var shot in shots)
            arguments.AddRange(["-f", "lavfi", "-t", $"{shot.Seconds}", "-i", string.Format(shot.Source, size)]);
        arguments.AddRange(["-f", "lavfi", "-t", $"{seconds}", "-i", Tone(clip)]);

        var mark = variant.Watermarked ? ",drawbox=x=24:y=24:w=150:h=44:color=white@0.7:t=fill" : "";
        var inputs = string.Concat(shots.Select((_, i) => $"[{i}:v]"));
        arguments.AddRange(["-filter_complex", $"{inputs}concat=n={shots.Count}:v=1:a=0{mark},format=yuv420p[v]", "-map", "[v]"]);
        if (!variant.Silent)
            arguments.AddRange(["-map", $"{shots.Count}:a", "-c:a", "aac", "-b:a", "64k"]);
        arguments.AddRange(
            variant.Codec == "h264"
                ? ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "28"]
                : ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "32", "-tag:v", "hvc1", "-x265-params", "log-level=error"]
        );
        arguments.AddRange([
            "-g",
            "50",
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-flags:a",
            "+bitexact",
            "-movflags",
            "+faststart",
            target,
        ]);
        return arguments;
    }
}
