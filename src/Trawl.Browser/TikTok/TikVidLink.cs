using System.Net;

namespace Trawl.Browser.TikTok;

/// <summary>A link TikVid's page shows.</summary>
/// <param name="Address">Where it leads, made whole.</param>
/// <param name="Text">What it is called.</param>
/// <param name="Style">Its classes.</param>
sealed record TikVidLink(Uri Address, string Text, string Style)
{
    static readonly string[] Stores = ["play.google.", "apps.apple.", "itunes.apple.", "chrome.google.", "/store/apps"];
    static readonly string[] Sounds = ["mp3", "audio", "music", "m4a"];
    static readonly string[] Videos = [".mp4", "video_mp4", "mime_type=video", "ext=mp4"];

    /// <summary>Makes links whole; what is no link of the web is left out.</summary>
    public static IEnumerable<TikVidLink> Of(IEnumerable<(string Address, string Text, string Style)> anchors, Uri page) =>
        from anchor in anchors
        let address = Uri.TryCreate(page, WebUtility.HtmlDecode(anchor.Address.Trim()), out var whole) ? whole : null
        where address is { Scheme: "http" or "https" }
        select new TikVidLink(address, anchor.Text.Trim(), anchor.Style);

    /// <summary>Those that may be the video, the likeliest first: no help page, no app, no sound, no advertisement.</summary>
    public static IReadOnlyList<TikVidLink> Candidates(IEnumerable<TikVidLink> links, Uri page) =>
        [
            .. links
                .DistinctBy(l => l.Address)
                .Select(l => (Link: l, Likelihood: l.Likelihood(page)))
                .Where(l => l.Likelihood > 0)
                .OrderByDescending(l => l.Likelihood)
                .Select(l => l.Link),
        ];

    int Likelihood(Uri page)
    {
        var (address, text) = (Address.AbsoluteUri, Text);
        if (
            Has(address, Stores)
            || Has(text, ["app"])
            || Has(text, Sounds)
            || Has(Address.Query, Sounds)
            || Has(Address.AbsolutePath, ["/music/", ".mp3", ".m4a"])
        )
            return 0;
        var isOwn = string.Equals(Address.Host, page.Host, StringComparison.OrdinalIgnoreCase);
        if (isOwn && Address.Query.Length == 0)
            return 0; // a page of the site itself: help, privacy
        var saysVideo = Has(text, ["mp4"]);
        var looksLikeVideo = Has(address, Videos);
        var isButton = Has(Style, ["dl-success", "download"]);
        if (!saysVideo && !looksLikeVideo && !isButton)
            return 0;
        return (saysVideo ? 8 : 0) + (looksLikeVideo ? 4 : 0) + (isButton ? 3 : 0) + (Has(text, ["hd"]) ? 1 : 0);
    }

    static bool Has(string text, string[] signs) => Array.Exists(signs, s => text.Contains(s, StringComparison.OrdinalIgnoreCase));
}
