using Trawl.App.Crawls;

namespace Trawl.App.Storage;

/// <summary>A video or photo post that is finished.</summary>
/// <param name="Id">Its id on the platform.</param>
/// <param name="Title">Its title.</param>
/// <param name="Strategy">The strategy that resolved it.</param>
/// <param name="Path">The mp4; for a photo post without a slideshow the folder of its pictures. In object storage <c>s3://bucket/key</c>.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Their hash; for a folder of pictures the hash of the list of their hashes, as sha256sum writes it.</param>
/// <param name="Frames">Its keyframes.</param>
/// <param name="Sheet">The contact sheet; null without keyframes.</param>
/// <param name="Duration">How long it is; null where nobody says.</param>
/// <param name="Photos">How many pictures a photo post has; 0 for videos.</param>
/// <param name="Already">Whether an earlier run finished it.</param>
public sealed record Crawled(
    string Id,
    string Title,
    string Strategy,
    string Path,
    long Size,
    string Sha256,
    IReadOnlyList<CrawledFrame> Frames,
    string? Sheet,
    TimeSpan? Duration = null,
    int Photos = 0,
    bool Already = false
)
{
    /// <summary>Why it was left out after all: then there is no file. Null when it was not.</summary>
    public string? Unwanted { get; init; }
}

/// <summary>A keyframe of a finished video.</summary>
/// <param name="Time">When in the video, in seconds.</param>
/// <param name="Path">Where it lies.</param>
public sealed record CrawledFrame(double Time, string Path);
