using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Trawl.Browser.TikTok;

/// <summary>What a result page shows, when its replies were not seen: first its data, then its elements, then what it says of itself.</summary>
static partial class SearchDocument
{
    /// <summary>Reads the hits of a page; the first way that yields any counts.</summary>
    public static IReadOnlyList<SearchHit> Read(string html)
    {
        if (!MarkupShape.IsOfBrowser(html))
            return [];
        var document = new HtmlParser().ParseDocument(html);
        if (
            document.QuerySelector("script#SIGI_STATE") is { } state
            && SearchReply.ReadHydration(state.TextContent) is { Count: > 0 } hydrated
        )
            return hydrated;
        List<SearchHit> drawn = [.. document.QuerySelectorAll("div[id^=column-item-video-container-]").Select(Drawn).OfType<SearchHit>()];
        return drawn.Count > 0 ? drawn : [.. Described(document)];
    }

    static SearchHit? Drawn(IElement card)
    {
        var link = card.QuerySelectorAll("a[href*='/video/']").FirstOrDefault()?.GetAttribute("href");
        if (link is null || PostId().Match(link) is not { Success: true } post)
            return null;
        var author =
            card.QuerySelector("[data-e2e=search-card-user-link]")?.GetAttribute("href")?.Trim('/').TrimStart('@')
            ?? Text(card, "[data-e2e=search-card-user-unique-id]")?.TrimStart('@')
            ?? Handle().Match(link).Groups["handle"].Value;
        var caption = Text(card, "[data-e2e=search-card-video-caption]") ?? Text(card, "[data-e2e=search-card-desc]") ?? Prose(card) ?? "";
        var time = Text(card, "[data-e2e=search-card-time]") ?? Text(card, "[class*=DivTimeTag]") ?? Date().Match(card.TextContent).Value;
        return new SearchHit(
            post.Groups["id"].Value,
            caption,
            author,
            Likes(card),
            time,
            link.StartsWith('/') ? $"https://www.tiktok.com{link}" : link
        );
    }

    // a canonical link to a video, and what the page says of it
    static IEnumerable<SearchHit> Described(IDocument document)
    {
        var link = document.QuerySelector("link[rel=canonical]")?.GetAttribute("href") ?? "";
        var caption =
            document.QuerySelector("meta[property='og:description']")?.GetAttribute("content")
            ?? document.QuerySelector("meta[name=description]")?.GetAttribute("content");
        if (PostId().Match(link) is { Success: true } post && caption is not null)
            yield return new SearchHit(post.Groups["id"].Value, caption, Handle().Match(link).Groups["handle"].Value, 0, "", link);
    }

    static string? Prose(IElement card) =>
        card.QuerySelectorAll("[class*=caption], [class*=title], [class*=description], [class*=text], h3, h4, p")
            .Select(e => e.TextContent.Trim())
            .FirstOrDefault(t => t.Length > 10 && t.Contains(' ') && t[0] is not ('@' or '#'));

    // views stand in other elements: only what is called a like counts
    static long Likes(IElement card) =>
        card.QuerySelectorAll("[class*=like i], [class*=heart i], [class*=favorite i], [data-e2e*=like]")
            .Select(e => Count(e.TextContent.Trim()))
            .FirstOrDefault(count => count > 0)
        ?? 0;

    /// <summary>A count as people write it: 874, 25.5K, 1,2M, 4.1M, 1.3B. Null when it is none.</summary>
    public static long? Count(string text)
    {
        if (Counted().Match(text) is not { Success: true } match)
            return null;
        var digits = match.Groups["number"].Value;
        var unit = match.Groups["unit"].Value.ToUpperInvariant() switch
        {
            "K" => 1_000m,
            "M" => 1_000_000m,
            "B" => 1_000_000_000m,
            _ => 1m,
        };
        // before a unit a comma is a decimal point, without one it groups thousands
        var plain = unit > 1 ? digits.Replace(',', '.') : digits.Replace(",", "", StringComparison.Ordinal);
        return decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (long)decimal.Round(number * unit)
            : null;
    }

    static string? Text(IElement card, string selector) =>
        card.QuerySelector(selector)?.TextContent.Trim() is { Length: > 0 } text ? text : null;

    // /@lena.makes_0/video/7612345678901234567
    [GeneratedRegex("/video/(?<id>[0-9]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PostId();

    [GeneratedRegex("/@(?<handle>[^/]+)/", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Handle();

    // 25.5K, 1,204, 4.1M
    [GeneratedRegex(
        @"^(?<number>[0-9]+(?:[.,][0-9]+)*)\s?(?<unit>[KkMmBb]?)$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Counted();

    // 2026-3-4, 24-2-2026, 3-4, 6 days ago, 6d ago
    [GeneratedRegex(
        @"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}|[0-9]{1,2}-[0-9]{1,2}|[0-9]+\s?(?:s|m|h|d|w|seconds?|minutes?|hours?|days?|weeks?|months?) ago",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Date();
}
