using Trawl.Failures;
using Trawl.Processes;

namespace Trawl.Keyframes;

/// <summary>
/// Starts ffmpeg and ffprobe so that a hostile file can do no harm: known containers and codecs only, no protocol but <c>file:</c> (a playlist
/// named .mp4 would otherwise open other files), no pictures beyond a pixel limit, a deadline, and every path behind <c>file:</c>.
/// </summary>
public sealed class Ffmpeg
{
    internal const string Containers = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm";
    internal const string Codecs = "h264,hevc,vp9,vp8,av1,libdav1d,libaom-av1,mjpeg,aac,mp3,mp3float,opus,libopus,vorbis,rawvideo";
    internal const string Pixels = "33177600"; // 7680x4320

    /// <summary>How long one call may take. Default: 2 min.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The folder ffmpeg and ffprobe stand in. Default: null, they are looked for on PATH.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether it is confined. Only who watches what it opens by tracing it may say no.</summary>
    internal bool IsConfined { get; init; } = true;

    /// <summary>The arguments that open a media file safely, to be followed by nothing but <c>-i</c> and the file.</summary>
    public static IReadOnlyList<string> Input(string path) =>
        [
            "-protocol_whitelist",
            "file",
            "-format_whitelist",
            Containers,
            "-codec_whitelist",
            Codecs,
            "-max_pixels",
            Pixels,
            "-i",
            "file:" + Path.GetFullPath(path),
        ];

    /// <summary>The arguments that open an audio file safely.</summary>
    public static IReadOnlyList<string> Sound(string path) =>
        [
            "-protocol_whitelist",
            "file",
            "-format_whitelist",
            Containers + ",mp3",
            "-codec_whitelist",
            "aac,mp3,mp3float,opus,libopus,vorbis",
            "-i",
            "file:" + Path.GetFullPath(path),
        ];

    /// <summary>A path to write numbered pictures to: the number, in three digits, stands between its two parts.</summary>
    public static string Output(string before, string after) =>
        Output(before.Replace("%", "%%", StringComparison.Ordinal)) + "%03d" + after;

    /// <summary>A path to write to.</summary>
    public static string Output(string path) => "file:" + Path.GetFullPath(path);

    /// <summary>Looks whether ffmpeg and ffprobe are there, so that nothing is done in vain before they are needed.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolMissing"/></exception>
    public void Require()
    {
        ChildProcess.Require(Locate("ffmpeg"));
        ChildProcess.Require(Locate("ffprobe"));
    }

    /// <summary>Runs ffmpeg.</summary>
    /// <param name="arguments">Inputs, filters and outputs.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="input">Writes its standard input.</param>
    /// <param name="output">Reads its standard output.</param>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolMissing"/>, <see cref="FailureKind.ToolFailed"/> or <see cref="FailureKind.Timeout"/>.</exception>
    public async Task RunAsync(
        IEnumerable<string> arguments,
        CancellationToken cancellation,
        Func<Stream, CancellationToken, Task>? input = null,
        Func<Stream, CancellationToken, Task>? output = null
    )
    {
        List<string> nostdin = input is null ? ["-nostdin"] : [];
        List<string> all = ["-hide_banner", "-loglevel", "error", "-y", .. nostdin, .. arguments];
        var process = new ChildProcess(Locate("ffmpeg"), all)
        {
            Confinement = IsConfined ? MediaFiles.Of(all) : null,
            Limits = new ChildLimits { Deadline = Deadline },
            Input = input,
            OutputReader = output,
        };
        Check("ffmpeg", await process.RunAsync(cancellation).ConfigureAwait(false));
    }

    /// <summary>Runs ffprobe.</summary>
    /// <returns>What it printed.</returns>
    public async Task<ReadOnlyMemory<byte>> ProbeAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        List<string> all = ["-hide_banner", "-loglevel", "error", .. arguments];
        var process = new ChildProcess(Locate("ffprobe"), all)
        {
            Confinement = IsConfined ? MediaFiles.Of(all) : null,
            Limits = new ChildLimits { Deadline = Deadline },
        };
        var result = await process.RunAsync(cancellation).ConfigureAwait(false);
        Check("ffprobe", result);
        return result.Output;
    }

    string Locate(string program) => Folder is null ? program : Path.GetFullPath(Path.Combine(Folder, program));

    static void Check(string program, ChildResult result)
    {
        if (result.ExitCode != 0 && result.Messages.Contains("No space left on device", StringComparison.Ordinal))
            throw new TrawlException(FailureKind.StorageFull, $"No space is left for what {program} writes.");
        if (result.ExitCode != 0)
            throw new TrawlException(FailureKind.ToolFailed, $"{program} ended with {result.ExitCode}: {FirstLine(result.Messages)}");
    }

    static string FirstLine(string messages) =>
        messages.Split('\n')[0] is { Length: > 0 } line ? line[..Math.Min(line.Length, 200)] : "no message";
}
