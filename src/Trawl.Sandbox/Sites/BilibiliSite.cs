using System.Globalization;
using System.Text.Json;
using Trawl.Platforms.Bilibili;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>
/// www.bilibili.com and its API, as far as yt-dlp asks them, and a host their media come from: the same posts once more, picture and sound apart,
/// for those who say that they come from there.
/// </summary>
sealed class BilibiliSite(PostCatalogue catalogue, MediaFactory media) : Site
{
    const string Pages = "www.bilibili.com";
    const string Api = "api.bilibili.com";
    const string Media = "upos-sz-sandbox.bilivideo.com";
    const int FirstNumber = 170001;
    const int PerPage = 20;

    static readonly Variant Picture = new("h264-360-mute", "h264", 360, 640, Silent: true);

    public override bool Plays(string host) => host is Pages or Api or Media;

    /// <summary>The link to a post.</summary>
    public static string AddressOf(Post post) => $"https://{Pages}/video/{IdOf(post)}";

    public override async Task<Reply> AnswerAsync(Request request) =>
        (request.Host, request.Path.Trim('/').Split('/')) switch
        {
            (Pages, ["video", ..]) => Page(request),
            (Api, ["x", "web-interface", "search", "type"]) => Search(request.Parameter("keyword"), request.Parameter("page")),
            (Api, ["x", "player", "pagelist"]) => Reply.JsonOf(new { code = 0, data = new[] { new { page = 1 } } }),
            (Api, ["x", "player", "v2"]) => Reply.JsonOf(
                new { code = 0, data = new { subtitle = new { subtitles = Array.Empty<object>() } } }
            ),
            (Media, _) when !request.Header("referer").StartsWith($"https://{Pages}/", StringComparison.Ordinal) => Reply.Nothing(403),
            (Media, ["picture", var id]) when catalogue.ById(id) is { } post => await MediaReply.VideoAsync(request, media, post, Picture),
            (Media, ["sound", var id]) when catalogue.ById(id) is { } post => await MediaReply.SoundAsync(request, media, post),
            _ => Reply.Nothing(404),
        };

    // it names videos by their old numbers
    Reply Search(string phrase, string page)
    {
        var number = int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 1;
        var found = catalogue
            .Search(phrase)
            .Skip((number - 1) * PerPage)
            .Take(PerPage)
            .Select(NumberOf)
            .Select(aid => new { aid, arcurl = $"http://{Pages}/video/av{aid}" });
        return Reply.JsonOf(new { code = 0, data = new { result = found.ToList() } });
    }

    Reply Page(Request request)
    {
        var id = Bilibili.Parse(request.Address.AbsoluteUri)?.Id;
        if (catalogue.Posts.FirstOrDefault(p => IdOf(p) == id) is not { IsVisible: true, Photos: 0 } post)
            return Reply.Nothing(404);
        var state = new
        {
            videoData = new
            {
                bvid = id,
                aid = NumberOf(post),
                cid = 1,
                title = post.Title,
                desc = post.Caption,
                pubdate = post.CreatedAt.ToUnixTimeSeconds(),
                stat = new
                {
                    view = post.Plays,
                    like = post.Likes,
                    reply = post.Plays / 90,
                },
            },
            upData = new { name = post.Author.Name, mid = post.Author.Id },
        };
        var play = new
        {
            data = new
            {
                timelength = post.Seconds * 1000,
                dash = new
                {
                    video = new[]
                    {
                        new
                        {
                            id = 16,
                            baseUrl = $"https://{Media}/picture/{post.Id}",
                            mimeType = "video/mp4",
                            codecs = "avc1.64001F",
                            width = Picture.Width,
                            height = Picture.Height,
                        },
                    },
                    audio = new[]
                    {
                        new
                        {
                            id = 30216,
                            baseUrl = $"https://{Media}/sound/{post.Id}",
                            mimeType = "audio/mp4",
                            codecs = "mp4a.40.2",
                        },
                    },
                },
            },
        };
        return Reply.Html(
            $$"""
            <!DOCTYPE html><html><head><title>bilibili</title><script>window.__playinfo__={{JsonSerializer.Serialize(play)}}</script>
            <script>window.__INITIAL_STATE__={{JsonSerializer.Serialize(state)}};</script></head><body></body></html>
            """
        );
    }

    static int NumberOf(Post post) => FirstNumber + post.Place;

    static string IdOf(Post post) => Bilibili.IdOf(NumberOf(post));
}
