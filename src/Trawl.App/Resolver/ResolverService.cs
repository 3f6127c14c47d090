using Microsoft.Extensions.Logging;
using Trawl.App.Operations;
using Trawl.App.Resolver.Doors;
using Trawl.App.Searches;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.App.Resolver;

/// <summary>The resolver service with everything it is made of. When it ends, its browsers have ended.</summary>
sealed class ResolverService : IAsyncDisposable
{
    static readonly TimeSpan BetweenPrunings = TimeSpan.FromHours(1);

    readonly CancellationTokenSource _stop = new();
    readonly Network _network;
    readonly BrowserPool _pool;
    readonly WebServer _server;
    readonly Task _pruning;

    ResolverService(Network network, BrowserPool pool, WebServer server, ILogger logger, params BrowserProfile[] profiles)
    {
        (_network, _pool, _server) = (network, pool, server);
        _pruning = PruneAsync(profiles, logger, _stop.Token);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _server.Address;

    /// <summary>Starts it.</summary>
    /// <param name="options">How.</param>
    /// <param name="http">Its manners in the network.</param>
    /// <param name="folder">The folder that relative ones are in.</param>
    /// <param name="logging">Where it tells what happens.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<ResolverService> StartAsync(
        ServiceOptions options,
        HttpOptions http,
        string folder,
        ILoggerFactory logging,
        CancellationToken cancellation
    )
    {
        var logger = logging.CreateLogger("Trawl.Resolver");
        var network = new Network(http, logger, TimeProvider.System);
        var pool = new BrowserPool(options.Browser, network);
        var mode = new ExecutionMode(options.Browser.AllowHeadless, Environment.GetEnvironmentVariable);
        var (chromium, camoufox) = Profiles(options, folder);
        var work = new BrowserWork(pool, options, mode, chromium, camoufox, new TikwmFeed(network), logger);
        var doorkeeper = new Doorkeeper(options.Origins, options.Hosts, options.Token, options.IsOpen);
        var routes = new ResolverRoutes(work, doorkeeper, mode, new ServicePages(options.Name), logger);
        try
        {
            var server = await WebServer.StartAsync(options.Host, options.Port, routes.AnswerAsync, logging, cancellation);
            return new ResolverService(network, pool, server, logger, chromium, camoufox);
        }
        catch
        {
            await pool.DisposeAsync();
            network.Dispose();
            throw;
        }
    }

    /// <summary>The profiles, as the options say.</summary>
    public static (BrowserProfile Chromium, BrowserProfile Camoufox) Profiles(ServiceOptions options, string folder)
    {
        return (Profile(BrowserEngine.Chromium, options.ChromiumProfiles), Profile(BrowserEngine.Camoufox, options.CamoufoxProfiles));

        BrowserProfile Profile(BrowserEngine engine, string root) =>
            new(engine, string.IsNullOrWhiteSpace(root) ? null : Path.Combine(folder, root), options.OldestClone, options.MostClones);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _stop.CancelAsync();
        await _pruning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _pool.DisposeAsync();
        _network.Dispose();
        _stop.Dispose();
    }

    // at the start, because clones may have been left behind, and then from time to time
    static async Task PruneAsync(IReadOnlyList<BrowserProfile> profiles, ILogger logger, CancellationToken cancellation)
    {
        while (true)
        {
            foreach (var profile in profiles)
            {
                try
                {
                    profile.Prune();
                }
                catch (Exception e)
                {
                    Defects.Known(e, logger); // the other one, and the next time
                }
            }
            await Task.Delay(BetweenPrunings, TimeProvider.System, cancellation);
        }
    }
}
