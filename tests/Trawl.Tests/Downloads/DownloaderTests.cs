using Trawl.Failures;
using Trawl.Processes;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Downloads;

public class DownloaderTests
{
    [Fact]
    public async Task Goes_on_from_the_same_byte_in_a_later_run()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var post = await run.World.DescribeAsync(1);
        run.World.Add(Media("early-end"));
        await Should.ThrowAsync<TrawlException>(() => run.GetAsync(post.Url));
        var part = Directory.GetFiles(run.Folder, "*.part", SearchOption.AllDirectories).Single();
        var arrived = new FileInfo(part).Length;
        run.World.Reset();

        var file = await run.GetAsync(post.Url);

        file.Sha256.ShouldBe(post.Variants[0].Sha256);
        var media = run.World.Requests.Single(r => r.Path.Contains("/video/tos/"));
        media.Headers["Range"].ShouldBe($"bytes={arrived}-");
        media.Bytes.ShouldBe(file.Size - arrived);
    }

    [Fact]
    public async Task An_address_that_expires_midway_is_refreshed_and_the_rest_fetched()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var post = await run.World.DescribeAsync(1);
        run.World.Add(Media("expires-midway") with { Times = 1 });

        var file = await run.GetAsync(post.Url);

        file.Sha256.ShouldBe(post.Variants[0].Sha256);
        await run.SettleAsync();
        run.World.Requests.Count(r => r.Path.StartsWith("/@")).ShouldBe(2, "the page is read again, once");
        (run.MediaBytes - file.Size).ShouldBeLessThan(1000, "no byte is sent twice");
    }

    [Fact]
    public async Task An_address_that_expired_before_it_was_used_is_refreshed_without_being_tried()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var post = await run.World.DescribeAsync(1);
        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(post.Url));
        run.Clock.Advance(TimeSpan.FromHours(41));

        await run.UntilDoneAsync(run.Trawl.Downloads.RunAsync(video, run.Folder));

        run.World.Requests.ShouldNotContain(r => r.Status == 403);
    }

    [Fact]
    public async Task A_mute_form_makes_way_for_one_with_sound()
    {
        await using var run = await SandboxRun.StartAsync();
        var post = await run.World.DescribeAsync(7);

        var file = await run.GetAsync(post.Url);

        file.Sha256.ShouldBe(post.Variants.Single(v => v.Name == "h264-540").Sha256);
        file.Tracks.HasAudio.ShouldBeTrue();
    }

    [Fact]
    public async Task Where_the_file_fails_the_next_strategy_is_asked()
    {
        await using var run = await SandboxRun.StartAsync();
        var post = await run.World.DescribeAsync(1);
        run.World.Add(Media("html") with { Host = "v16-webapp-prime.tiktok.com" });

        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(post.Url));
        using var staging = await Trawl.Files.StagingFolder.TakeAsync(run.Folder, video.Url.Identity, run.Clock, CancellationToken.None);
        var staged = await run.UntilDoneAsync(
            run.Trawl.Downloads.StageAsync(video, new FormatWish(), staging, null, CancellationToken.None)
        );

        staged
            .Video.Attempts.Select(a => $"{a.Strategy} {a.Outcome} {a.Detail}".Trim())
            .ShouldBe(["web wrong-content INVALID_CONTENT_TYPE", "tikwm ok"]);
        staged.File.Sha256.ShouldBe(post.Variants[0].Sha256);
    }

    [Fact]
    public async Task A_photo_posts_sound_never_becomes_a_video()
    {
        foreach (var strategy in (string[])["web", "tikwm"])
        {
            await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = [strategy] });
            var post = await run.World.DescribeAsync(3);

            var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(post.Url));

            failure.Kind.ShouldBe(FailureKind.UnsupportedLink);
            failure.Message.ShouldContain("3 images");
            Directory.EnumerateFiles(run.Folder, "*.m*", SearchOption.AllDirectories).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Sound_alone_is_fetched_on_request()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Format = new FormatWish { Policy = FormatPolicy.Audio } });
        var post = await run.World.DescribeAsync(1);

        var file = await run.GetAsync(post.Url);

        Path.GetExtension(file.Path).ShouldBe(".m4a");
        file.Tracks.HasVideo.ShouldBeFalse();
    }

    [Fact]
    public async Task A_limited_rate_is_kept_on_the_clock()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { LimitRate = 100_000 });
        var post = await run.World.DescribeAsync(1);
        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(post.Url));
        var begun = run.Clock.GetUtcNow();

        var file = await run.UntilDoneAsync(run.Trawl.Downloads.RunAsync(video, run.Folder));

        (run.Clock.GetUtcNow() - begun).TotalSeconds.ShouldBe(file.Size / 100_000.0, 1);
    }

    [Fact]
    public async Task Short_links_are_followed_and_dead_ones_are_gone()
    {
        await using var run = await SandboxRun.StartAsync();
        var post = await run.World.DescribeAsync(1);

        (await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(post.Short))).Id.ShouldBe(new Uri(post.Url).Segments[^1]);
        var failure = await Should.ThrowAsync<TrawlException>(() =>
            run.UntilDoneAsync(run.Trawl.Videos.GetAsync("https://vm.tiktok.com/ZSnothing1/"))
        );

        failure.Kind.ShouldBe(FailureKind.Gone);
    }

    [Theory]
    [InlineData("https://evil.example/@u/video/1", FailureKind.RefusedAddress)]
    [InlineData("http://127.0.0.1/", FailureKind.RefusedAddress)]
    [InlineData("https://www.tiktok.com/login", FailureKind.LoginRequired)]
    [InlineData("https://www.tiktok.com/@someone", FailureKind.UnsupportedLink)]
    public async Task A_short_link_to_elsewhere_is_not_followed(string target, FailureKind kind)
    {
        await using var run = await SandboxRun.StartAsync();
        run.World.Add(
            new FaultRule
            {
                Path = "^/t/",
                Fault = "redirect",
                Args = new Dictionary<string, string> { ["to"] = target },
            }
        );

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            run.UntilDoneAsync(run.Trawl.Videos.GetAsync("https://vm.tiktok.com/ZSnothing1/"))
        );

        failure.Kind.ShouldBe(kind);
        await run.SettleAsync();
        run.Requests.ShouldBe(1);
    }

    [Theory]
    [InlineData(4, FailureKind.Gone)]
    [InlineData(8, FailureKind.Private)]
    [InlineData(12, FailureKind.UnderReview)]
    public async Task Posts_that_are_not_shown_have_their_true_reasons(int place, FailureKind kind)
    {
        await using var run = await SandboxRun.StartAsync();
        var post = await run.World.DescribeAsync(place);

        (await Should.ThrowAsync<TrawlException>(() => run.GetAsync(post.Url))).Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData(
        5,
        "web/page challenged, web/phone challenged, web/player challenged, web/embed challenged, web/session tool-missing, web challenged, tikwm ok"
    )]
    [InlineData(6, "web/page blocked, web/phone ok")]
    [InlineData(9, "web/page region-locked, tikwm ok")]
    [InlineData(57, "web/page unavailable, web/phone unavailable, web/player ok")]
    [InlineData(10, "web/page age-restricted, tikwm ok")]
    [InlineData(
        11,
        "web/page login-required, web/phone login-required, web/player gone, web/embed unavailable, web login-required, tikwm ok"
    )]
    public async Task Posts_with_obstacles_are_fetched_another_way(int place, string attempts)
    {
        await using var run = await SandboxRun.StartAsync();
        var post = await run.World.DescribeAsync(place);

        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(post.Url));
        var file = await run.UntilDoneAsync(run.Trawl.Downloads.RunAsync(video, run.Folder));

        string.Join(", ", video.Attempts.Select(a => $"{a.Strategy}{(a.Door is null ? "" : "/" + a.Door)} {a.Outcome}")).ShouldBe(attempts);
        post.Variants.ShouldContain(v => v.Sha256 == file.Sha256);
    }

    [Fact]
    public async Task Deleted_is_confirmed_by_oEmbed_when_there_is_but_one_strategy()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var post = await run.World.DescribeAsync(4);

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(post.Url));

        failure.Kind.ShouldBe(FailureKind.Gone);
        failure.Attempts.Select(a => a.Strategy).ShouldBe(["web", "oembed"]);
    }

    [Fact]
    public async Task Picture_and_sound_in_two_files_are_put_together()
    {
        const int InTwoHalves = 14;
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = ["web"],
                Format = new FormatWish { Policy = FormatPolicy.Best },
            }
        );
        var post = await run.World.DescribeAsync(InTwoHalves);

        var file = await run.GetAsync(post.Url);

        (file.Tracks.Width, file.Tracks.Height, file.Tracks.HasAudio).ShouldBe((1080, 1920, true));
        file.Format.Sound.ShouldNotBeNull();
        file.Degraded.ShouldBeNull();
        var lengths = await LengthsAsync(file.Path);
        Math.Abs(lengths[0] - lengths[1]).ShouldBeLessThan(0.1, "picture and sound are as long");
        Directory.GetFiles(run.Folder, "*", SearchOption.AllDirectories).ShouldHaveSingleItem("nothing of the halves is left");
    }

    [Fact]
    public async Task Where_the_sound_cannot_be_had_the_next_form_is_fetched()
    {
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = ["web"],
                Format = new FormatWish { Policy = FormatPolicy.Best },
            }
        );
        run.World.Add(
            new FaultRule
            {
                Path = "/media-audio-",
                Fault = "status",
                Args = new Dictionary<string, string> { ["status"] = "404" },
            }
        );
        var post = await run.World.DescribeAsync(14);

        var file = await run.GetAsync(post.Url);

        file.Tracks.HasAudio.ShouldBeTrue();
        file.Degraded!.ShouldContain("adapt_1080_1");
        run.World.Requests.ShouldNotContain(r => r.Path.Contains("/media-video-") && r.Method == "GET", "no silent picture is fetched");
    }

    [Theory]
    [InlineData("\"duration\":4,", "\"duration\":190,", "WRONG_DURATION")]
    [InlineData("\"DataSize\":\"", "\"DataSize\":\"99", "WRONG_SIZE")]
    public async Task A_file_that_is_not_what_was_promised_is_not_taken(string find, string put, string detail)
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        run.World.Add(
            new FaultRule
            {
                Host = "www.tiktok.com",
                Path = "^/@",
                Fault = "patched",
                Args = new Dictionary<string, string> { ["find"] = find, ["put"] = put },
            }
        );
        var post = await run.World.DescribeAsync(1);

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(post.Url));

        (failure.Kind, failure.Detail).ShouldBe((FailureKind.WrongContent, detail));
        Directory.GetFiles(run.Folder, "*.mp4").ShouldBeEmpty();
    }

    [Fact]
    public async Task TikWM_is_asked_once_for_a_video_and_again_only_when_its_address_fails()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["tikwm"] });
        var post = await run.World.DescribeAsync(1);

        await run.GetAsync(post.Url);
        run.World.Requests.Count(r => r.Host == "www.tikwm.com" && r.Method != "CONNECT").ShouldBe(1);
        run.World.Add(
            new FaultRule
            {
                Host = "v16m.tiktokcdn.com",
                Fault = "status",
                Times = 1,
            }
        );
        var other = await run.World.DescribeAsync(2);
        await run.GetAsync(other.Url);

        run.World.Requests.Where(r => r.Host == "www.tikwm.com" && r.Method == "GET")
            .Select(r => r.Path.Split('/')[1])
            .ShouldBe(["api", "api", "video"]);
    }

    [Theory]
    [InlineData("status", "404", FailureKind.LayoutChanged)]
    [InlineData("cloudflare", "", FailureKind.Challenged)]
    public async Task TikWM_that_has_moved_or_is_guarded_knows_nothing_of_the_video(string fault, string status, FailureKind kind)
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["tikwm"] });
        run.World.Add(
            new FaultRule
            {
                Host = "www.tikwm.com",
                Fault = fault,
                Args = new Dictionary<string, string> { ["status"] = status },
            }
        );

        (await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]))).Kind.ShouldBe(kind);
    }

    static async Task<double[]> LengthsAsync(string path)
    {
        var probe = await new ChildProcess("ffprobe", ["-v", "error", "-show_entries", "stream=duration", "-of", "csv=p=0", path]).RunAsync(
            TestContext.Current.CancellationToken
        );
        return
        [
            .. probe
                .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => double.Parse(l, System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }

    [Fact]
    public async Task A_crowd_at_TikWM_is_waited_out()
    {
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = ["tikwm"],
                Http = new() { Pace = new Dictionary<string, Trawl.Http.HostPace>() },
            }
        );
        var posts = await Task.WhenAll(run.World.DescribeAsync(1), run.World.DescribeAsync(2));

        var files = await run.UntilDoneAsync(Task.WhenAll(posts.Select(p => run.GetAsync(p.Url))));

        files.Length.ShouldBe(2);
    }

    static FaultRule Media(string fault) =>
        new()
        {
            Path = "/video/tos/|/aweme/",
            Method = "GET",
            Fault = fault,
        };
}
