using System.Security.Cryptography;
using Trawl.Files;
using Trawl.Http;

namespace Trawl.Videos;

/// <summary>A finished, verified file.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
/// <param name="Tracks">What it says of itself.</param>
/// <param name="Format">The format it was fetched as.</param>
public sealed record VideoFile(string Path, long Size, string Sha256, MediaTracks Tracks, MediaFormat Format)
{
    /// <summary>Why this is not the format that fits best; null when it is.</summary>
    public string? Degraded { get; init; }

    /// <summary>A file that lies here already, or was made here.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="format">What it is called among formats.</param>
    /// <exception cref="Failures.TrawlException">When it is not whole.</exception>
    public static VideoFile Made(string path, string format)
    {
        using var file = File.OpenRead(path);
        return new VideoFile(
            path,
            file.Length,
            Convert.ToHexStringLower(SHA256.HashData(file)),
            MediaCheck.Inspect(path),
            new MediaFormat
            {
                Id = format,
                Addresses = [],
                Session = Session.Desktop,
            }
        );
    }
}
