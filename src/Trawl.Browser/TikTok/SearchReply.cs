using System.Globalization;
using System.Text.Json;
using Trawl.Failures;
using Trawl.Json;

namespace Trawl.Browser.TikTok;

/// <summary>A page of results as TikTok sends it to its own pages: <c>/api/search/general/full/</c>, <c>/api/search/item/full/</c>; and as pages of other days carry it.</summary>
sealed record SearchReply(IReadOnlyList<SearchHit> Hits, bool HasMore)
{
    const int NeedsLogin = 2483;
    const int Most = 200;

    /// <summary>Whether an address is one of those.</summary>
    public static bool IsOne(Uri address) =>
        address.AbsolutePath.StartsWith("/api/search/", StringComparison.Ordinal)
        && address.AbsolutePath.TrimEnd('/').EndsWith("/full", StringComparison.Ordinal);

    /// <summary>Reads one.</summary>
    /// <exception cref="TrawlException">It refuses, or is of another shape.</exception>
    public static SearchReply Read(ReadOnlyMemory<byte> body)
    {
        using var json = ForeignJson.Parse(
            body,
            e => new TrawlException(FailureKind.Challenged, "TikTok's search answered with something else than JSON.", e)
        );
        var root = json.RootElement;
        if (root.Whole("status_code"u8) is not (null or 0) and var code)
            throw code == NeedsLogin
                ? new TrawlException(FailureKind.LoginRequired, "TikTok wants a login before it searches.")
                : new TrawlException(FailureKind.UpstreamError, $"TikTok's search answered with code {code}.");
        var items = root.Items("item_list"u8).Concat(root.Items("data"u8).Where(d => d.Whole("type"u8) == 1).Select(d => d.Get("item"u8)));
        return new SearchReply([.. items.Take(Most).Select(Hit).OfType<SearchHit>()], root.Whole("has_more"u8) == 1);
    }

    /// <summary>Reads what a page of 2022 carries: <c>ItemModule</c> and <c>UserModule</c>. What is no JSON yields nothing.</summary>
    public static IReadOnlyList<SearchHit> ReadHydration(string text)
    {
        using var json = ForeignJson.TryParse(text);
        if (json is null)
            return [];
        var users = json.RootElement.Get("UserModule"u8).Get("users"u8);
        return [.. json.RootElement.Get("ItemModule"u8).Members().Take(Most).Select(i => Hit(i.Value, i.Name, users)).OfType<SearchHit>()];
    }

    static SearchHit? Hit(JsonElement item) => Hit(item, null, default);

    static SearchHit? Hit(JsonElement item, string? key, JsonElement users)
    {
        var id = (item.Text("id"u8) ?? key ?? "").Trim();
        if (id.Length == 0)
            return null;
        var author =
            item.Get("author"u8).Text("uniqueId"u8)
            ?? item.Text("author"u8)
            ?? item.Text("authorName"u8)
            ?? (item.Text("authorId"u8) is { } number ? Named(users, number) : null)
            ?? "";
        var likes =
            item.Get("statsV2"u8).Whole("diggCount"u8)
            ?? item.Get("stats"u8).Whole("diggCount"u8)
            ?? item.Get("stats"u8).Whole("likeCount"u8)
            ?? 0;
        return new SearchHit(
            id,
            item.Text("desc"u8) ?? item.Text("title"u8) ?? "",
            author.TrimStart('@'),
            likes,
            item.Time("createTime"u8)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? item.Text("createTime"u8) ?? "",
            SearchHit.AddressOf(id, author)
        );
    }

    static string? Named(JsonElement users, string number) =>
        users
            .Members()
            .Take(Most)
            .Where(u => u.Value.Text("id"u8) == number || u.Value.Text("uid"u8) == number)
            .Select(u => u.Value.Text("uniqueId"u8) ?? u.Value.Text("nickname"u8) ?? u.Value.Text("username"u8))
            .FirstOrDefault();
}
