using System.Text;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Platforms.TikTok;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Acceptance;

/// <summary>What is promised of links and of what a page says.</summary>
public class LinkPromises
{
    const string Id = "7106798200794926362";

    [Fact]
    public void Only_its_real_hosts_are_TikToks_and_a_grammar_that_throws_is_passed_over()
    {
        using var trawl = new TrawlClient(new TrawlOptions { Platforms = [Broken, KnownPlatforms.All[0]] });

        trawl.Platforms.TryParse("https://fake-tiktok.com/@u/video/1").ShouldBeNull();
        trawl.Platforms.TryParse("https://fox.com/a").ShouldBeNull();
        trawl.Platforms.TryParse("https://example.com/?r=tiktok.com").ShouldBeNull();
        foreach (
            var link in (string[])
                [$"https://www.tiktok.com/@u/video/{Id}", $"https://www.tiktok.com/@u/photo/{Id}", "https://vm.tiktok.com/ZTR45GpSF/"]
        )
            trawl.Platforms.Parse(link).Platform.ShouldBe("tiktok");
    }

    [Fact]
    public void A_platform_is_had_by_name_and_by_link_with_what_it_bears_and_is_registered_once()
    {
        using var trawl = new TrawlClient();
        var byLink = trawl.Platforms.Named(trawl.Platforms.Parse($"https://www.tiktok.com/@u/video/{Id}").Platform);

        byLink.ShouldBeSameAs(trawl.Platforms.Named("tiktok"));
        var bears = byLink.Capabilities;
        (bears.RateRequests, bears.RatePeriod.TotalSeconds, bears.ConcurrentDownloads, bears.RequiresLogin).ShouldBe((30, 60, 3, false));
        Should.Throw<TrawlException>(() => trawl.Platforms.Named("vine")).Message.ShouldContain("tiktok");
        Should
            .Throw<TrawlException>(() => new TrawlClient(new TrawlOptions { Platforms = [Broken, Broken] }))
            .Kind.ShouldBe(FailureKind.Configuration);
    }

    [Fact]
    public async Task Four_spellings_of_a_video_are_one_question_and_have_one_address()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var id = new Uri(run.World.Links[1]).Segments[^1];
        string[] spellings =
        [
            $"https://www.tiktok.com/@a/video/{id}",
            $"https://m.tiktok.com/v/{id}.html",
            $"https://lite.tiktok.com/@a/video/{id}?x=1",
            $"https://www.tiktok.com/embed/{id}",
        ];

