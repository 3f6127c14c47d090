namespace Trawl.Videos;

/// <summary>A finished, verified picture.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
public sealed record PhotoFile(string Path, long Size, string Sha256);

/// <summary>A photo post on disk.</summary>
/// <param name="Video">The post; another strategy than at first may have resolved it.</param>
/// <param name="Images">Its pictures, in order.</param>
/// <param name="Sound">Its sound; null where it has none, or where it could not be had.</param>
/// <param name="SoundTrouble">Why there is no sound although the post names one.</param>
public sealed record PhotoSet(Video Video, IReadOnlyList<PhotoFile> Images, VideoFile? Sound, string? SoundTrouble)
{
    /// <summary>All bytes.</summary>
    public long Size => Images.Sum(i => i.Size) + (Sound?.Size ?? 0);
}
