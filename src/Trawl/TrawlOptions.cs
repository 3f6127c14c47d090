using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl;

/// <summary>Every knob of the library.</summary>
public sealed record TrawlOptions
{
    /// <summary>The platforms, in the order they are asked whether a link is their own. Default: all of ours.</summary>
    public IReadOnlyList<PlatformFactory> Platforms { get; init; } = KnownPlatforms.All;

    /// <summary>Further strategies for the platforms named, asked after their own. Default: none.</summary>
    public IReadOnlyList<(string Platform, Func<PlatformParts, Strategy> Create)> ExtraStrategies { get; init; } = [];

    /// <summary>The strategies, in the order they are tried; <c>auto</c> goes by experience. Default: null, each platform's own order, for TikTok web, tikwm, scrapling-api, yt-dlp.</summary>
    public IReadOnlyList<string>? Strategies { get; init; }

    /// <summary>After how long without an answer the next strategy is asked as well; the first answer counts. Default: null, never.</summary>
    public TimeSpan? HedgeAfter { get; init; }

    /// <summary>A real browser for pages that are shown to nobody else. Default: none.</summary>
    public Func<PlatformParts, PageRenderer>? Renderer { get; init; }

    /// <summary>Where the sessions of browsers are kept beyond the end of the program. Default: nowhere.</summary>
    public SessionStore? SessionStore { get; init; }

    /// <summary>Who is told of every attempt. Default: nobody.</summary>
    public IReadOnlyList<AttemptObserver> Observers { get; init; } = [];

    /// <summary>Who says what a strategy's exceptions mean, before we do. Default: nobody.</summary>
    public IReadOnlyList<FailureClassifier> Classifiers { get; init; } = [];

    /// <summary>Who adds to what the sources say, in this order. Default: nobody.</summary>
    public IReadOnlyList<Enricher> Enrichers { get; init; } = [];

    /// <summary>Whether what the sources sent is kept word for word with each video. Default: no.</summary>
    public bool KeepRaw { get; init; }

    /// <summary>When numbers are worth a word.</summary>
    public MonitorOptions Monitor { get; init; } = new();

    /// <summary>How long answers are kept.</summary>
    public CacheOptions Cache { get; init; } = new();

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

    /// <summary>The manners of the network with the configured services, which may stand anywhere: exactly they are exempt from the guard.</summary>
    public HttpOptions Network =>
        Resolver.Address is { } address
            ? Http with
            {
                TrustedServices = [.. Http.TrustedServices, $"{address.Host}:{address.Port}"],
            }
            : Http;

    static TrawlException Wrong(string setting, string why) => new(FailureKind.Configuration, $"{setting} is wrong: {why}.");
}

/// <summary>A service that resolves videos with a real browser (<c>POST /tiktok/download</c>).</summary>
public sealed record ResolverOptions
{
    /// <summary>Where it stands, for example <c>http://localhost:5680/</c>. Default: null, there is none.</summary>
    public Uri? Address { get; init; }

    /// <summary>How long it may take over one question. Default: 180 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Questions asked at a time; the others wait their turn. Default: 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Whether it is always to use a browser with a window. Default: no, only when it fails without.</summary>
    public bool Headful { get; init; }
}

/// <summary>How the program yt-dlp is used.</summary>
public sealed record YtDlpOptions
{
    /// <summary>The program: a name on PATH or a whole path. Default: yt-dlp.</summary>
    public string Program { get; init; } = "yt-dlp";

    /// <summary>How long one run may take. Default: 5 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The JavaScript runtimes it may use, in its own words, for example <c>node:/usr/bin/node</c>. Default: null, those on PATH.</summary>
    public IReadOnlyList<string>? JsRuntimes { get; init; }

    /// <summary>Arguments of its extractors, each as <c>youtube:player_client=default</c>. Default: none.</summary>
    public IReadOnlyList<string> ExtractorArgs { get; init; } = [];

    /// <summary>The browser whose connections it imitates, where its installation can, for example <c>chrome</c>. Default: null, none.</summary>
    public string? Impersonate { get; init; }

    /// <summary>Further arguments, each an option of <see cref="ArgumentsAllowed"/> with its value behind a space. Default: none.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The options that may be given beside ours, and whether they take a value: none of them runs, writes or opens anything.</summary>
    public static IReadOnlyDictionary<string, bool> ArgumentsAllowed { get; } =
        new Dictionary<string, bool>
        {
            ["--force-ipv4"] = false,
            ["--force-ipv6"] = false,
            ["--legacy-server-connect"] = false,
            ["--retries"] = true,
            ["--extractor-retries"] = true,
            ["--fragment-retries"] = true,
            ["--concurrent-fragments"] = true,
            ["--sleep-requests"] = true,
            ["--sleep-interval"] = true,
            ["--max-sleep-interval"] = true,
            ["--xff"] = true,
            ["--format-sort"] = true,
        };

    /// <summary>What is wrong with <see cref="Arguments"/>; null when nothing is.</summary>
    internal string? ArgumentsObjection =>
        Arguments
            .Select(a =>
                a.Split(' ', 2) switch
                {
                    [var name, ..] when !ArgumentsAllowed.ContainsKey(name) =>
                        $"\"{name}\" is not allowed; there are {string.Join(", ", ArgumentsAllowed.Keys)}",
                    [var name] when ArgumentsAllowed[name] => $"{name} needs a value",
                    [var name, _] when !ArgumentsAllowed[name] => $"{name} takes no value",
                    [var name, var value] when value.StartsWith('-') || value.Any(c => char.IsControl(c) || c == ' ') =>
                        $"the value of {name} cannot be used",
                    _ => null,
                }
            )
            .FirstOrDefault(o => o is not null);
}
