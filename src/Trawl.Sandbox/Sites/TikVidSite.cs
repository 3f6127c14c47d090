using System.Net;
using System.Text;
using System.Text.Json;
using Trawl.Platforms.TikTok;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>
/// tikvid.io: a form in a page, which asks <c>/api/ajaxSearch</c> and shows what comes back: links to the video, to its sound, and to many
/// other things. Four layouts, by the post: plain links; relative ones that redirect, with entities; links as long as a book page; advertising first.
/// </summary>
sealed class TikVidSite(PostCatalogue catalogue) : Site
{
    const string Advertising = """
        <div class="ads"><a class="button" href="https://ads.sandbox.test/click?to=free-download-mp4-player">Download</a>
        <a class="button" href="https://play.sandbox.test/store/apps/details?id=video.download.mp4">Download App</a></div>
        """;

    public override bool Plays(string host) => host is "tikvid.io" or "www.tikvid.io";

    public override Task<Reply> AnswerAsync(Request request) =>
        Task.FromResult(
            (request.Method, request.Path) switch
            {
                ("POST", "/api/ajaxSearch") => Search(request),
                (_, "/dl") => Download(request),
                (_, "/" or "/vi" or "/en") => Reply.Html(Page(request.Path == "/en" ? "Download" : "Tải xuống")),
                (_, "/how-to-download-tiktok-mp4") => Reply.Html("<!DOCTYPE html><title>How to download</title>"),
                _ => Reply.Html("<!DOCTYPE html><title>404</title>", 404),
            }
        );

    Reply Search(Request request)
    {
        var form = request with { Query = Encoding.UTF8.GetString(request.Body) };
        var link = TikTokUrl.Parse(form.Parameter("q"));
        var post =
            link?.Id is { } id ? catalogue.ById(id)
            : link?.Canonical.AbsolutePath.Trim('/') is { } code ? catalogue.ByCode(code)
            : null;
        return post switch
        {
            { IsVisible: false } => Toast("Video not found. It may be private or deleted."),
            null => Toast("Please enter a valid link."),
            _ => Result(Links(post)),
        };
    }

    static Reply Toast(string text) => Json("error", $"""<div class="alert alert-danger" role="alert">{text}</div>""");

    static Reply Result(string html) => Json("ok", html);

    static Reply Json(string status, string html) => Reply.Json($$"""{"status":"{{status}}","data":"{{JsonEncodedText.Encode(html)}}"}""");

    string Links(Post post)
    {
        var layout = post.Clip % 4;
        var video = post.Playable.FirstOrDefault();
        var sound = $"https://{CdnSite.Free}/music/{post.Id}.m4a?mime_type=audio_mp4&download=1";
        var html = new StringBuilder(layout == 3 ? Advertising : "");
        html.Append(
            $"""
            <div class="tik-video"><div class="thumbnail"><img src="https://{CdnSite.Pictures}/sandbox/{post.Id}~tplv-cover.jpeg"></div>
            <h3>{WebUtility.HtmlEncode(post.Caption)}</h3><div class="tik-right">
            """
        );
        html.Append("""<p><a href="/how-to-download-tiktok-mp4">How to download MP4</a></p>""");
        if (layout != 3)
            html.Append(Button(sound, "Download MP3"));
        if (video is not null)
            html.Append(Button(Address(post, video, layout), layout == 2 ? "Tải xuống MP4" : "Download MP4"));
        if (layout == 3)
            html.Append(Button(sound, "Download MP3"));
        return html.Append($"</div></div>{Advertising}").ToString();
    }

    static string Button(string address, string text) =>
        $"""<p><a class="tik-button-dl button dl-success" href="{WebUtility.HtmlEncode(address)}">{text}</a></p>""";

    static string Address(Post post, Variant variant, int layout) =>
        layout switch
        {
            1 => $"/dl?id={post.Id}&v={variant.Name}&ext=mp4",
            2 => $"https://tikvid.io/dl?token={new string('x', 2300)}&id={post.Id}&v={variant.Name}",
            _ => $"https://{CdnSite.Free}{SignedMedia.Free(post, variant)}",
        };

    Reply Download(Request request) =>
        catalogue.ById(request.Parameter("id")) is { } post
        && post.Variants.FirstOrDefault(v => v.Name == request.Parameter("v")) is { } variant
            ? Reply.Redirect($"https://{CdnSite.Free}{SignedMedia.Free(post, variant)}")
            : Reply.Nothing(404);

    // the notice about cookies carries the class that errors carry, too
    static string Page(string button) =>
        $$"""
            <!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>TikVid</title></head><body>
            <div class="alert alert-info">We use cookies. <a href="/privacy">More</a></div>
            <form id="search"><input type="hidden" name="lang" value="vi">
            <input id="s_input" name="q" type="text" placeholder="Paste the link of a video"><button type="submit">{{button}}</button></form>
            <div id="result"></div><footer><a href="/how-to-download-tiktok-mp4">How to download MP4 from TikTok</a></footer>
            <script>
            const form = document.getElementById('search'), result = document.getElementById('result');
            form.addEventListener('submit', async event => {
                event.preventDefault();
                result.innerHTML = '<div class="loader">…</div>';
                try {
                    const reply = await fetch('/api/ajaxSearch', { method: 'POST', body: new URLSearchParams(new FormData(form)) });
                    const answer = await reply.json();
                    setTimeout(() => { result.innerHTML = answer.data; }, 250);
                } catch {
                    result.innerHTML = '<div class="alert alert-danger" role="alert">Error, please try again.</div>';
                }
            });
            </script></body></html>
            """;
}
