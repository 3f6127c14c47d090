using System.Text;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms.TikTok;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Platforms;

public class TikTokPageTests
{
    static readonly VideoUrl Url = TikTokUrl.Post("7106798200794926362", "someone");

    [Fact]
    public void Numbers_may_be_strings_and_fields_may_be_missing()
    {
        var video = Parse(
            """{"id":"7106798200794926362","desc":"","createTime":"1654679998","author":{"uniqueId":"someone"},"stats":{"playCount":"25500","diggCount":7,"shareCount":null,"collectCount":""},"video":{"duration":"12"}}"""
        );

        video.Title.ShouldBe("TikTok video #7106798200794926362");
        video.PublishedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1654679998));
        video.Counts.ShouldBe(
            new Counts
            {
                Rounded = true,
                Views = 25500,
                Likes = 7,
            }
        );
        video.Duration.ShouldBe(TimeSpan.FromSeconds(12));
        video.Formats.ShouldBeEmpty();
    }

    [Fact]
    public void Everything_a_page_says_is_kept()
    {
        var video = Parse(
            """
            {"id":"7106798200794926362","desc":"Hi #Viral @a.b-c","author":{"uniqueId":"someone","verified":true},"textLanguage":"es","locationCreated":"ES",
             "music":{"title":"song","authorName":"band","album":"lp","original":false,"duration":"30"},"effectStickers":[{"name":"Green Screen","ID":"1"}],
             "stickersOnItem":[{"stickerText":["wait for it",""]},{"stickerText":["wait for it"]}],"diversificationLabels":["Music"],"isAd":false,"IsAigc":true,
             "video":{"subtitleInfos":[{"LanguageCodeName":"eng-US","Url":"https://v16.example/s.vtt","Format":"webvtt","Source":"ASR"}],
              "claInfo":{"captionInfos":[{"language":"es","url":"https://v16.example/c","captionFormat":"srt","isAutoGen":false},{"url":"javascript:alert(1)"}]}}}
            """
        );

        video.Hashtags.ShouldBe(["viral"]);
        video.Mentions.ShouldBe(["a.b-c"]);
        video.Author.Verified.ShouldBe(true);
        (video.Language, video.Location).ShouldBe(("es", "ES"));
        video.Music.ShouldBe(
            new Music
            {
                Title = "song",
                Author = "band",
                Album = "lp",
                Original = false,
                Duration = TimeSpan.FromSeconds(30),
            }
        );
        video.Effects.ShouldBe(["Green Screen"]);
        video.OnScreenTexts.ShouldBe(["wait for it"]);
        video.Labels.ShouldBe(["Music"]);
        (video.IsAd, video.IsAiGenerated).ShouldBe((false, true));
        video.Subtitles.Select(s => (s.Language, s.Format, s.Automatic)).ShouldBe([("eng-US", "webvtt", true), ("es", "srt", false)]);
        video.PublishedAt.ShouldBeNull();
        video.PublishedAfter.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(7106798200794926362 >> 32));
    }

    [Fact]
    public void Variants_become_formats_bound_to_the_session()
    {
        var video = Parse(
            """
            {"id":"7106798200794926362","author":{"uniqueId":"someone"},"music":{"playUrl":"https://v16m.tiktokcdn.com/m.m4a"},
             "video":{"width":576,"height":1024,"downloadAddr":"https://v16.example/wm","bitrateInfo":[
              {"Bitrate":1010862,"GearName":"normal_540_0","CodecType":"h264","PlayAddr":{"DataSize":"8086899","Width":576,"Height":1024,"UrlKey":"v1_h264_540p_1010862","UrlList":["https://www.tiktok.com/aweme/v1/play/?x=1","https://v16.example/a?expire=1767267384&tk=1"]}},
              {"Bitrate":442421,"GearName":"adapt_1080_1","CodecType":"h265_hvc1","PlayAddr":{"DataSize":3539368,"Width":1080,"Height":1920,"UrlKey":"v1_bytevc1_1080p_442421","UrlList":["https://v16.example/b","ftp://v16.example/c"]}},
              {"Bitrate":1,"GearName":"x","CodecType":"bytevc2","PlayAddr":{"UrlKey":"v1_bytevc2_720p_1","UrlList":["https://v16.example/d"]}},
              {"Bitrate":2,"GearName":"none","PlayAddr":{"UrlList":[]}}]}}
            """
        );

        video
            .Formats.Select(f => (f.Codec, f.ShortSide, f.Size))
            .ShouldBe([("h264", 576, 8086899), ("h265", 1080, 3539368), ("bytevc2", 720, null), ("h264", 576, null), (null, null, null)]);
        var first = video.Formats[0];
        first.Addresses.Select(a => a.IdnHost).ShouldBe(["v16.example", "www.tiktok.com"]);
        first.ExpiresAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1767267384));
        first.Session.ShouldBe(Session.Mobile);
        video.Formats[3].Watermarked.ShouldBeTrue();
        video.Formats[4].AudioOnly.ShouldBeTrue();
    }

    [Fact]
    public void A_picture_without_sound_is_known_before_anything_is_fetched()
    {
        var video = Parse(
            """
            {"id":"7106798200794926362","author":{"uniqueId":"someone"},"video":{"width":1080,"height":1920,"bitrateInfo":[
              {"Bitrate":"900000","GearName":"adapt_lowest_1080_1","Format":"dash","VideoExtra":"{\"audio_file_id\":\"a2\"}","PlayAddr":{"UrlKey":"v1_bytevc1_1080p_900000","UrlList":["https://v16.example/media-video-hvc1/x"]}},
              {"Bitrate":"800000","GearName":"adapt_lower_720_1","PlayAddr":{"UrlKey":"v1_bytevc1_720p_800000","UrlList":["https://v16.example/media-video-avc1/y"]}},
              {"Bitrate":"700000","GearName":"normal_540_0","Format":"mp4","PlayAddr":{"UrlKey":"v1_h264_540p_700000","UrlList":["https://v16.example/z"]}}],
             "bitrateAudioInfo":[{"FileId":"a1","Bitrate":128000,"UrlList":{"MainUrl":"https://v16.example/media-audio/1"}},
              {"FileId":"a2","Bitrate":64000,"UrlList":{"MainUrl":"https://v16.example/media-audio/2","BackupUrl":"https://v19.example/media-audio/2","FallbackUrl":""}}]}}
            """
        );

        video
            .Formats.Select(f => (f.ShortSide, f.Sound?.Id, f.Silent))
            .ShouldBe([(1080, "sound-64000", false), (720, "sound-128000", false), (576, null, false)]);
        video.Formats[0].Sound!.Addresses.Length.ShouldBe(2);
        video.Formats[0].Bitrate.ShouldBe(964_000);
        (video.Formats[2].Width, video.Formats[2].Height).ShouldBe((576, 1024));
    }

    [Fact]
    public void Without_a_sound_it_is_silent_and_never_chosen()
    {
        var video = Parse(
            """
            {"id":"7106798200794926362","author":{"uniqueId":"someone"},"video":{"bitrateInfo":[
              {"Bitrate":900000,"GearName":"adapt_lowest_1080_1","Format":"dash","PlayAddr":{"UrlList":["https://v16.example/media-video-hvc1/x"]}},
              {"Bitrate":700000,"GearName":"normal_540_0","PlayAddr":{"UrlList":["https://v16.example/z"]}}]}}
            """
        );

        foreach (var policy in Enum.GetValues<FormatPolicy>())
            FormatSelector.Choose(video, new FormatWish { Policy = policy }).ShouldNotContain(f => f.Silent);
        video.Formats[0].Silent.ShouldBeTrue();
        video.Formats[0].ShortSide.ShouldBe(1080, "of its gear, where its shape is not known");
    }

    [Theory]
    [InlineData("SIGI_STATE")]
    [InlineData("sigi-persisted-data")]
    public void The_page_of_2022_is_read(string id)
    {
        var html = $$$$$$$$"""
            <html><script id="{{{{{{{{id}}}}}}}}">{"AppContext":{},"ItemModule":{"7106798200794926362":{"id":"7106798200794926362","desc":"old","createTime":"1654679998",
            "author":"someone","nickname":"Some One","authorId":"42","authorSecId":"MS4w","video":{"playAddr":"https://v16.example/a"}}},"VideoPage":{"statusCode":0}}</script></html>
            """;

        var video = TikTokPage.Parse(Encoding.UTF8.GetBytes(html), Url, Session.Desktop);

        video.Author.ShouldBe(
            new Author
            {
                Id = "42",
                Handle = "someone",
                Name = "Some One",
                SecUid = "MS4w",
            }
        );
        video.Formats.Single().Addresses.Single().Host.ShouldBe("v16.example");
    }

    [Fact]
    public void The_page_of_2022_gives_its_reason()
    {
        var html = """<html><script id="SIGI_STATE">{"VideoPage":{"statusCode":10216}}</script></html>""";

        Should
            .Throw<TrawlException>(() => TikTokPage.Parse(Encoding.UTF8.GetBytes(html), Url, Session.Desktop))
            .Kind.ShouldBe(FailureKind.Private);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(10217, FailureKind.Gone)]
    public void The_page_of_2020_is_read(int status, FailureKind? failure)
    {
        var html = $$$$$$$$"""
            <script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"statusCode":{{{{{{{{status}}}}}}}},"itemInfo":{"itemStruct":{"id":"7106798200794926362",
            "desc":"older","author":{"uniqueId":"someone"},"video":{"playAddr":"https://v16.example/a"}}}}}}</script>
            """;

        var parse = () => TikTokPage.Parse(Encoding.UTF8.GetBytes(html), Url, Session.Desktop);

        if (failure is null)
            parse().Caption.ShouldBe("older");
        else
            Should.Throw<TrawlException>(parse).Kind.ShouldBe(failure.Value);
    }

    [Theory]
    [InlineData(10204, "item_privacy_authorization&status_deleted", FailureKind.Gone)]
    [InlineData(10204, "cross_border_violation_ur", FailureKind.RegionLocked)]
    [InlineData(10204, "author_status,status_reviewing", FailureKind.UnderReview)]
    [InlineData(10204, "", FailureKind.Gone)]
    [InlineData(10202, "", FailureKind.Gone)]
    [InlineData(10216, "", FailureKind.Private)]
    [InlineData(10217, "", FailureKind.Gone)]
    [InlineData(10221, "", FailureKind.Gone)]
    [InlineData(10222, "", FailureKind.Private)]
    [InlineData(10231, "", FailureKind.RegionLocked)]
    [InlineData(10404, "surprise", FailureKind.Unavailable)]
    public void Each_status_has_its_kind(int code, string message, FailureKind kind)
    {
        var page = Page($$"""{"statusCode":{{code}},"statusMsg":"{{message}}"}""");

        Should.Throw<TrawlException>(() => TikTokPage.Parse(page, Url, Session.Mobile)).Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData("", FailureKind.Blocked)]
    [InlineData("<html><body>Please wait...<p id=\"wci\" class=\"_wafchallengeid\"></p></body></html>", FailureKind.Challenged)]
    [InlineData("<html><script>TTGCaptcha.render()</script></html>", FailureKind.Challenged)]
    [InlineData("<script id=\"__UNIVERSAL_DATA_FOR_REHYDRATION__\">{\"__DEFAULT_SCOPE__\":{}}</script>", FailureKind.LayoutChanged)]
    [InlineData(
        "<script id=\"__UNIVERSAL_DATA_FOR_REHYDRATION__\">{\"webapp.video-detail\":{\"itemInfo\":</script>",
        FailureKind.LayoutChanged
    )]
    [InlineData("<script id=\"__UNIVERSAL_DATA_FOR_REHYDRATION__\">{\"webapp.video-detail\":[1]}</script>", FailureKind.LayoutChanged)]
    public void Each_other_page_has_its_kind(string html, FailureKind kind) =>
        Should.Throw<TrawlException>(() => TikTokPage.Parse(Encoding.UTF8.GetBytes(html), Url, Session.Mobile)).Kind.ShouldBe(kind);

    [Fact]
    public void A_classified_post_without_media_is_age_restricted() =>
        Should
            .Throw<TrawlException>(() => Parse("""{"id":"7106798200794926362","author":{},"isContentClassified":true}"""))
            .Kind.ShouldBe(FailureKind.AgeRestricted);

    [Fact]
    public void Another_video_than_asked_for_is_wrong_content() =>
        Should.Throw<TrawlException>(() => Parse("""{"id":"1","author":{}}""")).Kind.ShouldBe(FailureKind.WrongContent);

    [Fact]
    public void The_phones_page_is_read_as_well()
    {
        var page = Encoding.UTF8.GetBytes(
            "<script id=\"__UNIVERSAL_DATA_FOR_REHYDRATION__\">{\"__DEFAULT_SCOPE__\":{\"webapp.reflow.video.detail\":{\"itemInfo\":{\"itemStruct\":{\"id\":\"7106798200794926362\",\"desc\":\"phone\",\"author\":{}}},\"statusCode\":0}}}</script>"
        );

        TikTokPage.Parse(page, Url, Session.Mobile).Caption.ShouldBe("phone");
    }

    [Fact]
    public void Damaged_pages_are_never_an_unknown_exception()
    {
        var page = Page(
            """{"itemInfo":{"itemStruct":{"id":"7106798200794926362","desc":"a \uD83D b","createTime":1,"author":{"uniqueId":"u"},"video":{"bitrateInfo":[{"PlayAddr":{"UrlList":["https://a.example/"]}}]}}},"statusCode":0}"""
        );
        var chance = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var damaged = page.ToArray();
            for (var hits = chance.Next(1, 5); hits > 0; hits--)
                damaged[chance.Next(damaged.Length)] = (byte)chance.Next(256);
            try
            {
                TikTokPage.Parse(damaged, Url, Session.Mobile);
            }
            catch (TrawlException)
            {
                // a kind is all we ask
            }
        }
    }

    [Theory]
    [InlineData("tiktok-page-video.html", "7571863205253778710", "illojuan", 2, "h264 576,h265 576")]
    [InlineData("tiktok-page-video.2024-06.html", "6806030056956251397", "a3noticias", 1, "h264 480")]
    public void Captured_pages_are_read(string file, string id, string author, int variants, string formats)
    {
        var page = File.ReadAllBytes(ReferenceData.Path("captures", file));

        var video = TikTokPage.Parse(page, TikTokUrl.Post(id), Session.Desktop);

        video.Author.Handle.ShouldBe(author);
        video.Title.Length.ShouldBeGreaterThan(20);
        video.Counts.Views.ShouldNotBeNull();
        video.PublishedAt.ShouldNotBeNull();
        var clean = video.Formats.Where(f => f is { Watermarked: false, AudioOnly: false }).ToList();
        clean.Count.ShouldBe(variants);
        clean.ShouldAllBe(f => f.Size > 0);
        string.Join(',', clean.Select(f => $"{f.Codec} {f.ShortSide}")).ShouldBe(formats);
    }

    [Theory]
    [InlineData("tiktok-page-unavailable-10204-deleted.2026-09.html", FailureKind.Gone)]
    [InlineData("tiktok-page-unavailable-10204-crossborder.2026-09.html", FailureKind.RegionLocked)]
    [InlineData("tiktok-waf-challenge.2026-10.html", FailureKind.Challenged)]
    public void Captured_refusals_have_their_kinds(string file, FailureKind kind)
    {
        var page = File.ReadAllBytes(ReferenceData.Path("captures", file));

        Should.Throw<TrawlException>(() => TikTokPage.Parse(page, Url, Session.Desktop)).Kind.ShouldBe(kind);
    }

    static Video Parse(string item) =>
        TikTokPage.Parse(Page($$"""{"itemInfo":{"itemStruct":{{item}}},"statusCode":0,"statusMsg":""}"""), Url, Session.Mobile);

    static byte[] Page(string detail) =>
        Encoding.UTF8.GetBytes(
            $$$"""<html><script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{"__DEFAULT_SCOPE__":{"webapp.a-b":{},"webapp.video-detail":{{{detail}}}}}</script></html>"""
        );
}
