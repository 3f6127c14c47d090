using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Downloads;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Strategies;

namespace Trawl;

/// <summary>The front door of the library: links in, videos and verified files out. One instance serves a whole program.</summary>
public sealed class TrawlClient : IDisposable
{
    readonly Network _network;

    /// <summary>Opens the door.</summary>
    /// <param name="options">The knobs; null for the defaults.</param>
    /// <param name="logger">Where facts are told; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="dialer">How connections are made; null for the system's way.</param>
    public TrawlClient(TrawlOptions? options = null, ILogger<TrawlClient>? logger = null, TimeProvider? time = null, Dialer? dialer = null)
    {
        Options = (options ?? new TrawlOptions()).Validated();
        ILogger log = logger ?? NullLogger<TrawlClient>.Instance;
        var clock = time ?? TimeProvider.System;
        _network = new Network(Options.Network, log, clock, dialer);
        var parts = new PlatformParts(Options, _network, log, clock);
        Platforms = new PlatformList([.. Options.Platforms.Select(create => Extended(create(parts), parts))], parts);
        Cache = new VideoCache(Options.Cache, clock);
        Videos = new VideoClient(Platforms, Cache, Options, log);
        Downloads = new Downloader(_network, Platforms, Cache, Options, log, clock);
    }

    Platform Extended(Platform platform, PlatformParts parts) =>
        platform with
        {
            Strategies =
            [
                .. platform.Strategies,
                .. Options.ExtraStrategies.Where(e => e.Platform == platform.Name).Select(e => e.Create(parts)),
            ],
        };

    /// <summary>The knobs in force.</summary>
    public TrawlOptions Options { get; }

    /// <summary>The platforms: link grammar and strategy chains.</summary>
    public PlatformList Platforms { get; }

    /// <summary>What is known already.</summary>
    public VideoCache Cache { get; }

    /// <summary>Metadata of videos.</summary>
    public VideoClient Videos { get; }

    /// <summary>Files of videos.</summary>
    public Downloader Downloads { get; }

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _network.Dispose();
}
