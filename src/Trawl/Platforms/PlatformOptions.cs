using Trawl.Http;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms;

/// <summary>How platforms are asked and their media are fetched.</summary>
public record PlatformOptions
{
    /// <summary>The strategies, in the order they are tried; <c>auto</c> goes by experience. Default: null, each platform's own order, for TikTok web, tikwm, scrapling-api, yt-dlp.</summary>
    public IReadOnlyList<string>? Strategies { get; init; }

    /// <summary>After how long without an answer the next strategy is asked as well; the first answer counts. Default: null, never.</summary>
    public TimeSpan? HedgeAfter { get; init; }

    /// <summary>Who is told of every attempt. Default: nobody.</summary>
    public IReadOnlyList<AttemptObserver> Observers { get; init; } = [];

    /// <summary>Who says what a strategy's exceptions mean, before we do. Default: nobody.</summary>
    public IReadOnlyList<FailureClassifier> Classifiers { get; init; } = [];

    /// <summary>Whether what the sources sent is kept word for word with each video. Default: no.</summary>
    public bool KeepRaw { get; init; }

    /// <summary>A resolver service, for the strategy <c>scrapling-api</c>. Default: none.</summary>
    public ResolverOptions Resolver { get; init; } = new();

    /// <summary>How the program yt-dlp is used.</summary>
    public YtDlpOptions YtDlp { get; init; } = new();

    /// <summary>What makes a format the best one. Default: compatible, no limit, no watermark.</summary>
    public FormatWish Format { get; init; } = new();

    /// <summary>The largest file fetched, in bytes. Default: 500 MiB.</summary>
    public long LargestFile { get; init; } = 500L << 20;

    /// <summary>The most bytes per second of one download. Default: no limit.</summary>
    public long? LimitRate { get; init; }

    /// <summary>Manners and limits of the network.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>The manners of the network with the configured services, which may stand anywhere: exactly they are exempt from the guard.</summary>
    public HttpOptions Network =>
        Resolver.Address is { } address
            ? Http with
            {
                TrustedServices = [.. Http.TrustedServices, $"{address.Host}:{address.Port}"],
            }
            : Http;
}
