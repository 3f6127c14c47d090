using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms;

/// <summary>A site, as data.</summary>
public sealed record Platform
{
    /// <summary>Its one name, for example <c>tiktok</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its grammar: a link of this site, parsed; null for anything else.</summary>
    public required Func<string, VideoUrl?> Parse { get; init; }

    /// <summary>Where a short link leads.</summary>
    public required Func<VideoUrl, CancellationToken, Task<VideoUrl>> FollowAsync { get; init; }

    /// <summary>Its ways to a video, in order.</summary>
    public required StrategyChain Chain { get; init; }
}
