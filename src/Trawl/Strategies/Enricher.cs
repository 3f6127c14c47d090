using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>Adds to what a source says of a video. It may fail: the video is then given as it is.</summary>
public abstract class Enricher
{
    /// <summary>Its name in the log.</summary>
    public abstract string Name { get; }

    /// <summary>The video with more in it.</summary>
    public abstract Task<Video> EnrichAsync(Video video, CancellationToken cancellation);
}
