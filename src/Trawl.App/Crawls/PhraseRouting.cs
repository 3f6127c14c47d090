using Trawl.App.Jobs;

namespace Trawl.App.Crawls;

/// <summary>Which phrases are searched for on which platform.</summary>
static class PhraseRouting
{
    static readonly string[] Vietnamese = ["tiktok", "youtube"];

    /// <summary>The phrases of one platform.</summary>
    /// <param name="order">The order.</param>
    /// <param name="platform">The platform.</param>
    /// <param name="sameForAll">Whether all platforms search for the same, chosen by all platforms together, as the worker before did.</param>
    public static IReadOnlyList<string> For(CrawlOrder order, string platform, bool sameForAll)
    {
        IReadOnlyList<string> platforms = sameForAll ? order.Platforms : [platform];
        string[] languages =
            platforms.Any(p => Vietnamese.Contains(p, StringComparer.OrdinalIgnoreCase)) ? ["vi", "zh"]
            : platforms.Contains("bilibili", StringComparer.OrdinalIgnoreCase) ? ["zh", "vi"]
            : [.. order.Queries.Keys];
        var isEveryLanguage = languages.Length == order.Queries.Count && !platforms.Any(p => p is "tiktok" or "youtube" or "bilibili");
        IEnumerable<string> phrases = isEveryLanguage
            ? languages.SelectMany(l => order.Queries[l])
            : languages.Select(l => order.Queries.GetValueOrDefault(l) ?? []).FirstOrDefault(p => p.Count > 0) ?? FallBack(order);
        return [.. phrases.Where(p => p.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    // languages the pipeline does not know of are searched for as they are
    static IReadOnlyList<string> FallBack(CrawlOrder order) =>
        order.Queries.ContainsKey("vi") || order.Queries.ContainsKey("zh") ? [] : [.. order.Queries.Values.SelectMany(p => p)];
}
