using Microsoft.Playwright;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;

namespace Trawl.Browser.TikTok;

/// <summary>What TikVid says of a video.</summary>
/// <param name="Address">Where its file is.</param>
/// <param name="Size">In bytes, where the host says it.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Cover">A picture of it.</param>
public sealed record TikVidVideo(Uri Address, long? Size, string? Title, Uri? Cover);

/// <summary>
/// Resolves videos through the page of TikVid, as a person would: fill in, submit, wait for what comes. What does not come without a window is
/// tried once more with one.
/// </summary>
public sealed class TikVid(BrowserPool pool)
{
    /// <summary>What the failure is called when the page answers and names no video.</summary>
    public const string NoLink = "NO_DOWNLOAD_LINK";

    const int Attempts = 3;
    const int MostProbes = 4;
    const int MostLinks = 1000;
    static readonly TimeSpan ForPage = TimeSpan.FromSeconds(30);
    static readonly TimeSpan ForResult = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Still = TimeSpan.FromSeconds(3);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    // "Video not found. It may be private or deleted.", "Video không tồn tại", and not "Error, please try again."
    static readonly string[] Final =
    [
        "private",
        "deleted",
        "not found",
        "removed",
        "not exist",
        "unavailable",
        "không tồn tại",
        "riêng tư",
        "valid link",
    ];

    const string Fields =
        "input[name='q']:visible, input[name='url']:visible, input[type='text']:visible, input[type='url']:visible, "
        + "input[placeholder*='link' i]:visible, input[placeholder*='url' i]:visible";

    const string Buttons =
        "button[type='submit']:visible, input[type='submit']:visible, button:has-text('Tải xuống'):visible, button:has-text('Download'):visible, #submit:visible";

