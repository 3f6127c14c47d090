using Trawl.Files;

namespace Trawl.Videos;

/// <summary>A finished, verified file.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
/// <param name="Tracks">What it says of itself.</param>
/// <param name="Format">The format it was fetched as.</param>
public sealed record VideoFile(string Path, long Size, string Sha256, MediaTracks Tracks, MediaFormat Format);
