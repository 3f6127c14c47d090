using System.Collections.Immutable;

namespace Trawl.Http;

/// <summary>
/// Who we are towards a site: user agent, language, referer and cookies. A media address works only with the session that obtained it,
/// so the two travel together. Immutable: cookies that arrive make a new session.
/// </summary>
public sealed record Session
{
    // what a browser fills in itself for each request
    const string Own = "";

    /// <summary>A desktop browser as TikTok's desktop page expects it.</summary>
    public static Session Desktop { get; } =
        new()
        {
            UserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            Rotates = true,
            Navigation =
            [
                new("Upgrade-Insecure-Requests", "1"),
                new("User-Agent", Own),
                new("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"),
                new("Sec-Fetch-Site", "same-origin"),
                new("Sec-Fetch-Mode", "navigate"),
                new("Sec-Fetch-User", "?1"),
                new("Sec-Fetch-Dest", "document"),
                new("Referer", Own),
                new("Accept-Encoding", Own),
                new("Accept-Language", Own),
                new("Cookie", Own),
            ],
        };

    /// <summary>A phone's browser, for the pages made for phones.</summary>
    public static Session Mobile { get; } =
        new()
        {
            UserAgent =
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            Navigation =
            [
                new("Sec-Fetch-Dest", "document"),
                new("User-Agent", Own),
                new("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
                new("Referer", Own),
                new("Sec-Fetch-Site", "same-origin"),
                new("Sec-Fetch-Mode", "navigate"),
                new("Accept-Language", Own),
                new("Accept-Encoding", Own),
                new("Cookie", Own),
            ],
        };

    /// <summary>A link preview, the client short links answer most readily.</summary>
    public static Session LinkPreview { get; } = new() { UserAgent = "facebookexternalhit/1.1" };

    /// <summary>The user agent sent with every request.</summary>
    public required string UserAgent { get; init; }

    /// <summary>The languages asked for. Default: English.</summary>
    public string AcceptLanguage { get; init; } = "en-US,en;q=0.9";

    /// <summary>The page we come from; only its origin is sent.</summary>
    public Uri? Referer { get; init; }

    /// <summary>
    /// The headers of a request for a page (<see cref="VisitRequest.Navigates"/>), in the order its browser sends them; an empty value is filled in for
    /// each request. Default: none, a page is asked for like anything else.
    /// </summary>
    public ImmutableArray<KeyValuePair<string, string>> Navigation { get; init; } = [];

    /// <summary>The proxy it began with and stays with; null before the first request and without proxies.</summary>
    public Uri? Exit { get; init; }

    /// <summary>The name of <see cref="Exit"/>: <c>direct</c>, or host and port of a proxy.</summary>
    public string Way => NameOf(Exit);

    /// <summary>The name of a way out.</summary>
    internal static string NameOf(Uri? exit) => exit is null ? "direct" : $"{exit.Host}:{exit.Port}";

    /// <summary>Whether its user agent may be another one of those configured (<see cref="HttpOptions.UserAgents"/>).</summary>
    internal bool Rotates { get; init; }

    /// <summary>The cookies received so far.</summary>
    public ImmutableArray<SessionCookie> Cookies { get; init; } = [];

    /// <summary>The <c>Cookie</c> header for an address, or null when none may go there.</summary>
    public string? CookieHeader(Uri address, DateTimeOffset now)
    {
        var cookies = Cookies.Where(c => c.GoesTo(address, now)).Select(c => $"{c.Name}={c.Value}");
        var header = string.Join("; ", cookies);
        return header.Length == 0 ? null : header;
    }

    /// <summary>The session after an answer's <c>Set-Cookie</c> headers; at most 100 cookies are kept.</summary>
    public Session Receive(IEnumerable<string> setCookies, Uri sender, DateTimeOffset now)
    {
        var cookies = Cookies;
        foreach (var header in setCookies.Take(100))
        {
            if (SessionCookie.Parse(header, sender, now) is not { } cookie)
                continue;
            cookies = cookies.RemoveAll(c => c.Name == cookie.Name && c.Domain == cookie.Domain && c.Path == cookie.Path);
            if (cookies.Length < 100 && !(cookie.Expires <= now))
                cookies = cookies.Add(cookie);
        }
        return this with { Cookies = cookies };
    }

    /// <summary>Names what the session is, without its secrets.</summary>
    public override string ToString() => $"session with {Cookies.Length} cookies";
}