        var videos = new List<Video>();
        foreach (var spelling in spellings)
            videos.Add(await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(spelling)));

        run.Requests.ShouldBe(1);
        videos.Select(v => v.Url.Identity).Distinct().ShouldHaveSingleItem();
        videos.Select(v => v.Url.Canonical).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_short_link_is_followed_once_and_never_to_where_we_do_not_go()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var post = await run.World.DescribeAsync(1);
        var followed = await run.UntilDoneAsync(run.Trawl.Videos.FollowAsync(run.Trawl.Platforms.Parse(post.Short)));
        followed.Id.ShouldBe(new Uri(post.Url).Segments[^1]);
        var asked = run.Requests;
        (await run.UntilDoneAsync(run.Trawl.Videos.FollowAsync(run.Trawl.Platforms.Parse(post.Short)))).ShouldBe(followed);
        run.Requests.ShouldBe(asked, "the second time it is known");

        (await LedAsync("https://evil.example/@u/video/1")).ShouldBe((FailureKind.RefusedAddress, 1));
        (await LedAsync("http://127.0.0.1/")).ShouldBe((FailureKind.RefusedAddress, 1));
        (await LedAsync("https://www.tiktok.com/?_r=1")).Kind.ShouldBe(FailureKind.Gone);
        (await LedAsync("https://www.tiktok.com/login")).Kind.ShouldBe(FailureKind.LoginRequired);
        (await LedAsync("https://vm.tiktok.com/t/again/")).ShouldBe((FailureKind.UpstreamError, 5));
    }

    [Fact]
    public void Everything_a_caption_and_a_page_say_becomes_metadata()
    {
        var video = Parse(
            $$$$$$"""
            {"id":"{{{{{{Id}}}}}}","desc":"Hi #Viral #viral #喜欢 @a.b-c","createTime":"1654679998","author":{"id":"42","uniqueId":"someone","nickname":"Some One","secUid":"MS4w","verified":true},
             "statsV2":{"playCount":"25500","diggCount":"7","commentCount":"3","shareCount":"2","collectCount":"1"},
             "music":{"title":"song","authorName":"band","album":"lp","duration":30},"video":{"duration":12}}
            """
        );

        video.Title.ShouldBe("Hi #Viral #viral #喜欢 @a.b-c");
        video.Hashtags.ShouldBe(["viral", "喜欢"]);
        video.Mentions.ShouldBe(["a.b-c"]);
        var counts = video.Counts;
        (counts.Views, counts.Likes, counts.Comments, counts.Shares, counts.Saves).ShouldBe((25500, 7, 3, 2, 1));
        var music = video.Music!;
        (music.Title, music.Author, music.Album, music.Duration).ShouldBe(("song", "band", "lp", TimeSpan.FromSeconds(30)));
        video.PublishedAt.ShouldBe(new DateTimeOffset(2022, 6, 8, 9, 19, 58, TimeSpan.Zero));
        var author = video.Author;
        (author.Handle, author.Id, author.Name, author.SecUid, author.Verified).ShouldBe(("someone", "42", "Some One", "MS4w", true));
    }

    [Fact]
    public void What_is_missing_is_nothing_and_a_page_of_a_thousand_formats_fits_in_a_small_memory()
    {
        var bare = Parse($$$$$$"""{"id":"{{{{{{Id}}}}}}","desc":"","author":{},"unheard":{"of":[1]},"video":{}}""");
        bare.Title.ShouldBe($"TikTok video #{Id}");
        (bare.PublishedAt, bare.Music, bare.Duration, bare.Counts.Views).ShouldBe((null, null, null, null));
        Parse($$$$$$"""{"id":"{{{{{{Id}}}}}}","author":{},"statsV2":{"playCount":"12"},"video":{}}""").Counts.Views.ShouldBe(12);
        var formats = string.Join(
            ',',
            Enumerable
                .Range(0, 1000)
                .Select(i =>
                    $$$$$$"""{"Bitrate":{{{{{{i}}}}}},"GearName":"g{{{{{{i}}}}}}","PlayAddr":{"UrlList":["https://v16.example/{{{{{{i}}}}}}"]}}"""
                )
        );
        var caption = string.Concat(Enumerable.Repeat("#tag and so on, ", 625));
        var page = Page(
            $$$$$$"""{"id":"{{{{{{Id}}}}}}","desc":"{{{{{{caption}}}}}}","author":{},"video":{"bitrateInfo":[{{{{{{formats}}}}}}]}}"""
        );
        var before = GC.GetAllocatedBytesForCurrentThread();

        var huge = TikTokPage.Parse(page, TikTokUrl.Post(Id), Session.Desktop);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(5 << 20);
        (huge.Formats.Length, huge.Caption.Length, huge.Hashtags.Length).ShouldBe((200, 10_000, 1));
    }

    static async Task<(FailureKind Kind, int Requests)> LedAsync(string target)
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        run.World.Add(
            new FaultRule
            {
                Path = "^/t/",
                Fault = "redirect",
                Args = new Dictionary<string, string> { ["to"] = target },
            }
        );
        var link = run.Trawl.Platforms.Parse("https://vm.tiktok.com/ZSnothing1/");
        var failure = await Should.ThrowAsync<TrawlException>(() => run.UntilDoneAsync(run.Trawl.Videos.FollowAsync(link)));
        await run.SettleAsync();
        return (failure.Kind, run.Requests);
    }

    static Platform Broken(PlatformParts parts) =>
        new()
        {
            Name = "broken",
            Parse = _ => throw new InvalidOperationException("a bug"),
            Strategies = [],
        };

    static Video Parse(string item) => TikTokPage.Parse(Page(item), TikTokUrl.Post(Id), Session.Desktop);

    static byte[] Page(string item) =>
        Encoding.UTF8.GetBytes(
            $$$$$$"""<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{"__DEFAULT_SCOPE__":{"webapp.video-detail":{"itemInfo":{"itemStruct":{{{{{{item}}}}}}},"statusCode":0}}}</script>"""
        );
}
