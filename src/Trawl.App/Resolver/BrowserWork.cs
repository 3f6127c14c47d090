using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Trawl.App.Resolver.Answers;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;
using Trawl.App.Searches;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Browser.TikTok;
using Trawl.Failures;

namespace Trawl.App.Resolver;

/// <summary>The work behind the routes, by real browsers. Every request ends in time, and says truly what went wrong.</summary>
sealed partial class BrowserWork(
    BrowserPool pool,
    ServiceOptions options,
    ExecutionMode mode,
    BrowserProfile chromium,
    BrowserProfile camoufox,
    TikwmFeed feed,
    ILogger logger
) : IResolverWork
{
    const int MostHits = 50;

    readonly BrowserSearch _search = new(pool);
    readonly TikVid _tikVid = new(pool);
    readonly SearchCache _cache = new(options.SearchCache, pool.Time);

    public async Task<Fields> SearchAsync(SearchRequest request, IProgress<Fields>? found, CancellationToken cancellation)
    {
        if (_cache.Find(request) is { } kept)
            return kept;
        using var deadline = Within(options.Timeout, cancellation);
        var wish = new BrowserWish(SearchEngine, mode.IsHeadful(request.Headful));
        var hits = new HitList(Math.Min(request.Count, MostHits), found);
        TrawlException? failure = null;
        foreach (var phrase in request.Query.Trimmed)
        {
            if (hits.IsFull)
                break;
            try
            {
                await _search.RunAsync(phrase, hits.Limit, wish, Warm(ProfileOf(wish.Engine)), hits, deadline.Token);
            }
            catch (Exception e) when (Failure(e, cancellation) is { } why)
            {
                failure ??= why;
                LogFailed(logger, "search", why.Kind.Name(), why.Message);
            }
        }
        if (hits.Count == 0 && failure is null)
            foreach (var phrase in request.Query.Trimmed)
                hits.AddRange(await SecondOpinionAsync(phrase, hits.Limit, cancellation));
        if (hits.Count == 0 && failure is not null && !options.EmptyOnFailure)
            return new Fields
            {
                ["error"] = new Fields { ["code"] = CodeOf(failure.Kind), ["message"] = $"Search failed: {failure.Message}" },
            };
        var answer = new Fields
        {
            ["results"] = hits.ToList(),
            ["totalResults"] = (long)hits.Count,
            ["query"] = string.Join(' ', request.Query.Trimmed),
        };
        if (failure is null)
            _cache.Keep(request, answer);
        return answer;
    }

    // the page has said that there is nothing: who cannot say more does not make that wrong
    async Task<IReadOnlyList<SearchHit>> SecondOpinionAsync(string phrase, int limit, CancellationToken cancellation)
    {
        try
        {
            return await feed.RunAsync(phrase, limit, cancellation);
        }
        catch (TrawlException e)
        {
            LogFailed(logger, "search by TikWM", e.Kind.Name(), e.Message);
            return [];
        }
    }

    public async Task<DownloadAnswer> DownloadAsync(DownloadRequest request, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        using var deadline = Within(options.Timeout, cancellation);
        var engine = options.DownloadEngine;
        try
        {
            var video = await _tikVid.ResolveAsync(
                request.Address.Text,
                engine,
                mode.IsHeadful(request.Headful),
                Warm(ProfileOf(engine)),
                deadline.Token
            );
            return DownloadAnswer.Found(
                request,
                video.Address.AbsoluteUri,
                video.Title is { Length: > 0 } title ? title : null,
                duration: null,
                video.Cover?.AbsoluteUri,
                video.Size,
                Seconds(began)
            );
        }
        catch (Exception e) when (Failure(e, cancellation) is { } why)
        {
            LogFailed(logger, "download", why.Kind.Name(), why.Message);
            var (code, message) = Named(why);
            var details = new Fields
            {
                ["original_url"] = request.Address.Text,
                ["exception"] = $"Resolution failed after retries: {why.Message}",
            };
            return DownloadAnswer.Error(code, message, details, Seconds(began));
        }
    }

    public async Task<Fields> SessionAsync(CancellationToken cancellation)
    {
        using var deadline = Within(options.Timeout, cancellation);
        var engine = SearchEngine;
        try
        {
            var wish = new BrowserWish(engine, mode.IsHeadful(!options.SessionHeadless));
            var login = await new LoginState(pool).SeeAsync(wish, Warm(ProfileOf(engine)), options.LoginTimeout, deadline.Token);
            return login == Login.Out ? SessionAnswer.NotLoggedIn((long)options.LoginTimeout.TotalSeconds) : SessionAnswer.LoggedIn;
        }
        catch (Exception e) when (Failure(e, cancellation) is { } why)
        {
            LogFailed(logger, "session", why.Kind.Name(), why.Message);
            return why.Kind == FailureKind.Timeout ? SessionAnswer.TimedOut(why.Message) : SessionAnswer.Failed(why.Message);
        }
    }

    public async Task<BrowseAnswer> BrowseAsync(BrowseRequest request, CancellationToken cancellation)
    {
        var engine = request.Engine == "chromium" ? BrowserEngine.Chromium : BrowserEngine.Camoufox;
        try
        {
            var address = request.Address is { Scheme: not "about" } web ? new Uri(web.Text) : null;
            await new BrowserWindow(pool).BrowseAsync(ProfileOf(engine), address, options.BrowseTimeout, cancellation);
            return new BrowseAnswer(
                true,
                engine == BrowserEngine.Chromium
                    ? "Chromium browser session completed successfully"
                    : "Browser session completed successfully"
            );
        }
        catch (Exception e) when (Failure(e, cancellation) is { } why)
        {
            LogFailed(logger, "browse", why.Kind.Name(), why.Message);
            return new BrowseAnswer(false, why.Detail == "PROFILE_LOCKED" ? why.Message : $"{why.Message} {why.Rule.Suggestion}");
        }
    }

    // Camoufox where it is installed, but somebody known rather than nobody
    BrowserEngine SearchEngine =>
        BrowserPrograms.Find(options.Browser, BrowserEngine.Camoufox) is null || (chromium.IsWarm && !camoufox.IsWarm)
            ? BrowserEngine.Chromium
            : BrowserEngine.Camoufox;

    BrowserProfile ProfileOf(BrowserEngine engine) => engine == BrowserEngine.Chromium ? chromium : camoufox;

    static BrowserProfile? Warm(BrowserProfile profile) => profile.IsWarm ? profile : null;

    static CancellationTokenSource Within(TimeSpan time, CancellationToken cancellation)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(time);
        return deadline;
    }

    // what is ours to answer; an asker who hung up and a defect are not
    static TrawlException? Failure(Exception exception, CancellationToken asker) =>
        exception switch
        {
            TrawlException e => e,
            OperationCanceledException e when !asker.IsCancellationRequested => new TrawlException(
                FailureKind.Timeout,
                "The request took too long.",
                e
            ),
            _ => null,
        };

    static string CodeOf(FailureKind kind) =>
        kind switch
        {
            FailureKind.LoginRequired => "NOT_LOGGED_IN",
            FailureKind.RateLimited => "RATE_LIMITED",
            FailureKind.ToolMissing or FailureKind.ToolFailed => "BROWSER_AUTOMATION_ERROR",
            _ => "SCRAPE_FAILED",
        };

    static (string Code, string Message) Named(TrawlException why) =>
        why switch
        {
            { Detail: TikVid.NoLink } => ("NO_DOWNLOAD_LINK", "No download link found for the video"),
            { Kind: FailureKind.Unavailable } => ("INVALID_VIDEO", "Invalid or inaccessible TikTok video"),
            { Kind: FailureKind.Network or FailureKind.Timeout or FailureKind.RateLimited } => (
                "NAVIGATION_FAILED",
                "Failed to navigate to TikVid service"
            ),
            _ => ("DOWNLOAD_FAILED", "Failed to resolve video download URL"),
        };

    static double Seconds(long began) => Stopwatch.GetElapsedTime(began).TotalSeconds;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed to {Operation}: {Kind}, {Reason}")]
    static partial void LogFailed(ILogger logger, string operation, string kind, string reason);
}
