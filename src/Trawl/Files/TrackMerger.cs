using Trawl.Failures;
using Trawl.Processes;

namespace Trawl.Files;

/// <summary>Puts a picture and its sound into one mp4, byte for byte as they came, by ffmpeg.</summary>
public static class TrackMerger
{
    /// <summary>Merges two files.</summary>
    /// <param name="picture">An mp4 with a picture.</param>
    /// <param name="sound">An mp4 or m4a with sound.</param>
    /// <param name="path">Where the whole goes.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolMissing"/>, <see cref="FailureKind.ToolFailed"/> or <see cref="FailureKind.StorageFull"/>.</exception>
    public static async Task MergeAsync(string picture, string sound, string path, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostdin",
            "-y",
            .. Input(picture),
            .. Input(sound),
            "-map",
            "0:v:0",
            "-map",
            "1:a:0",
            "-c",
            "copy",
            "-map_metadata",
            "-1",
            "-fflags",
            "+bitexact",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            Place(path),
        ];
        var merging = new ChildProcess("ffmpeg", arguments) { Confinement = MediaFiles.Of(arguments) };
        var result = await merging.RunAsync(cancellation).ConfigureAwait(false);
        if (result.ExitCode == 0)
            return;
        var full = result.Messages.Contains("No space left on device", StringComparison.Ordinal);
        throw new TrawlException(
            full ? FailureKind.StorageFull : FailureKind.ToolFailed,
            full
                ? "No space is left for picture and sound together."
                : $"ffmpeg could not put picture and sound together (exit code {result.ExitCode})."
        );
    }

    // nothing but mp4 files, whatever they claim to be
    static string[] Input(string path) =>
        ["-protocol_whitelist", "file", "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2", "-i", Place(path)];

    static string Place(string path) => "file:" + Path.GetFullPath(path);
}
