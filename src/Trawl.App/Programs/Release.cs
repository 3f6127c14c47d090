using System.Runtime.InteropServices;
using Trawl.Failures;
using Trawl.Processes;

namespace Trawl.App.Programs;

/// <summary>Where a program's releases are, and by which key they are signed.</summary>
/// <param name="Program">The program.</param>
/// <param name="Files">The address its files stand below.</param>
/// <param name="Asset">The file that runs here.</param>
/// <param name="Key">Where the public key is.</param>
/// <param name="Fingerprint">The fingerprint the key must have: whoever can change the file of the key cannot change this.</param>
sealed record Release(string Program, Uri Files, string Asset, Uri Key, string Fingerprint)
{
    /// <summary>The key yt-dlp's releases are signed by since 2023.</summary>
    public const string YtDlpKey = "AC0CBBE6848D6A873464AF4E57CF65933B5A7581";

    static readonly Dictionary<string, string> Repositories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["stable"] = "yt-dlp/yt-dlp",
        ["nightly"] = "yt-dlp/yt-dlp-nightly-builds",
        ["master"] = "yt-dlp/yt-dlp-master-builds",
    };

    /// <summary>The channels there are.</summary>
    public static IEnumerable<string> Channels => Repositories.Keys;

    /// <summary>The newest release of yt-dlp on a channel.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/> for a channel there is not.</exception>
    public static Release YtDlp(string channel, string fingerprint) =>
        Repositories.TryGetValue(channel, out var repository)
            ? new Release(
                "yt-dlp",
                new Uri($"https://github.com/{repository}/releases/latest/download/"),
                AssetHere(),
                new Uri("https://raw.githubusercontent.com/yt-dlp/yt-dlp/master/public.key"),
                fingerprint
            )
            : throw new TrawlException(FailureKind.Configuration, $"--channel is wrong: there are {string.Join(", ", Channels)}.");

    // the one for Python is a tenth as large
    static string AssetHere() =>
        OperatingSystem.IsWindows() ? "yt-dlp.exe"
        : ChildProcess.Find("python3") is not null ? "yt-dlp"
        : OperatingSystem.IsMacOS() ? "yt-dlp_macos"
        : RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "yt-dlp_linux_aarch64"
        : "yt-dlp_linux";
}
