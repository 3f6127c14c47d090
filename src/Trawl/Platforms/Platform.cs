using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms;

/// <summary>What a platform is made of.</summary>
/// <param name="Options">The knobs.</param>
/// <param name="Network">The way out.</param>
/// <param name="Logger">Where facts are told.</param>
/// <param name="Time">The clock.</param>
/// <param name="Sites">What is known of sites by now.</param>
public sealed record PlatformParts(PlatformOptions Options, Network Network, ILogger Logger, TimeProvider Time, SiteBook Sites);

/// <summary>Makes a platform of its parts; how platforms of other assemblies join in.</summary>
public delegate Platform PlatformFactory(PlatformParts parts);

/// <summary>A site, as data.</summary>
public sealed record Platform
{
    /// <summary>Its one name, for example <c>tiktok</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its name for people, for example <c>TikTok</c>.</summary>
    public string DisplayName
    {
        get => field ?? Name;
        init;
    }

    /// <summary>What it offers and how much it bears.</summary>
    public PlatformCapabilities Capabilities { get; init; } = new();

    /// <summary>The hosts that are its own: no other platform is asked for a link to them. Empty when its grammar alone decides.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Its grammar: a link of this site, parsed; null for anything else.</summary>
    public required Func<string, VideoUrl?> Parse { get; init; }

    /// <summary>Where a short link leads. Default: there are none.</summary>
    public Func<VideoUrl, CancellationToken, Task<VideoUrl>> FollowAsync { get; init; } =
        static (url, _) => throw new TrawlException(FailureKind.UnsupportedLink, $"{url} is a short link of a platform that has none.");

    /// <summary>All its ways to a video, in the order they are tried unless a setting says otherwise.</summary>
    public required IReadOnlyList<Strategy> Strategies { get; init; }

    /// <summary>Who confirms that a post is gone; null when nobody can.</summary>
    public Witness? Witness { get; init; }
}

/// <summary>What a platform offers and how much it bears.</summary>
public sealed record PlatformCapabilities
{
    /// <summary>Videos. Default: yes.</summary>
    public bool Video { get; init; } = true;

    /// <summary>Sound alone. Default: yes.</summary>
    public bool Audio { get; init; } = true;

    /// <summary>Photo posts. Default: no.</summary>
    public bool Photos { get; init; }

    /// <summary>Lists of videos. Default: no.</summary>
    public bool Playlists { get; init; }

    /// <summary>Live streams. Default: no.</summary>
    public bool Live { get; init; }

    /// <summary>Stories. Default: no.</summary>
    public bool Stories { get; init; }

    /// <summary>Forms without the platform's watermark where it has one. Default: no.</summary>
    public bool WatermarkFree { get; init; }

    /// <summary>A choice of qualities. Default: yes.</summary>
    public bool QualitySelection { get; init; } = true;

    /// <summary>Cover pictures. Default: yes.</summary>
    public bool Thumbnails { get; init; } = true;

    /// <summary>Metadata. Default: yes.</summary>
    public bool Metadata { get; init; } = true;

    /// <summary>Nothing without a login. Default: no.</summary>
    public bool RequiresLogin { get; init; }

    /// <summary>Downloads at a time. Default: 3.</summary>
    public int ConcurrentDownloads { get; init; } = 3;

    /// <summary>Requests in each <see cref="RatePeriod"/>. Default: 10.</summary>
    public int RateRequests { get; init; } = 10;

    /// <summary>The time <see cref="RateRequests"/> are counted over. Default: 60 s.</summary>
    public TimeSpan RatePeriod { get; init; } = TimeSpan.FromSeconds(60);
}
