using Microsoft.Playwright;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.Browser.Pool;

/// <summary>A running browser, its way to the network, and the mark by which its processes are found.</summary>
sealed class BrowserHost : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly BrowserLaunch _launch;
    readonly Egress _egress;
    readonly string _mark;
    readonly IBrowser? _browser;
    readonly IBrowserContext? _own;
    int _pages;

    BrowserHost(BrowserLaunch launch, Egress egress, string mark, IBrowser? browser, IBrowserContext? own) =>
        (_launch, _egress, _mark, _browser, _own) = (launch, egress, mark, browser, own);

    /// <summary>How many pages it has had.</summary>
    public int Pages => _pages;

    /// <summary>How many are open.</summary>
    public int Open { get; set; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether it can still open pages.</summary>
    public bool IsAlive => _browser?.IsConnected ?? true;

    /// <summary>Starts a browser.</summary>
    /// <param name="wish">Which one.</param>
    /// <param name="folder">The folder of its profile; null for none.</param>
    /// <param name="parts">What it is made of.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="TrawlException">It is missing or does not start.</exception>
    public static async Task<BrowserHost> StartAsync(BrowserWish wish, string? folder, BrowserParts parts, CancellationToken cancellation)
    {
        var program = BrowserPrograms.Require(parts.Options, wish.Engine);
        var display = wish.Headful ? await parts.Display.NameAsync(cancellation).ConfigureAwait(false) : null;
        var mark = Guid.NewGuid().ToString("n");
        var egress = new Egress(parts.Network, counts: false, wish.Way, asksPass: wish.Engine == BrowserEngine.Chromium);
        var fingerprint = folder is null ? null : await Fingerprint.ReadAsync(folder).ConfigureAwait(false);
        var launch = new BrowserLaunch(parts.Options, wish, program, display, mark, egress, fingerprint);
        try
        {
            var (browser, own) = await parts
                .Driver.UseAsync(
                    async playwright =>
                        folder is null
                            ? (await launch.StartAsync(playwright).ConfigureAwait(false), null)
                            : ((IBrowser?)null, await launch.StartAsync(playwright, folder).ConfigureAwait(false)),
                    cancellation
                )
                .WaitAsync(TimeSpan.FromSeconds(40), cancellation)
                .ConfigureAwait(false);
            return new BrowserHost(launch, egress, mark, browser, own)
            {
                Fingerprint = wish.Engine == BrowserEngine.Chromium ? fingerprint : null,
                StartedAt = parts.Time.GetUtcNow(),
            };
        }
        catch (Exception e)
        {
            Orphans.Kill(mark);
            await egress.DisposeAsync().ConfigureAwait(false);
            throw BrowserFailure.Of(e, $"{program} did not start", cancellation);
        }
    }

    /// <summary>Opens a page: in a context of its own, or in the profile's.</summary>
    public async Task<(IPage Page, IBrowserContext Context)> OpenAsync(CancellationToken cancellation)
    {
        _pages++;
        if (_own is not null)
            return (await OpenOwnAsync(_own, cancellation).ConfigureAwait(false), _own);
        var context = await _browser!
            .NewContextAsync(_launch.Context(Fingerprint.Of(_browser.BrowserType.Name, _browser.Version)))
            .WaitAsync(cancellation)
            .ConfigureAwait(false);
        return (await context.NewPageAsync().WaitAsync(cancellation).ConfigureAwait(false), context);
    }

    async Task<IPage> OpenOwnAsync(IBrowserContext context, CancellationToken cancellation)
    {
        var page = context.Pages.Count > 0 ? context.Pages[0] : await context.NewPageAsync().WaitAsync(cancellation).ConfigureAwait(false);
        if (Fingerprint is not { } said)
            return page;
        // Playwright 1.64 passes no screen on to a browser with a profile
        var session = await context.NewCDPSessionAsync(page).WaitAsync(cancellation).ConfigureAwait(false);
        var metrics = new Dictionary<string, object>
        {
            ["width"] = said.Viewport.Width,
            ["height"] = said.Viewport.Height,
            ["screenWidth"] = said.Screen.Width,
            ["screenHeight"] = said.Screen.Height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = false,
        };
        await session.SendAsync("Emulation.setDeviceMetricsOverride", metrics).WaitAsync(cancellation).ConfigureAwait(false);
        return page;
    }

    /// <summary>What its profile says of itself; null where there is none, or where another family takes it by itself.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>Ends it; what does not end by itself is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        var closing = _browser?.CloseAsync() ?? _own!.CloseAsync();
        await closing.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Orphans.Kill(_mark);
        await _egress.DisposeAsync().ConfigureAwait(false);
    }
}
