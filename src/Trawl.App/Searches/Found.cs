using Trawl.App.Crawls;
using Trawl.Browser.TikTok;
using Trawl.Platforms.TikTok;

namespace Trawl.App.Searches;

/// <summary>A video a search found.</summary>
/// <param name="Platform">Where.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Url">Its page.</param>
/// <param name="Title">What it is called; empty where nobody says.</param>
/// <param name="PublishedAt">When; null where nobody says.</param>
/// <param name="Duration">How long it is; null where nobody says.</param>
sealed record Found(string Platform, string Id, Uri Url, string Title, DateTimeOffset? PublishedAt = null, TimeSpan? Duration = null)
{
    /// <summary>What a search of TikTok found; null when its link is none of TikTok's. The id tells since when it can be there.</summary>
    public static Found? OnTikTok(SearchHit hit) =>
        TikTokUrl.Parse(hit.Address) is { } url ? new Found("tiktok", hit.Id, url.Canonical, hit.Caption, TikTokUrl.TimeOf(hit.Id)) : null;
}
