using System.Text.Json;
using System.Text.RegularExpressions;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>www.tiktok.com and its short-link hosts: post pages in all their moods, short links, oEmbed.</summary>
sealed partial class TikTokSite(PostCatalogue catalogue, MediaFactory media, SignedMedia signed, CdnSite cdn) : Site
{
    const string DesktopScope = "webapp.video-detail";
    const string MobileScope = "webapp.reflow.video.detail";
    const string Stub = "<!DOCTYPE html><html><head><title>TikTok - Make Your Day</title></head><body></body></html>";

    readonly SearchPages _search = new(catalogue);
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
            [['@', ..], "video" or "photo", var id] => await PageAsync(request, id),
            ["search", ..] => _search.Results(request),
            ["api", "search", ..] => _search.Page(request),
            [] => SearchPages.Home(request),
            _ => Reply.Html(Stub),
        };
    }

    Reply ShortLink(string code) =>
        catalogue.ByCode(code) is { } post
            ? Reply.Redirect($"{post.Address}?_r=1&_t=ZS-sandbox", 301)
            : Reply.Redirect("https://www.tiktok.com/?_r=1", 301);

    async Task<Reply> PageAsync(Request request, string id)
    {
        var token = $"sandbox-chain-{Interlocked.Increment(ref _sessions)}==";
        var isPhone = PhoneAgent().IsMatch(request.Header("user-agent"));
        var page = catalogue.ById(id) is { } post
            ? await PageAsync(request, post, token, isPhone)
            : Reply.Page(Refusal(isPhone, 10204, "item doesn't exist"), request);
        return page.With("Set-Cookie", "ttwid=sandbox-ttwid; Domain=.tiktok.com; Path=/; Max-Age=31536000; HttpOnly; Secure")
            .With("Set-Cookie", "tt_csrf_token=sandbox-csrf; Path=/; Domain=.tiktok.com; SameSite=Lax; Secure; HttpOnly")
            .With("Set-Cookie", $"tt_chain_token={token}; Path=/; Domain=.tiktok.com; Max-Age=15552000; Secure; HttpOnly")
            .With("Set-Cookie", "msToken=sandbox-mstoken; Path=/; Max-Age=864000; Secure; SameSite=None");
    }

    async Task<Reply> PageAsync(Request request, Post post, string token, bool isPhone)
    {
        switch (post.Condition)
        {
            case Condition.Deleted:
                return Reply.Page(Refusal(isPhone, 10204, "item_privacy_authorization&status_deleted"), request);
            case Condition.RegionLocked:
                return Reply.Page(Refusal(isPhone, 10204, "cross_border_violation_ur"), request);
            case Condition.UnderReview:
                return Reply.Page(Refusal(isPhone, 10204, "author_status,status_reviewing"), request);
            case Condition.Private:
                return Reply.Page(Refusal(isPhone, 10216, ""), request);
            case Condition.LoginWall:
                return Reply.Redirect($"/login?redirect_url={Uri.EscapeDataString(post.Address)}");
            case Condition.Challenged:
                return Reply.Html(ChallengePage);
            case Condition.MobileOnly when !isPhone:
                return Reply.Html(Stub);
        }
        var old = post.Condition == Condition.OldPage || IsOldBrowser(request.Header("user-agent"));
        var offers = await OfferAsync(post, old, token, request.Header("user-agent"));
        var html = old
            ? PostPage.Old(post, offers)
            : PostPage.Modern(isPhone ? MobileScope : DesktopScope, post.Caption, writer => PostPage.WriteDetail(writer, post, offers));
        return Reply.Page(html, request);
    }

    async Task<List<OfferedVariant>> OfferAsync(Post post, bool old, string token, string userAgent)
    {
        var offers = new List<OfferedVariant>();
        foreach (var variant in post.Variants)
        {
            var size = (await media.MakeAsync(post, variant)).Length!.Value;
            var bitrate = (long)(size * 8 / post.Seconds);
            offers.Add(new OfferedVariant(variant, Addresses(post, old, variant, token, userAgent), size, bitrate));
        }
        return offers;
    }

    List<string> Addresses(Post post, bool old, Variant variant, string token, string userAgent)
    {
        if (old)
            return [$"https://{CdnSite.Free}{SignedMedia.Free(post, variant)}"]; // addresses were bound to nobody then
        var address = signed.Sign(post, variant, token, userAgent);
        var play = $"https://www.tiktok.com/aweme/v1/play/?item_id={post.Id}&file_id={variant.Name}&{address.Split('?')[1]}";
        return [$"https://{CdnSite.First}{address}", $"https://{CdnSite.Second}{address}", play];
    }

    async Task<Reply> PlayAsync(Request request)
    {
        var (id, name) = (request.Parameter("item_id"), request.Parameter("file_id"));
        var bound = request with { Path = $"/video/tos/sandbox/{id}/{name}/" };
        if (catalogue.ById(id) is not { } post || !signed.Admits(bound))
            return Reply.Nothing(403);
        return post.Variants.FirstOrDefault(v => v.Name == name) is { } variant
            ? await cdn.ServeAsync(request, post, variant)
            : Reply.Nothing(404);
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

    static byte[] Refusal(bool isPhone, int code, string message) =>
        PostPage.Modern(
            isPhone ? MobileScope : DesktopScope,
            "TikTok - Make Your Day",
            writer => PostPage.WriteRefusal(writer, code, message)
        );

    public const string ChallengePage = """
        <html><body>Please wait...
        <p id="wci" class="_wafchallengeid"></p>
        <p id="cs" class="c2FuZGJveCBjaGFsbGVuZ2U="></p>
        <p id="rci" class="waforiginalreid"></p>
        <p id="rs" class=""></p>
        </body></html>
        """;

    // Browsers before the modern page get the page of their day, and so does what yt-dlp of 2023 called itself.
    static bool IsOldBrowser(string userAgent) =>
        userAgent == "User-Agent:Mozilla/5.0"
        || (ChromeVersion().Match(userAgent) is { Success: true } match && int.Parse(match.Groups["major"].Value) < 110);

    [GeneratedRegex(@"Chrome/(?<major>\d{1,4})\.", RegexOptions.NonBacktracking)]
    private static partial Regex ChromeVersion();

    [GeneratedRegex("iPhone|Android|Mobile", RegexOptions.NonBacktracking)]
    private static partial Regex PhoneAgent();
}
