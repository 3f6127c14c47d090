using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Manners;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>
/// www.youtube.com, as far as yt-dlp asks it, and a host its media come from: the same posts once more, each small with its sound, larger without,
/// and the sound alone.
/// </summary>
sealed class YouTubeSite(PostCatalogue catalogue, MediaFactory media, SandboxYear year) : Site
{
    readonly YouTubePlayer _player = new();

    bool IsOfToday => year == SandboxYear.Of2026;

    const string Pages = "www.youtube.com";
    const string Consent = "consent.youtube.com";
    const string Media = "rr1---sn-sandbox.googlevideo.com";
    const int PerPage = 20;
    const string LiveStream = "livesandbox";

    static readonly Variant Small = new("h264-360", "h264", 360, 640);
    static readonly Variant Mute = new("h264-720-mute", "h264", 720, 1280, Silent: true);

    public override bool Plays(string host) => host is Pages or Media or Consent;

    /// <summary>The link to a post.</summary>
    public static string AddressOf(Post post) => $"https://{Pages}/watch?v={IdOf(post)}";

    public override async Task<Reply> AnswerAsync(Request request) =>
        (request.Method, request.Path) switch
        {
            ("GET", "/videoplayback") => await PlayAsync(request),
            ("POST", "/youtubei/v1/search") => Search(JsonElement.Parse(request.Body)),
            ("POST", "/youtubei/v1/player") => await PlayerAsync(JsonElement.Parse(request.Body)),
            ("GET", "/watch") when IsOfToday && !HasConsented(request) => Reply.Redirect(
                $"https://{Consent}/ml?continue={Uri.EscapeDataString(request.Address.AbsoluteUri)}&gl=DE&m=0&pc=yt"
            ),
            ("GET", "/watch") => await WatchAsync(request.Parameter("v")),
            ("GET", var embed) when embed.StartsWith("/embed/", StringComparison.Ordinal) => await WatchAsync(embed["/embed/".Length..]),
            ("GET", "/ml") => Reply.Html(
                "<!DOCTYPE html><html><head><title>Before you continue to YouTube</title></head><body><form action=\"https://consent.youtube.com/save\" method=\"POST\"><button>Accept all</button></form></body></html>"
            ),
            ("GET", var script) when script.EndsWith("/base.js", StringComparison.Ordinal) => YouTubePlayer.Script,
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

    // Web clients get forms that only the player's script opens, one simple client gets plain ones, and the rest are told something else.
    async Task<Reply> PlayerAsync(JsonElement question)
    {
        var id = Text(question, "videoId");
        var client = Text(Member(Member(question, "context"), "client"), "clientName");
        if (!IsOfToday)
            return Reply.JsonOf(await AnswerAsync(id, Access.Plain));
        return client switch
        {
            "ANDROID" => Reply.Json(
                """{"error":{"code":400,"message":"Precondition check failed.","status":"FAILED_PRECONDITION"}}""",
                400
            ),
            "TVHTML5_SIMPLY_EMBEDDED_PLAYER" or "ANDROID_VR" => Reply.JsonOf(
                Refusal(id, ("LOGIN_REQUIRED", "Sign in to confirm you’re not a bot"))
            ),
            "IOS" => Reply.JsonOf(await AnswerAsync(id, Access.Plain)),
            _ => Reply.JsonOf(await AnswerAsync(id, Access.Script)),
        };
    }

    static object Refusal(string id, (string Status, string Reason) why) =>
        new { playabilityStatus = new { status = why.Status, reason = why.Reason }, videoDetails = new { videoId = id } };

    async Task<object> AnswerAsync(string id, Access access)
    {
        if (id == LiveStream)
            return Refusal(id, ("LIVE_STREAM_OFFLINE", "This live event will begin in a few moments."));
        var found = Find(id);
        if (Objection(found) is { } why)
            return Refusal(id, why);
        var post = found!;
        var size = (await media.MakeAsync(post, Small)).Length!.Value;
        return new
        {
            playabilityStatus = new { status = "OK" },
            videoDetails = new
            {
                videoId = id,
                title = post.Title,
                lengthSeconds = $"{Math.Round(post.Seconds)}",
                channelId = ChannelOf(post),
                shortDescription = $"{post.Title}\n\nOn TikTok, too.",
                viewCount = $"{post.Plays}",
                author = post.Author.Name,
                isLiveContent = false,
            },
            microformat = new
            {
                playerMicroformatRenderer = new
                {
                    uploadDate = $"{post.CreatedAt:yyyy-MM-dd}",
                    ownerChannelName = post.Author.Name,
                    ownerProfileUrl = $"http://{Pages}/@{post.Author.Handle}",
                    externalChannelId = ChannelOf(post),
                },
            },
            streamingData = new
            {
                expiresInSeconds = "21540",
                serverAbrStreamingUrl = IsOfToday ? $"https://{Media}/videoplayback?sabr=1&id={id}" : null,
                formats = new[] { Form(id, 18, "video/mp4; codecs=\"avc1.42001E, mp4a.40.2\"", "medium", Small, size, access, post) },
                adaptiveFormats = new[]
                {
                    Form(id, 136, "video/mp4; codecs=\"avc1.4d401f\"", "hd720", Mute, null, access, post),
                    Form(id, 140, "audio/mp4; codecs=\"mp4a.40.2\"", "tiny", null, null, access, post),
                },
            },
        };
    }

    Dictionary<string, object> Form(string id, int tag, string type, string quality, Variant? size, long? bytes, Access access, Post post)
    {
        var form = new Dictionary<string, object>
        {
            ["itag"] = tag,
            ["mimeType"] = type,
            ["quality"] = quality,
        };
        if (size is not null)
            (form["width"], form["height"], form["fps"]) = (size.Width, size.Height, 25);
        if (bytes is not null)
            form["contentLength"] = $"{bytes}";
        if (KindOf(post) == Oddity.Protected)
            form["drmFamilies"] = new[] { "WIDEVINE" };
        if (access == Access.Plain)
            form["url"] = MediaOf(id, tag) + _player.Plain(id, tag);
        else
            form["signatureCipher"] = _player.Cipher(MediaOf(id, tag), id, tag);
        return form;
    }

    static string ChannelOf(Post post) => $"UC{post.Author.SecUid[..22]}";

    enum Access
    {
        Plain,
        Script,
    }

    enum Oddity
    {
        None,
        MembersOnly,
        Premiere,
        Protected,
    }

    // what only this site knows, at places of the catalogue that are ordinary elsewhere
    Oddity KindOf(Post post) =>
        !IsOfToday
            ? Oddity.None
            : post.Place switch
            {
                50 => Oddity.MembersOnly,
                51 => Oddity.Premiere,
                52 => Oddity.Protected,
                _ => Oddity.None,
            };

    (string Status, string Reason)? Objection(Post? post) =>
        post switch
        {
            { } odd when KindOf(odd) == Oddity.MembersOnly => (
                "UNPLAYABLE",
                "Join this channel to get access to members-only content like this video, and other exclusive perks."
            ),
            { } odd when KindOf(odd) == Oddity.Premiere => ("LIVE_STREAM_OFFLINE", "Premieres in 3 hours"),
            null or { Photos: > 0 } or { Condition: Condition.Deleted or Condition.UnderReview } => ("ERROR", "Video unavailable"),
            { Condition: Condition.Private } => ("LOGIN_REQUIRED", "This video is private"),
            { Condition: Condition.AgeRestricted } => ("LOGIN_REQUIRED", "Sign in to confirm your age"),
            { Condition: Condition.RegionLocked } => ("UNPLAYABLE", "The uploader has not made this video available in your country"),
            _ => null,
        };

    static string MediaOf(string id, int tag) => $"https://{Media}/videoplayback?expire=1999999999&id={id}&itag={tag}&ratebypass=yes";

    async Task<Reply> PlayAsync(Request request) =>
        !_player.Admits(request)
            ? Reply.Nothing(403)
            : (Find(request.Parameter("id")), request.Parameter("itag")) switch
            {
                ({ } post, "18") => await MediaReply.VideoAsync(request, media, post, Small),
                ({ } post, "136") => await MediaReply.VideoAsync(request, media, post, Mute),
                ({ } post, "140") => await MediaReply.SoundAsync(request, media, post),
                _ => Reply.Nothing(403),
            };

    static object Simple(string text) => new { simpleText = text };

    static string Text(JsonElement question, string name) =>
        Member(question, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    static JsonElement Member(JsonElement question, string name) =>
        question.ValueKind == JsonValueKind.Object && question.TryGetProperty(name, out var value) ? value : default;

    // SOCS=CAI... since 2023, CONSENT=YES+... before
    static bool HasConsented(Request request) =>
        request.Cookie("SOCS").StartsWith("CA", StringComparison.Ordinal)
        || request.Cookie("CONSENT").StartsWith("YES", StringComparison.Ordinal);

    async Task<Reply> WatchAsync(string id)
    {
        var player = await AnswerAsync(id, IsOfToday ? Access.Script : Access.Plain);
        var settings = new
        {
            INNERTUBE_CONTEXT = new
            {
                client = new
                {
                    clientName = "WEB",
                    clientVersion = "2.20261120.00.00",
                    visitorData = "CgtTYW5kYm94VmlzaXQ%3D",
                    hl = "en",
                },
            },
            INNERTUBE_CONTEXT_CLIENT_NAME = 1,
            VISITOR_DATA = "CgtTYW5kYm94VmlzaXQ%3D",
            PLAYER_JS_URL = YouTubePlayer.Path,
            STS = YouTubePlayer.Timestamp,
        };
        return Reply.Html(
            $$"""
            <!DOCTYPE html><html><head><title>YouTube</title><script>ytcfg.set({{JsonSerializer.Serialize(
                settings
            )}});</script></head><body>
            <script>var ytInitialPlayerResponse = {{JsonSerializer.Serialize(player)}};</script>
            <script>var ytInitialData = {{JsonSerializer.Serialize(BesidesOf(Find(id)))}};</script>
            </body></html>
            """
        );
    }

    // what stands beside the player: the author, where today's clients look for it
    static object BesidesOf(Post? post)
    {
        var owner = post is null
            ? []
            : new object[]
            {
                new { videoPrimaryInfoRenderer = new { title = Runs(post.Title) } },
                new
                {
                    videoSecondaryInfoRenderer = new
                    {
                        owner = new
                        {
                            videoOwnerRenderer = new
                            {
                                title = new
                                {
                                    runs = new[]
                                    {
                                        new
                                        {
                                            text = post.Author.Name,
                                            navigationEndpoint = new
                                            {
                                                browseEndpoint = new
                                                {
                                                    browseId = ChannelOf(post),
                                                    canonicalBaseUrl = $"/@{post.Author.Handle}",
                                                },
                                            },
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            };
        return new { contents = new { twoColumnWatchNextResults = new { results = new { results = new { contents = owner } } } } };
    }

    static object Runs(string text) => new { runs = new[] { new { text } } };
}
