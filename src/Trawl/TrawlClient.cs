using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Downloads;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl;

/// <summary>The front door of the library: links in, videos and verified files out. One instance serves a whole program.</summary>
public sealed class TrawlClient : IDisposable, IAsyncDisposable
{
    readonly Network _network;
    readonly ILogger _logger;
    readonly TimeProvider _time;

    /// <summary>Opens the door.</summary>
    /// <param name="options">The knobs; null for the defaults.</param>
    /// <param name="logger">Where facts are told; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="dialer">How connections are made; null for the system's way.</param>
    public TrawlClient(TrawlOptions? options = null, ILogger<TrawlClient>? logger = null, TimeProvider? time = null, Dialer? dialer = null)
    {
        Options = (options ?? new TrawlOptions()).Validated();
        _logger = logger ?? NullLogger<TrawlClient>.Instance;
        _time = time ?? TimeProvider.System;
        _network = new Network(Options.Network, _logger, _time, dialer);
        Sites = new SiteBook(new DoorBook(_time), new BrowserSessions(() => Options.Renderer?.Invoke(Parts), Options.SessionStore, _time));
        (Platforms, Cache, Videos, Downloads) = Assemble(before: null);
    }

    /// <summary>
    /// Goes on with other knobs. What runs ends as it began; what is asked from now on goes by the new ones, and nothing that was known under
    /// the old ones is used. How the strategies did is kept. Of the network only the pace can change.
    /// </summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the knob; everything stays as it is then.</exception>
    public void Reconfigure(TrawlOptions options)
    {
        options = options.Validated();
        if (options.Http with { Pace = Options.Http.Pace } != Options.Http || options.Resolver.Address != Options.Resolver.Address)
            throw new TrawlException(
                FailureKind.Configuration,
                "Of Http only Pace can change while the program runs, and Resolver.Address cannot."
            );
        Options = options;
        _network.Gate.Repace(options.Http.Pace);
        (Platforms, Cache, Videos, Downloads) = Assemble(Platforms);
    }

    (PlatformList, VideoCache, VideoClient, Downloader) Assemble(PlatformList? before)
    {
        var parts = Parts;
        var platforms = new PlatformList([.. Options.Platforms.Select(create => Extended(create(parts), parts))], parts, before);
        var cache = new VideoCache(Options.Cache, SettingsOfVideos(), _logger, _time);
        return (
            platforms,
            cache,
            new VideoClient(platforms, cache, Options, _logger, _time),
            new Downloader(_network, platforms, cache, Options, _logger, _time)
        );
    }

    PlatformParts Parts => new(Options, _network, _logger, _time, Sites);

    // whatever makes the same question's answer another one
    string SettingsOfVideos() =>
        string.Join('|', [.. Options.Strategies ?? [], $"{Options.KeepRaw}", .. Options.Enrichers.Select(e => e.Name)]);

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
    public TrawlOptions Options { get; private set; }

    /// <summary>The platforms: link grammar and strategy chains.</summary>
    public PlatformList Platforms { get; private set; }

    /// <summary>What is known of sites: which doors are open, and the sessions of browsers.</summary>
    public SiteBook Sites { get; }

    /// <summary>Asks one door of a strategy for a post, whatever is known of the door.</summary>
    /// <param name="door">The door.</param>
    /// <param name="url">The post.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The answer as it came; <see cref="Door.Read"/> says what it means.</returns>
    /// <exception cref="Failures.TrawlException">When no answer came.</exception>
    public Task<DoorReply> AskAsync(Door door, VideoUrl url, CancellationToken cancellation = default) =>
        door.AskAsync(_network, url, _network.OnItsWay(door.Session), cancellation);

    /// <summary>What is known already.</summary>
    public VideoCache Cache { get; private set; }

    /// <summary>Metadata of videos.</summary>
    public VideoClient Videos { get; private set; }

    /// <summary>Files of videos.</summary>
    public Downloader Downloads { get; private set; }

    /// <summary>How everything is doing, with what an operator should know.</summary>
    public HealthReport Health =>
        HealthReport.Of(
            Platforms.All.Select(Platforms.ChainOf).SelectMany(chain => chain.Strategies.Select(chain.HealthOf)),
            Cache.Statistics,
            Options.Monitor,
            _time.GetUtcNow()
        );

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _network.Dispose();

    /// <summary>Closes all connections, and what strategies have started.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var strategy in Platforms.All.SelectMany(p => Platforms.ChainOf(p).Strategies).OfType<IAsyncDisposable>())
            await strategy.DisposeAsync().ConfigureAwait(false);
        await Sites.Sessions.DisposeAsync().ConfigureAwait(false);
        Dispose();
    }
}
