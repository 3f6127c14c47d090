using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>One way to turn a link into a <see cref="Video"/> with its formats.</summary>
public abstract class Strategy
{
    /// <summary>Its one name in settings, logs, metrics and attempts.</summary>
    public abstract string Name { get; }

    /// <summary>Why it cannot run here, or null when it can; it then steps aside.</summary>
    public virtual string? Obstacle => null;

    /// <summary>How many requests a question usually costs; what is not known from experience is judged by it. Default: 1.</summary>
    public virtual int UsualRequests => 1;

    /// <summary>The sources it asks one after the other, where it has several of its own. Default: none.</summary>
    public virtual IReadOnlyList<Door> Doors => [];

    /// <summary>Resolves a post.</summary>
    /// <param name="url">A video or photo post.</param>
    /// <param name="wish">What will be wanted of the formats; a strategy that must ask for each form separately asks for the fitting one.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Failures.TrawlException">With the true reason.</exception>
    public abstract Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation);

    /// <summary>Fetches a format that only this strategy can fetch (<see cref="MediaFormat.ByStrategy"/>), for example one in fragments.</summary>
    /// <param name="video">The video, resolved by this strategy.</param>
    /// <param name="format">The format.</param>
    /// <param name="path">Where the file goes.</param>
    /// <param name="progress">Told the bytes so far and altogether, where known.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Failures.TrawlException">With the true reason.</exception>
    public virtual Task FetchAsync(
        Video video,
        MediaFormat format,
        string path,
        Action<long, long?> progress,
        CancellationToken cancellation
    ) => throw new NotSupportedException($"{Name} promised no format it must fetch itself.");
}

/// <summary>A cheap way to ask whether a post exists at all.</summary>
public abstract class Witness
{
    /// <summary>Its name in attempts.</summary>
    public abstract string Name { get; }

    /// <summary>True when the post exists, false when it does not; null when it cannot tell now.</summary>
    public abstract Task<bool?> ExistsAsync(VideoUrl url, CancellationToken cancellation);
}