    /// <summary>Resolves a video.</summary>
    /// <param name="link">The post's address.</param>
    /// <param name="engine">Which family of browser.</param>
    /// <param name="headful">Whether it must have a window.</param>
    /// <param name="profile">A profile; null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TrawlException">With the true reason; the detail is <see cref="NoLink"/> where the page answers and names no video.</exception>
    public async Task<TikVidVideo> ResolveAsync(
        string link,
        BrowserEngine engine,
        bool headful,
        BrowserProfile? profile,
        CancellationToken cancellation
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            // the last of those without a window has one
            var wish = new BrowserWish(engine, headful || attempt == Attempts);
            try
            {
                return await pool.UseAsync(wish, profile, (page, token) => AskAsync(page, link, token), cancellation).ConfigureAwait(false);
            }
            catch (TrawlException e) when (attempt < Attempts && IsWorthAnother(e))
            {
                // a page that did not come, or came without the video, may come with it
            }
            catch (TrawlException e) when (e.Kind == FailureKind.Unavailable && !wish.Headful && attempt < Attempts)
            {
                attempt = Attempts - 1; // what is said to be gone is looked for once more, with a window
            }
        }
    }

    static bool IsWorthAnother(TrawlException e) =>
        e.Kind
            is FailureKind.Network
                or FailureKind.Timeout
                or FailureKind.ToolFailed
                or FailureKind.UpstreamError
                or FailureKind.LayoutChanged;

    async Task<TikVidVideo> AskAsync(IPage page, string link, CancellationToken cancellation)
    {
        var site = pool.Options.TikVid;
        pool.Network.Guard.Check(site);
        var reply = await page.GotoAsync(
                site.AbsoluteUri,
                new() { WaitUntil = WaitUntilState.DOMContentLoaded, Timeout = (float)ForPage.TotalMilliseconds }
            )
            .WaitAsync(cancellation)
            .ConfigureAwait(false);
        if (reply is { Status: >= 400 and var status })
            throw new TrawlException(
                status == 429 ? FailureKind.RateLimited : FailureKind.UpstreamError,
                $"TikVid answered with status {status}."
            );
        var traffic = await SubmitAsync(page, link, cancellation).ConfigureAwait(false);
        var shown = await WaitAsync(page, traffic, cancellation).ConfigureAwait(false);
        var candidates = TikVidLink.Candidates(shown.Links, site);
        if (candidates.Count == 0)
            throw Nothing(shown.Toast);
        var (address, size) = await ProbeAsync(candidates, cancellation).ConfigureAwait(false);
        return new TikVidVideo(
            address,
            size,
            shown.Title,
            shown.Cover is { } cover && Uri.TryCreate(site, cover, out var picture) ? picture : null
        );
    }

    async Task<PageTraffic> SubmitAsync(IPage page, string link, CancellationToken cancellation)
    {
        var field = page.Locator(Fields).First;
        try
        {
            await field.FillAsync(link, new() { Timeout = 15_000 }).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TrawlException(FailureKind.LayoutChanged, "TikVid's page has no field for a link.", e);
        }
        await page.EvaluateAsync("() => { window.__before = new Set([...document.links].map(a => a.href)); }")
            .WaitAsync(cancellation)
            .ConfigureAwait(false);
        var traffic = new PageTraffic(page, pool.Time);
        var button = page.Locator(Buttons).First;
        if (await button.CountAsync().WaitAsync(cancellation).ConfigureAwait(false) > 0)
            await button.ClickAsync(new() { Timeout = 5_000 }).WaitAsync(cancellation).ConfigureAwait(false);
        else
            await field.PressAsync("Enter").WaitAsync(cancellation).ConfigureAwait(false);
        return traffic;
    }

    sealed record Shown(IReadOnlyList<TikVidLink> Links, string? Toast, string? Title, string? Cover);

    // links that were not there before, and what an error says: a notice that was there before is none
    const string Seen = """
        () => {
            const visible = e => e.offsetParent !== null && e.innerText.trim().length > 0;
            const links = [...document.links].filter(a => !(window.__before ?? new Set()).has(a.href))
                .map(a => [a.getAttribute('href') ?? '', a.innerText, `${a.className} ${a.parentElement?.className ?? ''}`]);
            const toast = [...document.querySelectorAll('[class*=error], [class*=alert]:not([class*=info]), [role=alert]')].find(visible);
            const title = document.querySelector('h3, h2.title, .video-title');
            const cover = document.querySelector('[poster], .thumbnail img, .image-tik img');
            return JSON.stringify({ links, toast: toast?.innerText ?? null, title: title?.innerText ?? null,
                cover: cover?.getAttribute('poster') ?? cover?.getAttribute('src') ?? null });
        }
        """;

    async Task<Shown> WaitAsync(IPage page, PageTraffic traffic, CancellationToken cancellation)
    {
        var time = pool.Time;
        var began = time.GetTimestamp();
        while (true)
        {
            var shown = await SeeAsync(page, cancellation).ConfigureAwait(false);
            if (TikVidLink.Candidates(shown.Links, pool.Options.TikVid).Count > 0 || shown.Toast is not null)
                return shown;
            // what was asked for has come and changed nothing, or nothing comes
            if (traffic.IsStillFor(Still) || time.GetElapsedTime(began) > ForResult)
                return shown;
            await Task.Delay(Look, time, cancellation).ConfigureAwait(false);
        }
    }

    async Task<Shown> SeeAsync(IPage page, CancellationToken cancellation)
    {
        // the page may have changed what our script is made of
        using var seen = ForeignJson.TryParse(await page.EvaluateAsync<string>(Seen).WaitAsync(cancellation).ConfigureAwait(false) ?? "");
        var root = seen?.RootElement ?? default;
        var anchors = root.Items("links"u8)
            .Take(MostLinks)
            .Select(a => a.Items().Take(3).Select(t => t.Text() ?? "").ToList())
            .Where(a => a.Count == 3)
            .Select(a => (a[0], a[1], a[2]));
        return new Shown(
            [.. TikVidLink.Of(anchors, new Uri(page.Url))],
            root.String("toast"u8),
            root.String("title"u8),
            root.String("cover"u8)
        );
    }

    static TrawlException Nothing(string? toast) =>
        toast is not null && Array.Exists(Final, f => toast.Contains(f, StringComparison.OrdinalIgnoreCase))
            ? new(FailureKind.Unavailable, $"TikVid says: {toast}") { Detail = "INVALID_VIDEO" }
        : toast is not null ? new(FailureKind.UpstreamError, $"TikVid says: {toast}")
        : new(FailureKind.UpstreamError, "TikVid resolver returned no download URL") { Detail = NoLink };

    // The first that says it is a video. Where no host says anything, the likeliest is taken at its word.
    async Task<(Uri Address, long? Size)> ProbeAsync(IReadOnlyList<TikVidLink> candidates, CancellationToken cancellation)
    {
        var isSilent = true;
        foreach (var candidate in candidates.Take(MostProbes))
        {
            try
            {
                var request = new VisitRequest(candidate.Address) { Method = HttpMethod.Head, Repeat = false };
                var session = Session.Desktop with { Referer = pool.Options.TikVid };
                var reply = await pool.Network.Visit(session).OpenAsync(request, cancellation).ConfigureAwait(false);
                await using (reply.ConfigureAwait(false))
                {
                    if (!reply.IsSuccess)
                        continue;
                    isSilent = false;
                    if (reply.ContentType.StartsWith("video/", StringComparison.Ordinal) || reply.ContentType == "application/octet-stream")
                        return (candidate.Address, reply.ContentLength);
                }
            }
            catch (TrawlException e) when (e.Kind != FailureKind.RefusedAddress)
            {
                // the next one may answer
            }
            catch (TrawlException)
            {
                isSilent = false; // a place we do not visit is no video
            }
        }
        return isSilent
            ? (candidates[0].Address, null)
            : throw new TrawlException(FailureKind.UpstreamError, "TikVid resolver returned no download URL") { Detail = NoLink };
    }
}
