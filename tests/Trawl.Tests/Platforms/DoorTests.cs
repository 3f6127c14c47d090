using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Sandbox.Manners;
using Trawl.Strategies;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Platforms;

/// <summary>The worlds a client of TikTok may meet without a browser: which doors it is let in by, and what that costs.</summary>
public class DoorTests
{
    const int Posts = 100;
    const string TikTok = "www.tiktok.com";

    static readonly SandboxOptions Plain = new() { Posts = Posts, Plain = true };

    public static TheoryData<string, string> Worlds =>
        new()
        {
            { "A, the desktop's page is a stub", "desktop=proof-of-work" },
            { "B, without a Referer there is nothing", "desktop=needs-referer,phone=needs-referer,player=refused,embed=refused" },
            { "C, risk control stands before the desktop's page", "desktop=risk-control" },
            { "E, every page is a stub and only the player is open", "desktop=proof-of-work,phone=proof-of-work,embed=proof-of-work" },
        };

    [Theory]
    [MemberData(nameof(Worlds))]
    public async Task Of_a_hundred_posts_each_is_had_by_one_request(string world, string answers)
    {
        await using var run = await StartAsync(new TikTokManners().With(answers));

        var strategies = new List<string>();
        for (var i = 0; i < Posts; i++)
            strategies.Add((await NextAsync(run, i)).Strategy);

        strategies.ShouldAllBe(s => s == "web", world);
        Requests(run, "www.tikwm.com").ShouldBe(0);
        Requests(run, TikTok).ShouldBeInRange(Posts, (int)(3 * 4 + ((Posts - 3) * 1.3)), world);
    }

    [Fact]
    public async Task Where_all_doors_are_closed_the_reason_is_told_and_little_is_asked()
    {
        await using var run = await StartAsync(TikTokManners.All(FirstAnswer.ProofOfWork), tikwmPerDay: 0);
        var failures = new List<TrawlException>();

        for (var i = 0; i < Posts; i++)
        {
            var before = run.Requests;
            failures.Add(await Should.ThrowAsync<TrawlException>(NextAsync(run, i)));
            (run.Requests - before).ShouldBeLessThanOrEqualTo(8);
        }

        failures[0].Kind.ShouldBe(FailureKind.Challenged);
        failures[0]
            .Attempts.Where(a => a.Strategy == "web")
            .Select(a => a.Door)
            .ShouldBe(["page", "phone", "player", "embed", "session", null]);
        failures[0].Message.ShouldContain("no browser is configured");
        run.Requests.ShouldBeLessThan(2 * Posts);
    }

    [Fact]
    public async Task A_door_that_opens_again_is_used_again()
    {
        await using var run = await StartAsync(new TikTokManners { Desktop = FirstAnswer.Refused });
        (await NextAsync(run, 0)).Door.ShouldBe("phone");
        run.World.TikTok = new TikTokManners();
        (await NextAsync(run, 1)).Door.ShouldBe("phone", "the other one is still passed over");

        run.Clock.Advance(TimeSpan.FromMinutes(1));

        (await NextAsync(run, 2)).Door.ShouldBe("page");
    }

    [Theory]
    [InlineData("desktop=proof-of-work,phone=proof-of-work,embed=proof-of-work", 1)]
    [InlineData("all=proof-of-work", 2)]
    public async Task A_door_that_closes_leaves_the_others_their_pace_and_the_last_one_slows_the_site(string answers, double slowness)
    {
        RateGate? gate = null;
        await using var run = await SandboxRun.StartAsync(
            Unpaced with
            {
                Strategies = ["web"],
                Http = new() { Pace = new Dictionary<string, HostPace> { [TikTok] = HostPace.PerMinute(60, burst: 10) } },
                ExtraStrategies = [("tiktok", Observed)],
            },
            Plain with
            {
                TikTok = new TikTokManners().With(answers),
            }
        );

        for (var i = 0; i < 4; i++)
            await Task.WhenAny(NextAsync(run, i)); // whether the post can be had is not the question

        gate!.SlownessOf(TikTok).ShouldBe(slowness, 0.2);

        Strategy Observed(PlatformParts parts)
        {
            gate = parts.Network.Gate;
            return ScriptedStrategy.Fails("observed", FailureKind.Network);
        }
    }

    [Fact]
    public async Task Each_way_out_has_doors_of_its_own()
    {
        await using var run = await SandboxRun.StartAsync(
            Unpaced,
            Plain with
            {
                Ways = 2,
                TikTok = new TikTokManners { Desktop = FirstAnswer.ProofOfWork },
            }
        );

        for (var i = 0; i < 6; i++)
            (await NextAsync(run, i)).Door.ShouldBe("phone");

        run.Trawl.Sites.Doors.States.Where(d => d.Door == "page").Select(d => d.Refused).ShouldBe([1, 1], "one refusal on each way");
        Requests(run, TikTok).ShouldBe(8);
    }

