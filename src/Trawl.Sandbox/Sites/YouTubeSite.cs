using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>
/// www.youtube.com, as far as yt-dlp asks it, and a host its media come from: the same posts once more, each small with its sound, larger without,
/// and the sound alone.
/// </summary>
sealed class YouTubeSite(PostCatalogue catalogue, MediaFactory media) : Site
{
    const string Pages = "www.youtube.com";
    const string Media = "rr1---sn-sandbox.googlevideo.com";
    const int PerPage = 20;
    const string LiveStream = "livesandbox";

    static readonly Variant Small = new("h264-360", "h264", 360, 640);
    static readonly Variant Mute = new("h264-720-mute", "h264", 720, 1280, Silent: true);

    public override bool Plays(string host) => host is Pages or Media;

    /// <summary>The link to a post.</summary>
    public static string AddressOf(Post post) => $"https://{Pages}/watch?v={IdOf(post)}";

    public override async Task<Reply> AnswerAsync(Request request) =>
        (request.Method, request.Path) switch
        {
            ("GET", "/videoplayback") => await PlayAsync(request),
            ("POST", "/youtubei/v1/search") => Search(JsonElement.Parse(request.Body)),
            ("POST", "/youtubei/v1/player") => Reply.JsonOf(await PlayerAsync(Text(JsonElement.Parse(request.Body), "videoId"))),
            ("GET", "/watch") => Page(await PlayerAsync(request.Parameter("v"))),
            _ => Reply.Nothing(404),
        };

    // the same number in eleven characters
    static string IdOf(Post post) => Base64Url.EncodeToString(BitConverter.GetBytes(ulong.Parse(post.Id, CultureInfo.InvariantCulture)));

    Post? Find(string id) =>
        id.Length == 11 && Base64Url.IsValid(id) && Base64Url.DecodeFromChars(id) is { Length: sizeof(ulong) } number
            ? catalogue.ById($"{BitConverter.ToUInt64(number)}")
            : null;

    // what cannot be shown here is not found; but for a live stream, which always is
    Reply Search(JsonElement question)
    {
        var offset = int.TryParse(Text(question, "continuation"), NumberStyles.None, CultureInfo.InvariantCulture, out var from) ? from : 0;
        var found = catalogue.Search(Text(question, "query")).Where(p => Objection(p) is null).ToList();
        List<object> entries = [.. found.Skip(offset).Take(PerPage).Select(Hit)];
        if (offset == 0 && found.Count > 0)
            entries.Insert(1, new { videoRenderer = new { videoId = LiveStream, title = Simple("Live from the sandbox") } });
        List<object> sections = [new { itemSectionRenderer = new { contents = entries } }];
        if (offset + PerPage < found.Count)
            sections.Add(
                new
                {
                    continuationItemRenderer = new
                    {
                        continuationEndpoint = new { continuationCommand = new { token = $"{offset + PerPage}" } },
                    },
                }
            );
        return offset == 0
            ? Reply.JsonOf(
                new
                {
                    contents = new
                    {
                        twoColumnSearchResultsRenderer = new
                        {
                            primaryContents = new { sectionListRenderer = new { contents = sections } },
                        },
                    },
                }
            )
            : Reply.JsonOf(
                new { onResponseReceivedCommands = new[] { new { appendContinuationItemsAction = new { continuationItems = sections } } } }
            );
    }

    static object Hit(Post post) =>
        new
        {
            videoRenderer = new
            {
                videoId = IdOf(post),
                title = Simple(post.Title),
                lengthText = Simple($"0:{Math.Round(post.Seconds):00}"),
                ownerText = Simple(post.Author.Name),
                viewCountText = Simple($"{post.Plays} views"),
            },
        };

    async Task<object> PlayerAsync(string id)
    {
        var found = Find(id);
        if (Objection(found) is var (status, reason))
            return new { playabilityStatus = new { status, reason }, videoDetails = new { videoId = id } };
        var post = found!;
        var size = (await media.MakeAsync(post, Small)).Length;
        return new
        {
            playabilityStatus = new { status = "OK" },
            videoDetails = new
            {
                videoId = id,
                title = post.Title,
                lengthSeconds = $"{Math.Round(post.Seconds)}",
                channelId = $"UC{post.Author.SecUid[..22]}",
                shortDescription = $"{post.Title}\n\nOn TikTok, too.",
                viewCount = $"{post.Plays}",
                author = post.Author.Name,
                isLiveContent = false,
            },
            microformat = new { playerMicroformatRenderer = new { uploadDate = $"{post.CreatedAt:yyyy-MM-dd}" } },
            streamingData = new
            {
                expiresInSeconds = "21540",
                formats = new[]
                {
                    new
                    {
                        itag = 18,
                        url = MediaOf(id, 18),
                        mimeType = "video/mp4; codecs=\"avc1.42001E, mp4a.40.2\"",
                        width = Small.Width,
                        height = Small.Height,
                        fps = 25,
                        quality = "medium",
                        contentLength = $"{size}",
                    },
                },
                adaptiveFormats = new object[]
                {
                    new
                    {
                        itag = 136,
                        url = MediaOf(id, 136),
                        mimeType = "video/mp4; codecs=\"avc1.4d401f\"",
                        width = Mute.Width,
                        height = Mute.Height,
                        fps = 25,
                        quality = "hd720",
                    },
                    new
                    {
                        itag = 140,
                        url = MediaOf(id, 140),
                        mimeType = "audio/mp4; codecs=\"mp4a.40.2\"",
                        quality = "tiny",
                    },
                },
            },
        };
    }

    static (string Status, string Reason)? Objection(Post? post) =>
        post switch
        {
            null or { Photos: > 0 } or { Condition: Condition.Deleted or Condition.UnderReview } => ("ERROR", "Video unavailable"),
            { Condition: Condition.Private } => ("LOGIN_REQUIRED", "This video is private"),
            { Condition: Condition.AgeRestricted } => ("LOGIN_REQUIRED", "Sign in to confirm your age"),
            { Condition: Condition.RegionLocked } => ("UNPLAYABLE", "The uploader has not made this video available in your country"),
            _ => null,
        };

    static string MediaOf(string id, int tag) => $"https://{Media}/videoplayback?expire=1999999999&id={id}&itag={tag}&ratebypass=yes";

    async Task<Reply> PlayAsync(Request request) =>
        (Find(request.Parameter("id")), request.Parameter("itag")) switch
        {
            ({ } post, "18") => await MediaReply.VideoAsync(request, media, post, Small),
            ({ } post, "136") => await MediaReply.VideoAsync(request, media, post, Mute),
            ({ } post, "140") => await MediaReply.SoundAsync(request, media, post),
            _ => Reply.Nothing(403),
        };

    static object Simple(string text) => new { simpleText = text };

    static string Text(JsonElement question, string name) =>
        question.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    static Reply Page(object player) =>
        Reply.Html(
            $$"""
            <!DOCTYPE html><html><head><title>YouTube</title></head><body>
            <script>var ytInitialPlayerResponse = {{JsonSerializer.Serialize(player)}};</script>
            <script>var ytInitialData = {"contents":{"twoColumnWatchNextResults":{} } };</script>
            </body></html>
            """
        );
}
