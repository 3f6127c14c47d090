using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl;

/// <summary>Every knob of the library.</summary>
public sealed record TrawlOptions : PlatformOptions
{
    /// <summary>The platforms, in the order they are asked whether a link is their own. Default: all of ours.</summary>
    public IReadOnlyList<PlatformFactory> Platforms { get; init; } = KnownPlatforms.All;

    /// <summary>Further strategies for the platforms named, asked after their own. Default: none.</summary>
    public IReadOnlyList<(string Platform, Func<PlatformParts, Strategy> Create)> ExtraStrategies { get; init; } = [];

    /// <summary>A real browser for pages that are shown to nobody else. Default: none.</summary>
    public Func<PlatformParts, PageRenderer>? Renderer { get; init; }

    /// <summary>Where the sessions of browsers are kept beyond the end of the program. Default: nowhere.</summary>
    public SessionStore? SessionStore { get; init; }

    /// <summary>Who adds to what the sources say, in this order. Default: nobody.</summary>
    public IReadOnlyList<Enricher> Enrichers { get; init; } = [];

    /// <summary>When numbers are worth a word.</summary>
    public MonitorOptions Monitor { get; init; } = new();

    /// <summary>How long answers are kept.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>Checks what can be checked before anything runs.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the setting.</exception>
    public TrawlOptions Validated()
    {
        if (Strategies is [])
            throw Wrong(nameof(Strategies), "at least one is needed");
        if (LargestFile <= 0)
            throw Wrong(nameof(LargestFile), "it must be positive");
        if (LimitRate <= 0)
            throw Wrong(nameof(LimitRate), "it must be positive");
        if (Format.MaxHeight <= 0)
            throw Wrong("Format.MaxHeight", "it must be positive");
        if (Http.Proxies.Any(proxy => proxy.Scheme is not ("http" or "https" or "socks5" or "socks4")))
            throw Wrong("Http.Proxies", "they must be http, https or socks addresses");
        if (Http.RotateEvery <= 0)
            throw Wrong("Http.RotateEvery", "it must be positive");
        if (Resolver.Address is { Scheme: not ("http" or "https") })
            throw Wrong("Resolver.Address", "it must be an http or https address");
        if (Resolver.Timeout <= TimeSpan.Zero)
            throw Wrong("Resolver.Timeout", "it must be positive");
        if (Cache.Capacity <= 0)
            throw Wrong("Cache.Capacity", "it must be positive");
        if (YtDlp.Timeout <= TimeSpan.Zero)
            throw Wrong("YtDlp.Timeout", "it must be positive");
        if (YtDlp.ArgumentsObjection is { } objection)
            throw Wrong("YtDlp.Arguments", objection);
        if (((string?[])[.. YtDlp.JsRuntimes ?? [], .. YtDlp.ExtractorArgs, YtDlp.Impersonate]).Any(v => v?.StartsWith('-') == true))
            throw Wrong("YtDlp", "a value must not begin with -");
        return this;
    }

    static TrawlException Wrong(string setting, string why) => new(FailureKind.Configuration, $"{setting} is wrong: {why}.");
}
