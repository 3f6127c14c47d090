using Trawl.Failures;
using Trawl.Http;
using Trawl.Sandbox;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Platforms;

/// <summary>The worlds a client of TikTok may meet: which doors it is let in by, and what that costs.</summary>
public class DoorTests
{
    const int Posts = 100;

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
        Requests(run, "www.tiktok.com").ShouldBeInRange(Posts, (int)(3 * 4 + ((Posts - 3) * 1.3)), world);
    }

    [Fact]
    public async Task Where_all_doors_are_closed_the_reason_is_told_and_little_is_asked()
    {
        await using var run = await StartAsync(TikTokManners.All(FirstAnswer.ProofOfWork));
        run.World.Add(
            new()
            {
                Host = "www.tikwm.com",
                Fault = "answer",
                Args = new Dictionary<string, string> { ["body"] = """{"code":-1,"msg":"Free Api Limit: 5000 request/ 1 day."}""" },
            }
        );
        var failures = new List<TrawlException>();

        for (var i = 0; i < Posts; i++)
        {
            var before = run.Requests;
            failures.Add(await Should.ThrowAsync<TrawlException>(NextAsync(run, i)));
            (run.Requests - before).ShouldBeLessThanOrEqualTo(8);
        }

        failures[0].Kind.ShouldBe(FailureKind.Challenged);
        failures[0].Attempts.Where(a => a.Strategy == "web").Select(a => a.Door).ShouldBe(["page", "phone", "player", "embed", "session", null]);
        failures[0].Message.ShouldContain("no browser is configured");
        run.Requests.ShouldBeLessThan(2 * Posts);
    }

    // as fast as the machine can, two seconds of the clock apart
    static Task<SandboxRun> StartAsync(TikTokManners manners) =>
        SandboxRun.StartAsync(
            new TrawlOptions
            {
                YtDlp = new() { Program = "/nowhere/yt-dlp" },
                Http = new() { Pace = new Dictionary<string, HostPace>() },
            },
            Plain with { TikTok = manners }
        );

    static Task<Video> NextAsync(SandboxRun run, int index)
    {
        run.Clock.Advance(TimeSpan.FromSeconds(2));
        return run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[index]));
    }

    static int Requests(SandboxRun run, string host) => run.World.Requests.Count(r => r.Host == host && r.Method != "CONNECT");
}
