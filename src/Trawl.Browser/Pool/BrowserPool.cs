using Microsoft.Playwright;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.Browser.Pool;

/// <summary>What browsers are made of.</summary>
sealed record BrowserParts(BrowserOptions Options, Network Network, PlaywrightDriver Driver, VirtualDisplay Display, TimeProvider Time);

/// <summary>
/// Real browsers, a bounded number of pages at a time. Pages without a profile share a browser and have nothing else in common; one with a profile
/// has a browser and a copy of the profile to itself. Browsers are replaced after a while and when they die, and none outlives the pool.
/// </summary>
public sealed class BrowserPool : IAsyncDisposable
{
    readonly BrowserParts _parts;
    readonly SemaphoreSlim _slots;
    readonly Dictionary<BrowserWish, BrowserHost> _shared = [];
    readonly SemaphoreSlim _turn = new(1);
    readonly HashSet<BrowserHost> _all = [];

    /// <summary>Makes a pool; nothing is started before it is needed.</summary>
    public BrowserPool(BrowserOptions options, Network network, TimeProvider? time = null)
    {
        _parts = new(options, network, new PlaywrightDriver(), new VirtualDisplay(), time ?? TimeProvider.System);
        _slots = new(options.Concurrency);
        Options = options;
    }

    /// <summary>How browsers are used.</summary>
    public BrowserOptions Options { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => _parts.Time;

    internal Network Network => _parts.Network;

    /// <summary>How many pages may still be opened at once.</summary>
    public int Free => _slots.CurrentCount;

    /// <summary>Does some work on a page, and closes the page whatever happens.</summary>
    /// <param name="wish">Which browser.</param>
    /// <param name="profile">A copy of this profile is used, by a browser of its family; null for none.</param>
    /// <param name="work">The work. It must end when its token says so.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TrawlException">No turn came in time, the browser is missing, died, or the work failed.</exception>
    public async Task<T> UseAsync<T>(
        BrowserWish wish,
        BrowserProfile? profile,
        Func<IPage, CancellationToken, Task<T>> work,
        CancellationToken cancellation
    )
    {
        if (!Options.AllowHeadless)
            wish = wish with { Headful = true };
        if (profile is { IsEnabled: true })
            wish = wish with { Engine = profile.Engine };
        if (!await _slots.WaitAsync(Options.Patience, cancellation).ConfigureAwait(false))
            throw new TrawlException(FailureKind.Timeout, "No browser became free in time.");
        try
        {
            return await WithinTimeAsync(wish, profile, work, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    async Task<T> WithinTimeAsync<T>(
        BrowserWish wish,
        BrowserProfile? profile,
        Func<IPage, CancellationToken, Task<T>> work,
        CancellationToken cancellation
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var crash = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        deadline.CancelAfter(Options.WorkTimeout);
        try
        {
            return await (
                profile is { IsEnabled: true }
                    ? OnProfileAsync(wish, profile, WatchedAsync, crash.Token)
                    : OnSharedAsync(wish, WatchedAsync, crash.Token)
            ).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw deadline.IsCancellationRequested
                ? new TrawlException(FailureKind.Timeout, "The browser's work took too long.")
                : new TrawlException(FailureKind.ToolFailed, "The browser's page crashed.");
        }

        // a page that has crashed answers nothing any more
        async Task<T> WatchedAsync(IPage page, CancellationToken token)
        {
            page.Crash += (_, _) => crash.Cancel();
            return await work(page, token).WaitAsync(token).ConfigureAwait(false);
        }
    }

    /// <summary>Ends all browsers.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in _all.ToList())
            await host.DisposeAsync().ConfigureAwait(false);
        _parts.Driver.Dispose();
        await _parts.Display.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Starts a browser on a folder, does something with it, and ends it; beyond the bound of pages, for a person.</summary>
    internal async Task<T> OnFolderAsync<T>(
        BrowserWish wish,
        BrowserProfile profile,
        string folder,
        Func<IPage, Task<T>> use,
        CancellationToken cancellation
    )
    {
        var version = await BrowserVersion.OfAsync(BrowserPrograms.Require(Options, wish.Engine)).ConfigureAwait(false);
        var engine = wish.Engine == BrowserEngine.Chromium ? "chromium" : "firefox";
        await Fingerprint.EnsureAsync(folder, profile.Root, engine, version).ConfigureAwait(false);
        var host = await StartAsync(wish, folder, cancellation).ConfigureAwait(false);
        try
        {
            var (page, _) = await host.OpenAsync(cancellation).ConfigureAwait(false);
            return await use(page).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not TrawlException)
        {
            throw BrowserFailure.Of(e, "The browser's work failed", cancellation);
        }
        finally
        {
            await EndAsync(host).ConfigureAwait(false);
        }
    }

    async Task<T> OnProfileAsync<T>(
        BrowserWish wish,
        BrowserProfile profile,
        Func<IPage, CancellationToken, Task<T>> work,
        CancellationToken cancellation
    )
    {
        using var clone = await profile.CloneAsync(cancellation).ConfigureAwait(false);
        return await OnFolderAsync(wish, profile, clone.Folder, page => work(page, cancellation), cancellation).ConfigureAwait(false);
    }

    async Task<T> OnSharedAsync<T>(BrowserWish wish, Func<IPage, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        var (host, page, context) = await OpenAsync(wish, cancellation).ConfigureAwait(false);
        try
        {
            return await work(page, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not TrawlException)
        {
            throw BrowserFailure.Of(e, "The browser's work failed", cancellation);
        }
        finally
        {
            await CloseAsync(wish, host, context).ConfigureAwait(false);
        }
    }

    // The shared browser of a kind; another one takes its place when it is spent or dead.
    async Task<(BrowserHost, IPage, IBrowserContext)> OpenAsync(BrowserWish wish, CancellationToken cancellation)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var host = await SharedAsync(wish, cancellation).ConfigureAwait(false);
            try
            {
                var (page, context) = await host.OpenAsync(cancellation).ConfigureAwait(false);
                return (host, page, context);
            }
            catch (PlaywrightException) when (isFirst)
            {
                await CloseAsync(wish, host, context: null).ConfigureAwait(false); // it died unnoticed: another one
            }
            catch (Exception e)
            {
                await CloseAsync(wish, host, context: null).ConfigureAwait(false);
                throw BrowserFailure.Of(e, "The browser opened no page", cancellation);
            }
        }
    }

    async Task<BrowserHost> SharedAsync(BrowserWish wish, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!_shared.TryGetValue(wish, out var host) || !host.IsAlive || IsSpent(host))
            {
                if (host is { Open: 0 })
                    await EndAsync(host).ConfigureAwait(false);
                host = _shared[wish] = await StartAsync(wish, folder: null, cancellation).ConfigureAwait(false);
            }
            host.Open++;
            return host;
        }
        finally
        {
            _turn.Release();
        }
    }

    async Task CloseAsync(BrowserWish wish, BrowserHost host, IBrowserContext? context)
    {
        var isHanging = false;
        if (context is not null && host.IsAlive)
        {
            var closing = context.CloseAsync().WaitAsync(TimeSpan.FromSeconds(5));
            await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            isHanging = !closing.IsCompletedSuccessfully;
        }
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            host.Open--;
            var isCurrent = _shared.GetValueOrDefault(wish) == host;
            if (context is null || isHanging || !host.IsAlive)
            {
                if (isCurrent)
                    _shared.Remove(wish);
                isCurrent = false;
            }
            if (!isCurrent && host.Open == 0)
                await EndAsync(host).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    bool IsSpent(BrowserHost host) =>
        host.Pages >= Options.PagesPerBrowser || _parts.Time.GetUtcNow() - host.StartedAt > Options.BrowserLifetime;

    async Task<BrowserHost> StartAsync(BrowserWish wish, string? folder, CancellationToken cancellation)
    {
        var host = await BrowserHost.StartAsync(wish, folder, _parts, cancellation).ConfigureAwait(false);
        lock (_all)
            _all.Add(host);
        return host;
    }

    async Task EndAsync(BrowserHost host)
    {
        lock (_all)
            if (!_all.Remove(host))
                return;
        await host.DisposeAsync().ConfigureAwait(false);
    }
}