    [Fact]
    public async Task What_the_pages_do_not_show_is_put_together_of_what_the_others_say()
    {
        await using var run = await StartAsync(new TikTokManners { Desktop = FirstAnswer.Refused, Phone = FirstAnswer.Refused });
        run.World.Add(Patched("/player/", "\"video_info\"", "\"video_gone\""));

        var video = await NextAsync(run, 0, new FormatWish { Watermarked = true });

        video
            .Attempts.Select(a => $"{a.Source} {a.Outcome}")
            .ShouldBe(["web/page blocked", "web/phone blocked", "web/player no-suitable-format", "web/embed ok"]);
        video.Formats.ShouldHaveSingleItem().Id.ShouldBe("embed");
        video.Counts.Rounded.ShouldBe(false, "exact numbers outweigh rounded ones");
        video.PublishedAt.ShouldNotBeNull("only the embedded page says when");
        video.Music.ShouldNotBeNull("only the player names the sound");
    }

    [Theory]
    [InlineData("other-challenge", FailureKind.Challenged)]
    [InlineData("challenge", FailureKind.Challenged)]
    [InlineData("risk-control", FailureKind.Blocked)]
    [InlineData("html", FailureKind.Blocked)]
    public async Task What_stands_in_the_place_of_a_page_is_told_apart(string fault, FailureKind kind)
    {
        await using var run = await StartAsync(new TikTokManners());
        run.World.Add(new FaultRule { Host = TikTok, Fault = fault });

        (await Should.ThrowAsync<TrawlException>(NextAsync(run, 0, strategies: "web"))).Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData(SandboxYear.Of2020)]
    [InlineData(SandboxYear.Of2023)]
    [InlineData(SandboxYear.Of2026)]
    public async Task Pages_of_every_year_are_read(SandboxYear year)
    {
        await using var run = await SandboxRun.StartAsync(Unpaced, Plain with { Year = year });

        foreach (var index in (int[])[0, 5, 14])
        {
            var video = await NextAsync(run, index);
            video.Strategy.ShouldBe("web");
            var post = await run.World.DescribeAsync(index);
            var promised = post.Variants.Where(v => v.Name is not "download").Select(v => Math.Min(v.Width, v.Height)).Max();
            video
                .Formats.Max(f => f.ShortSide)
                .ShouldBe(year == SandboxYear.Of2026 ? promised : Math.Min(promised, 720), $"{year}, post {index}");
        }
    }

    [Fact]
    public async Task The_page_is_asked_for_as_a_browser_asks()
    {
        await using var run = await StartAsync(new TikTokManners());

        await NextAsync(run, 0);
        await run.SettleAsync();

        var asked = run.World.Requests.First(r => r.Host == TikTok && r.Method == "GET").Headers;
        asked["Referer"].ShouldBe("https://www.tiktok.com/");
        asked["Sec-Fetch-Mode"].ShouldBe("navigate");
        asked["Accept"].ShouldStartWith("text/html");
        string[] order = ["Upgrade-Insecure-Requests", "User-Agent", "Accept", "Sec-Fetch-Site", "Referer", "Accept-Language"];
        asked.Keys.Where(order.Contains).ShouldBe(order);
    }

    static readonly TrawlOptions Unpaced = new()
    {
        YtDlp = new() { Program = "/nowhere/yt-dlp" },
        Http = new() { Pace = new Dictionary<string, HostPace>() },
    };

    // as fast as the machine can, two seconds of the clock apart
    static Task<SandboxRun> StartAsync(TikTokManners manners, int tikwmPerDay = 5000) =>
        SandboxRun.StartAsync(Unpaced, Plain with { TikTok = manners, TikwmPerDay = tikwmPerDay });

    static Task<Video> NextAsync(SandboxRun run, int index, FormatWish? wish = null, string? strategies = null)
    {
        run.Clock.Advance(TimeSpan.FromSeconds(2));
        if (wish is not null || strategies is not null)
            run.Trawl.Reconfigure(
                run.Trawl.Options with
                {
                    Format = wish ?? run.Trawl.Options.Format,
                    Strategies = strategies is null ? null : [strategies],
                }
            );
        return run.Trawl.Videos.GetAsync(run.World.Links[index]);
    }

    static FaultRule Patched(string path, string find, string put) =>
        new()
        {
            Host = TikTok,
            Path = path,
            Fault = "patched",
            Args = new Dictionary<string, string> { ["find"] = find, ["put"] = put },
        };

    static int Requests(SandboxRun run, string host) => run.World.Requests.Count(r => r.Host == host && r.Method != "CONNECT");
}
