using System.Text;
using Trawl.App;
using Trawl.App.Canary;
using Trawl.App.Configuration;
using Trawl.App.Crawls;
using Trawl.App.Jobs;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.Browser.TikTok;
using Trawl.Files;
using Trawl.Http;
using Trawl.Json;
using Trawl.Platforms.TikTok;
using Trawl.Platforms.YtDlp;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Fuzz;

/// <summary>All that reads foreign data.</summary>
static class Targets
{
    const string Id = "7530618987760209170";
    static readonly VideoUrl Url = TikTokUrl.Post(Id);
    static readonly PlatformListOfAll Platforms = new();
    static readonly System.CommandLine.RootCommand Root = Verbs.RootFor([]);

    public static IReadOnlyList<Target> All { get; } =
    [
        new("page", [.. Pages()], bytes => TikTokPage.Parse(bytes, Url, Session.Desktop)),
        new("player", Documents(Player), bytes => TikTokPlayer.Parse(bytes, Url, Session.Desktop)),
        new("embed", Documents(Embed), bytes => TikTokEmbed.Parse(bytes, Url, Session.Desktop)),
        new("embedded page", Documents($"<script id=\"__FRONTITY_CONNECT_STATE__\">{Embed}</script>"), bytes => TikTokEmbed.Data(bytes)),
        new("tikwm", [.. Documents(Tikwm), .. Captures("tikwm-video.2022.json")], bytes => Trawl.Platforms.TikTok.Tikwm.Parse(bytes, Url)),
        new("tikwm search", [.. Documents(Feed), .. Captures("tikwm-feed-search.2022.json")], bytes => TikwmFeed.Read(bytes)),
        new(
            "tiktok search",
            [.. Documents(Search), .. Captures("tiktok-web-search-general-full.raw-response.2026-02.json")],
            bytes => SearchReply.Read(bytes)
        ),
        Target.OfText("search page of 2022", [Hydration], text => SearchReply.ReadHydration(text)),
        Target.OfText("search page", [SearchPage], text => SearchDocument.Read(text)),
        new("yt-dlp", Documents(YtDlp), ReadYtDlp),
        new("order", Documents(Order), bytes => CrawlOrder.Parse(bytes), typeof(FormatException)),
        new(
            "resolver body",
            Documents(SearchBody, DownloadBody, BrowseBody),
            ReadBody,
            typeof(InvalidRequestException),
            typeof(PythonJsonException),
            typeof(InvalidDataException)
        ),
        Target.OfText("web address", Links, text => WebAddress.Parse(text, out _)),
        Target.OfText("link", Links, text => Platforms.Read(text)),
        Target.OfText("cookies", [Cookies], text => CookieFile.Parse(text)),
        Target.OfText(
            "template",
            ["%(platform)s/%(uploader)s/%(id)s.%(ext)s", "%(title)s [%(id)s].%(ext)s"],
            text => _ = new OutputTemplate(text)
        ),
        Target.OfText(
            "template field",
            ["street cat 😺", "a/../b", "CON", "=cmd()"],
            text => new OutputTemplate("%(title)s/%(id)s.%(ext)s").Expand(Titled(text), "mp4")
        ),
        Target.OfText(
            "info.json",
            [Info],
            text => FinishedFiles.Read("/a/b.mp4", Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(text), "/a", null)
        ),
        Target.OfText("canary history", [Line], text => Observation.Parse(text)),
        Target.OfText("settings", Settings, ReadSettings),
        Target.OfText("command line", CommandLines, text => _ = Root.Parse([.. text.Split('\n').Take(200)], Verbs.Parsing).Errors),
        new("media", [Mp4()], ReadMedia),
        new(
            "picture",
            [
                [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF"u8],
                [.. "RIFF"u8, 1, 0, 0, 0, .. "WEBP"u8],
            ],
            bytes => PictureCheck.Extension(bytes)
        ),
        Target.OfText("caption", ["look #cat @user_1 and #dög 😺#x"], text => _ = (CaptionText.Hashtags(text), CaptionText.Mentions(text))),
    ];

    static IReadOnlyList<byte[]> Documents(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    static IEnumerable<byte[]> Captures(string name) =>
        ReferenceData.TryPath("captures", name) is { } path ? [File.ReadAllBytes(path)] : [];

    static IEnumerable<byte[]> Pages() =>
        [
            Encoding.UTF8.GetBytes(
                $"<html><script id=\"__UNIVERSAL_DATA_FOR_REHYDRATION__\" type=\"application/json\">{Page}</script></html>"
            ),
            Encoding.UTF8.GetBytes(
                $"<html><script id=\"SIGI_STATE\">{{\"ItemModule\":{{\"{Id}\":{Item}}},\"VideoPage\":{{\"statusCode\":0}}}}</script></html>"
            ),
            Encoding.UTF8.GetBytes("<html><p id=\"wci\" class=\"_wafchallengeid\"></p><script>1</script></html>"),
            .. Captures("tiktok-page-unavailable-10204-deleted.2026-09.html"),
        ];

    static void ReadYtDlp(byte[] bytes)
    {
        using var document = ForeignJson.TryParse(bytes);
        if (document is not null)
            YtDlpInfo.ToVideo(document.RootElement, Url);
    }

    static void ReadBody(byte[] bytes)
    {
        var body = PythonJson.Read(bytes);
        foreach (var read in (Action[])[() => SearchRequest.Read(body), () => DownloadRequest.Read(body), () => BrowseRequest.Read(body)])
        {
            try
            {
                read();
            }
            catch (InvalidRequestException e)
            {
                // what is answered is bounded whatever was asked
                var answer = new System.Buffers.ArrayBufferWriter<byte>();
                PythonText.WriteJson(answer, new Fields { ["detail"] = (List<object?>)[.. e.Faults.Select(f => f.ToFields())] });
                answer.WrittenCount.ShouldBeLessThan(512 * 1024);
            }
        }
    }

    static void ReadSettings(string text)
    {
        var lines = text.Split('\n');
        var environment = lines
            .Select(l => l.Split('=', 2))
            .Where(p => p.Length == 2)
            .DistinctBy(p => p[0])
            .ToDictionary(p => p[0], p => p[1]);
        var settings = Trawl.App.Configuration.Settings.Read("/nowhere/trawl.json", environment);
        _ = (settings.Over(new TrawlOptions()), settings.Keyframes(), settings.Service(), settings.Worker());
    }

    static void ReadMedia(byte[] bytes)
    {
        var path = Path.Combine(Path.GetTempPath(), $"trawl-fuzz-{Environment.CurrentManagedThreadId}.mp4");
        File.WriteAllBytes(path, bytes);
        MediaCheck.Inspect(path);
    }

    static Video Titled(string title) =>
        new()
        {
            Url = Url,
            Id = Id,
            Title = title,
        };

    static byte[] Mp4()
    {
        var ffmpeg = new System.Diagnostics.ProcessStartInfo("ffmpeg")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var path = Path.Combine(Path.GetTempPath(), $"trawl-fuzz-seed-{Environment.ProcessId}.mp4");
        foreach (
            var argument in "-nostdin -v error -y -f lavfi -i testsrc=size=32x32:rate=5:duration=1 -f lavfi -i sine=duration=1 -c:v libx264 -c:a aac -movflags +faststart".Split(
                ' '
            )
        )
            ffmpeg.ArgumentList.Add(argument);
        ffmpeg.ArgumentList.Add(path);
        using var process = System.Diagnostics.Process.Start(ffmpeg)!;
        process.WaitForExit();
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    sealed class PlatformListOfAll
    {
        readonly TrawlClient _client = new(new TrawlOptions());

        public void Read(string text)
        {
            _ = _client.Platforms.TryParse(text);
            _ = _client.Platforms.FindIn(text);
            if (_client.Platforms.TryParse(text) is { Canonical: { } address } one && one.IsPost)
                _client
                    .Platforms.TryParse(address.AbsoluteUri)
                    ?.Identity.ShouldBe(one.Identity, "a canonical address leads to the same post");
        }
    }

    static string[] Links =>
        [
            $"https://www.tiktok.com/@user/video/{Id}",
            "https://vm.tiktok.com/ZSAnuYJhq/",
            $"look at this https://m.tiktok.com/v/{Id}.html?x=1#y and more",
            "https://www.youtube.com/shorts/abcdefghijk",
            "https://youtu.be/abcdefghijk?t=1",
            "https://www.bilibili.com/video/BV1xx411c7mD?p=2",
            "HTTP://WWW.TikTok.com:443/@Us er/../x?y#z",
            "http://[::1]:80/",
            "http://0x7f.1/",
            "http://ex\u00fcample.com./%zz",
        ];

    static string[] Settings =>
        [
            "Trawl__Http__RequestsPerMinute=30\nTrawl__Strategies=web,tikwm\nTIKTOK_PROXY_URL=http://1.2.3.4:80",
            "Trawl__Work__Retention=7\nTrawl__Work__Port=80\nTrawl__Browser__Concurrency=2\nTrawl__Keyframes__Mode=scene",
            "Trawl__Work__Broker=amqp://a:b@c/d\nTrawl__Work__Bucket=s3://a/b\nTrawl__Http__Proxies=socks5://a:1,http://b:2",
        ];

    static string[] CommandLines =>
        [
            "get\nhttps://www.tiktok.com/@user/video/1\n-P\nout\n--json\n--max-height\n720",
            "crawl\ncats\n-n\n5\n--platform\ntiktok",
            "jobs\nlist\n-P\n.",
            "serve\n--port\n8080",
        ];

    static string Item =>
        """
            {"id":"@ID@","desc":"a cat #cat","createTime":"1753000000","author":{"id":"1","uniqueId":"user","nickname":"U","secUid":"MS4","verified":false},
            "music":{"id":"2","title":"t","authorName":"a","album":"","duration":10,"original":true,"playUrl":"https://sf16.tiktokcdn.com/m.mp3?expire=1767267384"},
            "stats":{"playCount":1000,"diggCount":10,"commentCount":"3","shareCount":1,"collectCount":"2"},"statsV2":{"playCount":"1000","repostCount":"1"},
            "video":{"duration":10,"width":576,"height":1024,"cover":"https://p16.tiktokcdn.com/c.jpg","playAddr":"https://v16.tiktokcdn.com/p.mp4","downloadAddr":"https://v16.tiktokcdn.com/d.mp4",
            "bitrateInfo":[{"Bitrate":1000,"CodecType":"h264","GearName":"normal_540_0","Format":"mp4","MVMAF":"{\"v2.0\":{\"ori\":{\"v1080\":70.1}}}","PlayAddr":{"DataSize":"100","Width":576,"Height":1024,"UrlKey":"v1_h264_540p_1","UrlList":["https://v16.tiktokcdn.com/a.mp4?expire=1767267384","https://www.tiktok.com/aweme/v1/play/?x"]}},
            {"Bitrate":2000,"CodecType":"h265_hvc1","GearName":"adapt_1080_1","Format":"dash","VideoExtra":"{\"audio_file_id\":\"f\"}","PlayAddr":{"UrlKey":"v1_bytevc1_1080p_2","UrlList":["https://v16.tiktokcdn.com/media-video-hvc1/b"]}}],
            "bitrateAudioInfo":[{"Bitrate":64000,"FileId":"f","UrlList":{"MainUrl":"https://v16.tiktokcdn.com/s","BackupUrl":""},"AudioDataSize":10}],
            "subtitleInfos":[{"LanguageCodeName":"eng-US","Url":"https://v16.tiktokcdn.com/s.vtt","Format":"webvtt","Source":"ASR"}],"claInfo":{"captionInfos":[{"url":"https://v16.tiktokcdn.com/c.vtt","language":"en","isAutoGen":true}]}},
            "imagePost":{"images":[]},"textLanguage":"en","poi":{"name":"Berlin"},"effectStickers":[{"name":"e"}],"stickersOnItem":[{"stickerText":["s"]}],"diversificationLabels":["l"],"isAd":false,"IsAigc":true,"isContentClassified":false}
            """.Replace("@ID@", Id, StringComparison.Ordinal);

    static string Page =>
        """
            {"__DEFAULT_SCOPE__":{"webapp.app-context":{"language":"en"},"webapp.video-detail":{"itemInfo":{"itemStruct":@ITEM@},"statusCode":0,"statusMsg":""}}}
            """.Replace("@ID@", Id, StringComparison.Ordinal).Replace("@ITEM@", Item, StringComparison.Ordinal);

    static string Player =>
        """
            {"items":[{"id_str":"@ID@","desc":"a","create_time":1753000000,"author_info":{"unique_id":"user","nickname":"U"},"statistics_info":{"play_count":1},"music_info":{"id_str":"2","title":"t"},
            "video_info":{"meta":{"duration":10000,"width":576,"height":1024},"url_list":["https://v16.tiktokcdn.com/a.mp4"],"profiles":[{"bitrate":1,"gear_name":"g","codec_type":"h264","play_addr":{"url_key":"k","url_list":["https://v16.tiktokcdn.com/b.mp4"],"data_size":1}}],"cover":{"url_list":["https://p16.tiktokcdn.com/c.jpg"]}},
            "image_post_info":{"images":[{"display_image":{"width":1,"height":1,"url_list":["https://p16.tiktokcdn.com/i.jpg"]}}]}}],"results":[{"code":"ok"}]}
            """.Replace("@ID@", Id, StringComparison.Ordinal);

    static string Embed =>
        """
            {"source":{"data":{"/embed/v2/@ID@":{"isError":false,"videoData":{"itemInfos":{"id":"@ID@","text":"a","createTime":"1753000000","covers":["https://p16.tiktokcdn.com/c.jpg"],"playCount":1,"video":{"urls":["https://v16.tiktokcdn.com/a.mp4"],"videoMeta":{"width":576,"height":1024,"duration":10}}},"authorInfos":{"userId":"1","uniqueId":"user","nickName":"U"}}}}}}
            """.Replace("@ID@", Id, StringComparison.Ordinal);

    static string Tikwm =>
        """
            {"code":0,"msg":"success","data":{"id":"@ID@","title":"a","play":"https://v16.tiktokcdn.com/p.mp4","hdplay":"/video/media/hdplay/1.mp4","size":1,"hd_size":"2","duration":10,"create_time":1753000000,"images":[],
            "author":{"id":"1","unique_id":"user","nickname":"U"},"music_info":{"id":"2","title":"t","play":"https://sf16.tiktokcdn.com/m.mp3","duration":1},"play_count":1,"cover":"https://p16.tiktokcdn.com/c.jpg","region":"DE","is_ad":false}}
            """.Replace("@ID@", Id, StringComparison.Ordinal);

    static string Feed =>
        """
            {"code":0,"msg":"success","data":{"videos":[{"video_id":"@ID@","title":"a","digg_count":1,"create_time":1753000000,"author":{"unique_id":"user"}},{"video_id":1}],"cursor":10,"hasMore":true}}
            """.Replace("@ID@", Id, StringComparison.Ordinal);

    static string Search =>
        """
            {"status_code":0,"has_more":1,"data":[{"type":1,"item":{"id":"@ID@","desc":"a","createTime":1753000000,"author":{"uniqueId":"user"},"stats":{"diggCount":1},"statsV2":{"diggCount":"1"}}},{"type":4}],"item_list":[{"id":"1","author":"user"}]}
            """.Replace("@ID@", Id, StringComparison.Ordinal);

    static string Hydration =>
        """
            {"ItemModule":{"@ID@":{"desc":"a","authorId":"1","stats":{"likeCount":1},"createTime":"2026-01-01"}},"UserModule":{"users":{"user":{"id":"1","uniqueId":"user"}}}}
            """.Replace("@ID@", Id, StringComparison.Ordinal);

    const string SearchPage =
        $"<html><div data-e2e=\"search_top-item\"><a href=\"https://www.tiktok.com/@user/video/{Id}\">a</a><strong>1.2M</strong></div></html>";

    static string YtDlp =>
        """
            {"id":"@ID@","title":"t","description":"d","uploader_id":"@user","channel":"U","timestamp":1753000000,"upload_date":"20250720","duration":10.5,"view_count":1,"is_live":false,"thumbnail":"https://p16.tiktokcdn.com/c.jpg",
            "formats":[{"format_id":"h264_540p","url":"https://v16.tiktokcdn.com/a.mp4","ext":"mp4","protocol":"https","vcodec":"h264","acodec":"aac","width":576,"height":1024,"tbr":1000.5,"filesize":100,"http_headers":{"User-Agent":"x","Referer":"https://www.tiktok.com/"},"cookies":"a=1; Domain=.tiktok.com; Path=/; Secure; b=2"},{"format_id":"audio","url":"https://v16.tiktokcdn.com/s","vcodec":"none","acodec":"aac"}]}
            """.Replace("@ID@", Id, StringComparison.Ordinal);

    const string Order =
        """{"job_id":"job-1","industry":"toys","queries":{"vi":["mèo","chó"],"zh":["猫"],"en":"cat"},"platforms":["tiktok","youtube"],"recency_days":30,"_count":5}""";

    const string SearchBody = """{"query":["a","b"],"numVideos":"7","force_headful":false}""";
    static string DownloadBody =>
        """{"url":"https://www.tiktok.com/@u/video/@ID@","force_headful":1}""".Replace("@ID@", Id, StringComparison.Ordinal);
    const string BrowseBody = """{"url":"https://www.tiktok.com/","engine":"chromium"}""";

    const string Info =
        """{"id":"1","title":"t","filesize":10,"duration":5.5,"keyframes":[{"time":1.5,"path":"keyframes/frame_1.jpg"}],"_trawl":{"sha256":"00","strategy":"web","images":2,"photos":[{"sha256":"00","file":"01.jpg"}]}}""";

    const string Line =
        """{"at":"2026-01-01T00:00:00Z","platform":"tiktok","strategy":"web","door":"page","post":"tiktok-1","outcome":"ok","reason":null,"status":200,"size":10,"elapsed_ms":5,"headers":["a"],"fields":{"id":"1"}}""";

    const string Cookies =
        "# Netscape HTTP Cookie File\n.tiktok.com\tTRUE\t/\tTRUE\t1893456000\tsessionid\tabc\n#HttpOnly_www.tiktok.com\tFALSE\t/\tFALSE\t0\tx\ty\n";
}
