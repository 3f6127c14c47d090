using System.Collections.Immutable;
using Microsoft.Playwright;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.Browser.TikTok;

/// <summary>Opens a page in a real browser and takes over the session the browser was given. A warm profile serves if there is one.</summary>
/// <param name="pool">Its browsers; they end with it.</param>
/// <param name="engine">Which family.</param>
/// <param name="profile">A profile; null for none.</param>
public sealed class PageVisit(BrowserPool pool, BrowserEngine engine = BrowserEngine.Chromium, BrowserProfile? profile = null)
    : PageRenderer,
        IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);
    static readonly TimeSpan ForBody = TimeSpan.FromSeconds(3);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // what a connection needs, not what a browser says; and what each request fills in
    static readonly string[] OfConnection = ["host", "connection", "content-length", "proxy-connection", "cache-control", "pragma"];
    static readonly string[] FilledIn = ["user-agent", "accept-language", "accept-encoding", "referer", "cookie"];

    /// <inheritdoc/>
    public override string Name => engine == BrowserEngine.Chromium ? "chromium" : "firefox";

    /// <inheritdoc/>
    public override string? Obstacle => BrowserPrograms.Find(pool.Options, engine) is null ? "no browser is installed" : null;

    /// <summary>Ends its browsers.</summary>
    public ValueTask DisposeAsync() => pool.DisposeAsync();

    /// <inheritdoc/>
    public override Task<RenderedPage> OpenAsync(
        Uri address,
        Uri? way,
        Func<ReadOnlyMemory<byte>, bool> isShown,
        CancellationToken cancellation
    ) =>
        pool.UseAsync(
            new BrowserWish(engine, Headful: false) { Way = way },
            profile is { IsWarm: true } ? profile : null,
            (page, token) => OpenAsync(page, address, way, isShown, token),
            cancellation
        );

    async Task<RenderedPage> OpenAsync(
        IPage page,
        Uri address,
        Uri? way,
        Func<ReadOnlyMemory<byte>, bool> isShown,
        CancellationToken cancellation
    )
    {
        pool.Network.Guard.Check(address);
        IResponse? latest = null;
        page.Response += (_, response) =>
        {
            if (response.Request.IsNavigationRequest && response.Frame == page.MainFrame)
                latest = response;
        };
        await page.GotoAsync(address.AbsoluteUri, new() { WaitUntil = WaitUntilState.Commit, Timeout = (float)Patience.TotalMilliseconds })
            .WaitAsync(cancellation)
            .ConfigureAwait(false);
        var began = pool.Time.GetTimestamp();
        for (IResponse? read = null; ; )
        {
            if (latest is { } document && document != read && await BodyAsync(document, cancellation).ConfigureAwait(false) is { } html)
            {
                read = document;
                if (isShown(html))
                    return new RenderedPage(await SessionAsync(page, document, way, cancellation).ConfigureAwait(false), html);
            }
            if (pool.Time.GetElapsedTime(began) > Patience)
                throw NotLetIn(page, latest);
            await Task.Delay(Look, pool.Time, cancellation).ConfigureAwait(false);
        }
    }

    // null while it is being loaded again, or is a redirect; of a document that has been left the driver may never say anything
    async Task<byte[]?> BodyAsync(IResponse document, CancellationToken cancellation)
    {
        try
        {
            return await document.BodyAsync().WaitAsync(ForBody, pool.Time, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            return null;
        }
    }

    static TrawlException NotLetIn(IPage page, IResponse? latest) =>
        Uri.TryCreate(page.Url, UriKind.Absolute, out var at) && at.AbsolutePath.StartsWith("/login", StringComparison.Ordinal)
            ? new(FailureKind.LoginRequired, "The page asks the browser for a login, too.")
        : latest is { Status: >= 400 and var status } ? new(FailureKind.Blocked, $"The page answers the browser with status {status}, too.")
        : new(FailureKind.Challenged, "The page does not let the browser in, either.");

    async Task<Session> SessionAsync(IPage page, IResponse document, Uri? way, CancellationToken cancellation)
    {
        var headers = await document.Request.HeadersArrayAsync().WaitAsync(cancellation).ConfigureAwait(false);
        var cookies = await page.Context.CookiesAsync([page.Url]).WaitAsync(cancellation).ConfigureAwait(false);
        var navigation = headers
            .Where(h => !h.Name.StartsWith(':') && !OfConnection.Contains(h.Name.ToLowerInvariant()))
            .Select(h => KeyValuePair.Create(h.Name, FilledIn.Contains(h.Name.ToLowerInvariant()) ? "" : h.Value))
            .ToList();
        foreach (var missing in FilledIn.Where(name => !navigation.Exists(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase))))
            navigation.Add(KeyValuePair.Create(missing, ""));
        return new Session
        {
            UserAgent = Value("user-agent") ?? Session.Desktop.UserAgent,
            AcceptLanguage = Value("accept-language") ?? Session.Desktop.AcceptLanguage,
            Referer = new Uri(page.Url),
            Cookies = [.. cookies.Select(Cookie)],
            Navigation = [.. navigation],
            Exit = way,
        };

        string? Value(string name) =>
            headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).FirstOrDefault();
    }

    static SessionCookie Cookie(BrowserContextCookiesResult cookie) =>
        new(
            cookie.Name,
            cookie.Value,
            cookie.Domain.TrimStart('.'),
            HostOnly: !cookie.Domain.StartsWith('.'),
            cookie.Path,
            cookie.Secure,
            cookie.Expires > 0 ? DateTimeOffset.FromUnixTimeSeconds((long)cookie.Expires) : null
        );
}
