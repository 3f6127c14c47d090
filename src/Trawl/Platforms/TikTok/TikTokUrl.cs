using Trawl.Json;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>TikTok's URL grammar. Hosts are compared whole, segments are judged as they were written, ids are ASCII digits.</summary>
public static class TikTokUrl
{
    const int LongestLink = 2048;
    const int LongestId = 20;

    internal static readonly string[] Hosts =
    [
        "tiktok.com",
        "www.tiktok.com",
        "m.tiktok.com",
        "lite.tiktok.com",
        "pro.tiktok.com",
        "vm.tiktok.com",
        "vt.tiktok.com",
        "t.tiktok.com",
        "tiktokv.com",
        "www.tiktokv.com",
    ];

    static readonly string[] ShortHosts = ["vm.tiktok.com", "vt.tiktok.com", "t.tiktok.com"];

    /// <summary>Whether a host is TikTok's own, by its whole name.</summary>
    public static bool IsHost(string host) => Hosts.Contains(host);

    /// <summary>Parses a link; null when it is not one of TikTok's or malformed.</summary>
    public static VideoUrl? Parse(string link)
    {
        link = link.Trim();
        if (link.Length is 0 or > LongestLink || link.Any(char.IsControl))
            return null;
        if (!Uri.TryCreate(link, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            return null;
        if (uri.UserInfo.Length > 0 || !uri.IsDefaultPort || !IsHost(uri.Host))
            return null;
        return Classify(uri.Host, RawSegments(link), uri.Query);
    }

    /// <summary>The post with an id.</summary>
    /// <param name="id">Its id: 1 to 20 digits.</param>
    /// <param name="user">Its author's handle, if known.</param>
    /// <param name="kind">Video or photo.</param>
    public static VideoUrl Post(string id, string? user = null, LinkKind kind = LinkKind.Video) =>
        // photo posts are fetched under /video/ too: the page is the same
        new("tiktok", kind, id, user, new Uri($"https://www.tiktok.com/@{(IsHandle(user) ? user : "_")}/video/{id}"));

    /// <summary>When an id was made: it carries the second in its upper half. Posts follow seconds to days later, never earlier.</summary>
    public static DateTimeOffset? TimeOf(string id) => ulong.TryParse(id, out var number) ? ForeignJson.Time((long)(number >> 32)) : null;

    static VideoUrl Classify(string host, string[] path, string query) =>
        path switch
        {
            _ when path.Contains("..") || path.Contains(".") => Page(LinkKind.Other, null, null, "/"),
            [var code] when ShortHosts.Contains(host) && IsCode(code) => Short(code),
            ["t" or "v", var code] when IsCode(code) && !IsId(Bare(code)) => Short(code),
            ["v", var id] when IsId(Bare(id)) => Post(Bare(id)),
            ["embed", var id] when IsId(id) => Post(id),
            ["embed", "v2" or "v3", var id] when IsId(id) => Post(id),
            ["player", "v1", var id] when IsId(id) => Post(id),
            ["video", var id] when IsId(id) => Post(id),
            ["share", "video", var id] when IsId(id) => Post(id),
            ["share", "user", var id] when IsId(id) => Page(LinkKind.Profile, id, null, $"/share/user/{id}"),
            ["i18n", "share", "video", var id] when IsId(id) => Post(id),
            ["share", "live", var id] when IsId(id) => Page(LinkKind.Live, id, null, $"/share/live/{id}"),
            ["h5", "share", "usr", var id] when IsId(Bare(id)) => Page(LinkKind.Profile, Bare(id), null, $"/h5/share/usr/{Bare(id)}"),
            ["login", ..] => Page(LinkKind.Login, null, null, "/login"),
            ["tag", var name] => Page(LinkKind.Tag, Decoded(name), null, $"/tag/{name}"),
            ["music", var slug] when TrailingId(slug) is { } id => Page(LinkKind.Sound, id, null, $"/music/{slug}"),
            ["sticker", var slug] when TrailingId(slug) is { } id => Page(LinkKind.Effect, id, null, $"/sticker/{slug}"),
            [['@', .. var user], .. var rest] => OfUser(UserName(user), rest),
            _ when QueryId(query) is { } id => Post(id),
            _ => Page(LinkKind.Other, null, null, "/"),
        };

    static VideoUrl OfUser(string? user, string[] rest) =>
        rest switch
        {
            ["video", var id] when IsId(id) => Post(id, user),
            ["photo", var id] when IsId(id) => Post(id, user, LinkKind.Photo),
            ["video", var query] when QueryId(query) is { } id => Post(id, user),
            ["live"] => Page(LinkKind.Live, null, user, $"/@{user}/live"),
            ["collection" or "playlist", var slug] when TrailingId(slug) is { } id => Page(
                LinkKind.Collection,
                id,
                user,
                $"/@{user}/{rest[0]}/{slug}"
            ),
            [] or ["reposts"] or ["liked"] => Page(LinkKind.Profile, null, user, $"/@{user}"),
            _ => Page(LinkKind.Other, null, user, $"/@{user}"),
        };

    static VideoUrl Short(string code) => new("tiktok", LinkKind.Short, code, null, new Uri($"https://www.tiktok.com/t/{code}"));

    static VideoUrl Page(LinkKind kind, string? id, string? user, string path) =>
        new("tiktok", kind, id, user, new Uri("https://www.tiktok.com" + path));

    // Uri collapses dot segments and escapes; the grammar judges what was written.
    static string[] RawSegments(string link)
    {
        var rest = link[(link.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var end = rest.IndexOfAny(['?', '#']);
        if (end >= 0)
            rest = rest[..end];
        var slash = rest.IndexOf('/');
        return slash < 0 ? [] : rest[slash..].Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    static bool IsId(string text) => text.Length is > 0 and <= LongestId && text.All(char.IsAsciiDigit);

    static bool IsCode(string text) => text.Length is >= 4 and <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    static bool IsHandle(string? text) =>
        text?.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    // 6749869095467945218.html
    static string Bare(string segment) => segment.EndsWith(".html", StringComparison.Ordinal) ? segment[..^5] : segment;

    static string? UserName(string segment) => Decoded(segment) is { Length: > 0 } name && !name.Contains('/') ? name : null;

    // @bad%E0%A4%A: an escape that is no UTF-8 stays an escape
    static string? Decoded(string segment) => Uri.UnescapeDataString(segment) is var text && !text.Contains('%') ? text : null;

    // Build-a-Btch-6956990112127585029
    static string? TrailingId(string slug) => slug[(slug.LastIndexOf('-') + 1)..] is var id && IsId(id) ? id : null;

    // is_copy_url=1&is_from_webapp=v1&item_id=7103185591575088411
    static string? QueryId(string query)
    {
        foreach (var pair in query.TrimStart('?').Split('&'))
            if (pair.Split('=') is ["item_id" or "shareId", var id] && IsId(id))
                return id;
        return null;
    }
}
