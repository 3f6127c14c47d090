using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Failures;

namespace Trawl.Browser.TikTok;

/// <summary>Searches TikTok in a browser. The page's own search replies are read; where none is seen, what the page shows.</summary>
public sealed class BrowserSearch(BrowserPool pool)
{
    static readonly TimeSpan ForPage = TimeSpan.FromSeconds(30);
    static readonly TimeSpan ForResults = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1.5);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);
    const int MostScrolls = 40;

    const string Buttons =
        "button[data-e2e='nav-search']:visible, [data-e2e='search-icon']:visible, button[aria-label*='Search' i]:visible, a[href='/search']:visible";

    const string Fields =
        "input[data-e2e='search-input']:visible, input[data-e2e='top-search-input']:visible, input[data-e2e='search-user-input']:visible, "
        + "input[type='search']:visible, input[placeholder*='Search' i]:visible";

    /// <summary>Searches for a phrase.</summary>
    /// <param name="phrase">What for.</param>
    /// <param name="limit">How many hits at most.</param>
    /// <param name="wish">Which browser. With a window the phrase is typed on the start page, without one its address is opened.</param>
    /// <param name="profile">A profile; null for none.</param>
    /// <param name="found">Is told of each hit once.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TrawlException">With the true reason; finding nothing is none.</exception>
    public Task<IReadOnlyList<SearchHit>> RunAsync(
        string phrase,
        int limit,
        BrowserWish wish,
        BrowserProfile? profile,
        IProgress<SearchHit>? found,
        CancellationToken cancellation
    ) => pool.UseAsync(wish, profile, (page, token) => RunAsync(page, phrase, limit, wish.Headful, found, token), cancellation);

    async Task<IReadOnlyList<SearchHit>> RunAsync(
        IPage page,
        string phrase,
        int limit,
        bool typed,
        IProgress<SearchHit>? found,
        CancellationToken cancellation
    )
    {
        var results = new Results(limit, found, pool.Network.Logger);
        page.Request += (_, request) => results.Expect(request.Url);
        page.Response += (_, response) => results.See(response);
        if (!typed || !await TypeAsync(page, phrase, cancellation).ConfigureAwait(false))
            await GoAsync(page, new Uri(pool.Options.TikTok, $"search/video?q={Uri.EscapeDataString(phrase)}"), cancellation)
                .ConfigureAwait(false);
        await results.WaitAsync(page, pool.Time, ForResults, cancellation).ConfigureAwait(false);
        for (var i = 0; i < MostScrolls && results.WantsMore; i++)
        {
            var before = results.Replies;
            await page.EvaluateAsync("() => window.scrollTo(0, document.documentElement.scrollHeight)")
                .WaitAsync(cancellation)
                .ConfigureAwait(false);
            if (!await results.GrowsAsync(before, pool.Time, cancellation).ConfigureAwait(false))
                break;
        }
        await results.EndAsync().WaitAsync(cancellation).ConfigureAwait(false);
        return results.Hits;
    }

    async Task GoAsync(IPage page, Uri address, CancellationToken cancellation)
    {
        pool.Network.Guard.Check(address);
        var reply = await page.GotoAsync(
                address.AbsoluteUri,
                new() { WaitUntil = WaitUntilState.DOMContentLoaded, Timeout = (float)ForPage.TotalMilliseconds }
            )
            .WaitAsync(cancellation)
            .ConfigureAwait(false);
        if (reply is { Status: 429 })
            throw new TrawlException(FailureKind.RateLimited, "TikTok answers that we ask too often.");
        if (reply is { Status: >= 400 and var status })
            throw new TrawlException(FailureKind.Blocked, $"TikTok answered with status {status}.");
    }

    // As a person does. False when the page cannot be used so.
    async Task<bool> TypeAsync(IPage page, string phrase, CancellationToken cancellation)
    {
        await GoAsync(page, pool.Options.TikTok, cancellation).ConfigureAwait(false);
        try
        {
            await page.Locator(Buttons).First.ClickAsync(new() { Timeout = 5_000 }).WaitAsync(cancellation).ConfigureAwait(false);
            var field = page.Locator(Fields).First;
            await field
                .PressSequentiallyAsync(phrase, new() { Delay = 30, Timeout = 10_000 })
                .WaitAsync(cancellation)
                .ConfigureAwait(false);
            await field.PressAsync("Enter").WaitAsync(cancellation).ConfigureAwait(false);
            await page.WaitForURLAsync(u => u.Contains("/search", StringComparison.Ordinal), new() { Timeout = 15_000 })
                .WaitAsync(cancellation)
                .ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // What the page's replies have brought so far. Replies come on the driver's thread, the search reads on its own.
    sealed class Results(int limit, IProgress<SearchHit>? found, ILogger logger)
    {
        readonly ConcurrentDictionary<string, SearchHit> _byId = [];
        readonly List<SearchHit> _hits = [];
        readonly Lock _guard = new();
        readonly ConcurrentBag<Task> _reading = [];
        TrawlException? _failure;
        bool _hasMore = true;
        volatile bool _isAsked;

        public int Replies { get; private set; }

        public IReadOnlyList<SearchHit> Hits
        {
            get
            {
                lock (_guard)
                    return [.. _hits];
            }
        }

        public bool WantsMore => _hits.Count < limit && _hasMore && Replies > 0;

        /// <summary>A request of the page's: once it has asked for results, only its replies count.</summary>
        public void Expect(string address)
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out var asked) && SearchReply.IsOne(asked))
                _isAsked = true;
        }

        public void See(IResponse response)
        {
            if (Uri.TryCreate(response.Url, UriKind.Absolute, out var address) && SearchReply.IsOne(address))
                _reading.Add(ReadAsync(response));
        }

        public Task EndAsync() => Task.WhenAll(_reading);

        async Task ReadAsync(IResponse response)
        {
            try
            {
                if (response.Status == 429)
                    throw new TrawlException(FailureKind.RateLimited, "TikTok's search answers that we ask too often.");
                if (response.Status >= 400)
                    throw new TrawlException(FailureKind.Blocked, $"TikTok's search answered with status {response.Status}.");
                var reply = SearchReply.Read(await response.BodyAsync().ConfigureAwait(false));
                Add(reply.Hits, reply.HasMore);
            }
            catch (TrawlException e)
            {
                Fail(e);
            }
            catch (PlaywrightException e)
            {
                Fail(new TrawlException(FailureKind.UpstreamError, "A reply of TikTok's search could not be read.", e));
            }
            catch (Exception e)
            {
                Fail(Defects.Known(e, logger)); // one reply that breaks us ends no search
            }
        }

        public void Add(IReadOnlyList<SearchHit> hits, bool hasMore)
        {
            lock (_guard)
            {
                foreach (var hit in hits)
                    if (_hits.Count < limit && _byId.TryAdd(hit.Id, hit))
                    {
                        _hits.Add(hit);
                        found?.Report(hit);
                    }
                _hasMore = hasMore;
                Replies++;
            }
        }

        // Until the first reply, or until the page shows what it will ever show.
        public async Task WaitAsync(IPage page, TimeProvider time, TimeSpan patience, CancellationToken cancellation)
        {
            var began = time.GetTimestamp();
            while (Replies == 0)
            {
                ThrowIfFailed();
                if (new Uri(page.Url).AbsolutePath.StartsWith("/login", StringComparison.Ordinal))
                    throw new TrawlException(FailureKind.LoginRequired, "TikTok wants a login before it searches.");
                var html = await page.ContentAsync().WaitAsync(cancellation).ConfigureAwait(false);
                var isQuiet = !_isAsked && time.GetElapsedTime(began) > Quiet;
                if (isQuiet && Replies == 0 && SearchDocument.Read(html) is { Count: > 0 } shown)
                    Add(shown, hasMore: false);
                else if (html.Contains("id=\"wci\"", StringComparison.Ordinal) || html.Contains("TTGCaptcha", StringComparison.Ordinal))
                    throw new TrawlException(FailureKind.Challenged, "TikTok wants proof that we are a person.");
                else if (time.GetElapsedTime(began) > patience)
                    throw new TrawlException(FailureKind.LayoutChanged, "TikTok's search page shows no results, and asks for none.");
                else
                    await Task.Delay(Look, time, cancellation).ConfigureAwait(false);
            }
            ThrowIfFailed();
        }

        /// <summary>Whether a further reply comes.</summary>
        public async Task<bool> GrowsAsync(int before, TimeProvider time, CancellationToken cancellation)
        {
            var began = time.GetTimestamp();
            while (Replies == before && _failure is null && time.GetElapsedTime(began) < TimeSpan.FromSeconds(6))
                await Task.Delay(Look, time, cancellation).ConfigureAwait(false);
            return Replies > before;
        }

        void Fail(TrawlException failure)
        {
            lock (_guard)
                _failure ??= failure;
        }

        void ThrowIfFailed()
        {
            lock (_guard)
                if (_failure is not null && _hits.Count == 0)
                    throw _failure;
        }
    }
}
