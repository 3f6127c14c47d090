using Trawl.App.Crawls;
using Trawl.Downloads;
using Trawl.Files;
using Trawl.Keyframes;
using Trawl.Videos;

namespace Trawl.App.Storage;

/// <summary>Where finished videos lie, with what belongs to them: a folder of this machine, or a bucket of object storage.</summary>
public interface IMediaStore
{
    /// <summary>Claims a video: the folder of this machine in which it grows, held by one process at a time.</summary>
    Task<StagingFolder> ClaimAsync(VideoUrl url, CancellationToken cancellation);

    /// <summary>The finished video, if an earlier run finished it and nothing happened to its files since.</summary>
    /// <param name="url">The post.</param>
    /// <param name="slideshow">Whether the pictures of a photo post alone are not enough.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<Crawled?> FindAsync(VideoUrl url, bool slideshow, CancellationToken cancellation);

    /// <summary>Gives a staged video its final names, the video itself last.</summary>
    Task<Crawled> CommitAsync(
        StagingFolder claim,
        string link,
        StagedVideo staged,
        KeyframeSet? pictures,
        PhotoSet? photos,
        CancellationToken cancellation
    );

    /// <summary>Gives a staged photo post its final names, the folder of pictures last.</summary>
    Task<Crawled> CommitAsync(StagingFolder claim, string link, PhotoSet photos, CancellationToken cancellation);

    /// <summary>Whether a file is there.</summary>
    /// <param name="path">As the store named it.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<bool> HasAsync(string path, CancellationToken cancellation);

    /// <summary>Reads a small file; null when it is not there.</summary>
    /// <param name="path">As the store named it.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<byte[]?> ReadAsync(string path, CancellationToken cancellation);

    /// <summary>Reads a file and reckons its SHA-256, in lower-case hexadecimal; null when it is not there.</summary>
    /// <param name="path">As the store named it.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<string?> HashAsync(string path, CancellationToken cancellation);

    /// <summary>Removes what crashed runs left behind long ago.</summary>
    Task SweepAsync(CancellationToken cancellation);
}
