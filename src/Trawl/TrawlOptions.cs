using Trawl.Failures;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl;

/// <summary>Every knob of the library.</summary>
public sealed record TrawlOptions
{
    /// <summary>The strategies, in the order they are tried. Default: web, tikwm.</summary>
    public IReadOnlyList<string> Strategies { get; init; } = ["web", "tikwm"];

    /// <summary>What makes a format the best one. Default: compatible, no limit, no watermark.</summary>
    public FormatWish Format { get; init; } = new();

    /// <summary>The largest file fetched, in bytes. Default: 500 MiB.</summary>
    public long LargestFile { get; init; } = 500L << 20;

    /// <summary>The most bytes per second of one download. Default: no limit.</summary>
    public long? LimitRate { get; init; }

    /// <summary>Manners and limits of the network.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>Checks what can be checked before anything runs.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the setting.</exception>
    public TrawlOptions Validated()
    {
        if (Strategies.Count == 0)
            throw Wrong(nameof(Strategies), "at least one is needed");
        if (LargestFile <= 0)
            throw Wrong(nameof(LargestFile), "it must be positive");
        if (LimitRate <= 0)
            throw Wrong(nameof(LimitRate), "it must be positive");
        if (Format.MaxHeight <= 0)
            throw Wrong("Format.MaxHeight", "it must be positive");
        if (Http.Proxy is { } proxy && proxy.Scheme is not ("http" or "https" or "socks5" or "socks4"))
            throw Wrong("Http.Proxy", "it must be an http, https or socks address");
        return this;
    }

    static TrawlException Wrong(string setting, string why) => new(FailureKind.Configuration, $"{setting} is wrong: {why}.");
}
