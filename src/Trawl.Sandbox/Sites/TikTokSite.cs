using System.Text.Json;
using System.Text.RegularExpressions;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Manners;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>www.tiktok.com and its short-link hosts: post pages in all their moods, the embedded player, short links, oEmbed.</summary>
sealed partial class TikTokSite(PostCatalogue catalogue, MediaFactory media, SignedMedia signed, CdnSite cdn, Waf waf, SandboxYear year)
    : Site
{
    const string DesktopScope = "webapp.video-detail";
    const string MobileScope = "webapp.reflow.video.detail";
    const string ProfileScope = "webapp.user-detail";
    const string Stub = "<!DOCTYPE html><html><head><title>TikTok - Make Your Day</title></head><body></body></html>";

    readonly SearchPages _search = new(catalogue);
    readonly EmbedSources _embed = new(catalogue, media);
    readonly ProfilePages _profiles = new(catalogue);
    int _sessions;

    public override bool Plays(string host) =>
        host is "www.tiktok.com" or "tiktok.com" or "m.tiktok.com" or "vm.tiktok.com" or "vt.tiktok.com" or "t.tiktok.com";

    public override async Task<Reply> AnswerAsync(Request request)
    {
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [var code] when request.Host is "vm.tiktok.com" or "vt.tiktok.com" or "t.tiktok.com" => ShortLink(code),
            ["t", var code] => ShortLink(code),
            ["oembed"] => OEmbed(request),
            ["login"] => Reply.Html("<!DOCTYPE html><html><head><title>Log in | TikTok</title></head><body></body></html>"),
            ["aweme", "v1", "play"] => await PlayAsync(request),
            ["player", "api", "v1", "items"] => Stop(request, waf.Manners.Player, request.Parameter("item_ids"))
                ?? waf.Welcome(request, await _embed.PlayerAsync(request.Parameter("item_ids"))),
            ["embed", "v2", var id] => Stop(request, waf.Manners.Embed, id) ?? waf.Welcome(request, await _embed.PageAsync(id)),
            [['@', ..], "video" or "photo", var id] => Stop(request, PageAnswer(request), id)
                ?? waf.Welcome(request, await PageAsync(request, id)),
            [['@', ..] user] => waf.Stop(request, PageAnswer(request)) ?? waf.Welcome(request, Profile(request, user[1..])),
            ["api", _, "item_list"] => _profiles.List(request),
            ["search", ..] => _search.Results(request),
            ["api", "search", ..] => _search.Page(request),
            [] => SearchPages.Home(request),
            _ => Reply.Html(Stub),
        };
    }

    FirstAnswer PageAnswer(Request request) =>
        IsOldBrowser(request) ? FirstAnswer.Open
        : IsPhone(request) ? waf.Manners.Phone
        : waf.Manners.Desktop;

    // some posts are behind a challenge whatever the year
    Reply? Stop(Request request, FirstAnswer answer, string id) =>
        waf.Stop(
            request,
            answer == FirstAnswer.Open && catalogue.ById(id)?.Condition == Condition.Challenged ? FirstAnswer.ProofOfWork : answer
        );

    Reply ShortLink(string code) =>
        catalogue.ByCode(code) is { } post
            ? Reply.Redirect($"{post.Address}?_r=1&_t=ZS-sandbox", 301)
            : Reply.Redirect("https://www.tiktok.com/?_r=1", 301);

    async Task<Reply> PageAsync(Request request, string id)
    {
        var token = $"sandbox-chain-{Interlocked.Increment(ref _sessions)}==";
        var page = catalogue.ById(id) is { } post
            ? await PageAsync(request, post, token)
            : Reply.Page(Refusal(request, 10204, "item doesn't exist"), request);
        return page.With("Set-Cookie", "ttwid=sandbox-ttwid; Domain=.tiktok.com; Path=/; Max-Age=31536000; HttpOnly; Secure")
            .With("Set-Cookie", "tt_csrf_token=sandbox-csrf; Path=/; Domain=.tiktok.com; SameSite=Lax; Secure; HttpOnly")
            .With("Set-Cookie", $"tt_chain_token={token}; Path=/; Domain=.tiktok.com; Max-Age=15552000; Secure; HttpOnly")
            .With("Set-Cookie", "msToken=sandbox-mstoken; Path=/; Max-Age=864000; Secure; SameSite=None");
    }

    async Task<Reply> PageAsync(Request request, Post post, string token)
    {
        switch (post.Condition)
        {
            case Condition.Deleted:
                return Reply.Page(Refusal(request, 10204, "item_privacy_authorization&status_deleted"), request);
            case Condition.RegionLocked:
                return Reply.Page(Refusal(request, 10204, "cross_border_violation_ur"), request);
            case Condition.UnderReview:
                return Reply.Page(Refusal(request, 10204, "author_status,status_reviewing"), request);
            case Condition.Private:
                return Reply.Page(Refusal(request, 10216, ""), request);
            case Condition.LoginWall:
                return Reply.Redirect($"/login?redirect_url={Uri.EscapeDataString(post.Address)}");
            case Condition.ProfileInstead:
                return Profile(request, post.Author.Handle);
            case Condition.MobileOnly when !IsPhone(request):
                return Reply.Html(Stub);
        }
        var old = post.Condition == Condition.OldPage || year == SandboxYear.Of2020 || IsOldBrowser(request);
        var offers = await OfferAsync(request, post, old, token);
        var html =
            year == SandboxYear.Of2020 && !IsOldBrowser(request) ? PostPage.Oldest(post, offers)
            : old ? PostPage.Old(post, offers)
            : PostPage.Modern(
                IsPhone(request) ? MobileScope : DesktopScope,
                post.Caption,
                writer => PostPage.WriteDetail(writer, post, offers, StyleOf(post))
            );
        return Reply.Page(html, request);
    }

    ItemStyle StyleOf(Post post) =>
        new(NamesPixels: year == SandboxYear.Of2026 && !post.IsOfOldMake, NumbersAreTexts: year == SandboxYear.Of2026 && !post.IsOfOldMake);

    Reply Profile(Request request, string handle) =>
        catalogue.Posts.FirstOrDefault(p => p.Author.Handle == handle)?.Author is { } author
            ? Reply.Page(
                PostPage.Modern(
                    ProfileScope,
                    author.Name,
                    writer => PostPage.WriteProfile(writer, author),
                    script: _profiles.Script(author, request)
                ),
                request
            )
            : Reply.Page(Refusal(request, 10221, ""), request);

    async Task<List<OfferedVariant>> OfferAsync(Request request, Post post, bool old, string token)
    {
        var offers = new List<OfferedVariant>();
        foreach (var variant in post.Variants.Where(v => !v.IsPicture || (!old && year == SandboxYear.Of2026)))
        {
            var size = (await media.MakeAsync(post, variant)).Length!.Value;
            var bitrate = (long)(size * 8 / post.Seconds);
            var offer = new OfferedVariant(variant, Addresses(request, post, old, variant, token), size, bitrate);
            if (variant.IsPicture)
            {
                var sound = signed.Sign(SignedMedia.PathOfSound(post), request, token);
                offer = offer with { Sound = [$"https://{CdnSite.First}{sound}", $"https://{CdnSite.Second}{sound}"] };
            }
            offers.Add(offer);
        }
        return offers;
    }

    List<string> Addresses(Request request, Post post, bool old, Variant variant, string token)
    {
        if (old)
            return [$"https://{CdnSite.Free}{SignedMedia.Free(post, variant)}"]; // addresses were bound to nobody then
        var address = signed.Sign(SignedMedia.PathOf(post, variant), request, token);
        var play = $"https://www.tiktok.com/aweme/v1/play/?item_id={post.Id}&file_id={variant.Name}&{address.Split('?')[1]}";
        var first = post.Place % 3 == 0 && year == SandboxYear.Of2026 ? CdnSite.OfToday : CdnSite.First;
        return [$"https://{first}{address}", $"https://{CdnSite.Second}{address}", play];
    }

    async Task<Reply> PlayAsync(Request request)
    {
        var (id, name) = (request.Parameter("item_id"), request.Parameter("file_id"));
        if (catalogue.ById(id) is not { } post || post.Variants.FirstOrDefault(v => v.Name == name) is not { } variant)
            return Reply.Nothing(404);
        return signed.Admits(request with { Path = SignedMedia.PathOf(post, variant) })
            ? await cdn.ServeAsync(request, post, variant)
            : Reply.Nothing(403);
    }

    Reply OEmbed(Request request)
    {
        var link = Trawl.Platforms.TikTok.TikTokUrl.Parse(request.Parameter("url"));
        if (link?.Id is null || catalogue.ById(link.Id) is not { Condition: not (Condition.Deleted or Condition.Private) } post)
            return Reply.Json("""{"code":400,"message":"Something went wrong"}""", 400);
        return Reply.Json(
            $$"""
            {"version":"1.0","type":"video","title":{{Quoted(post.Caption)}},"author_url":"https://www.tiktok.com/@{{post.Author.Handle}}",
            "author_name":{{Quoted(post.Author.Name)}},"provider_url":"https://www.tiktok.com","provider_name":"TikTok",
            "author_unique_id":"{{post.Author.Handle}}","embed_product_id":"{{post.Id}}","embed_type":"{{post.Kind}}"}
            """
        );
    }

    static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    static byte[] Refusal(Request request, int code, string message) =>
        PostPage.Modern(
            IsPhone(request) ? MobileScope : DesktopScope,
            "TikTok - Make Your Day",
            writer => PostPage.WriteRefusal(writer, code, message)
        );

    static bool IsPhone(Request request) => PhoneAgent().IsMatch(request.Header("user-agent"));

    // Browsers before the modern page get the page of their day, and so does what yt-dlp of 2023 called itself: nobody takes that for a browser.
    static bool IsOldBrowser(Request request)
    {
        var agent = request.Header("user-agent");
        return agent == "User-Agent:Mozilla/5.0"
            || (ChromeVersion().Match(agent) is { Success: true } match && int.Parse(match.Groups["major"].Value) < 110);
    }

    [GeneratedRegex(@"Chrome/(?<major>\d{1,4})\.", RegexOptions.NonBacktracking)]
    private static partial Regex ChromeVersion();

    [GeneratedRegex("iPhone|Android|Mobile", RegexOptions.NonBacktracking)]
    private static partial Regex PhoneAgent();
}
