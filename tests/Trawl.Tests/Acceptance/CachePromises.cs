using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms.TikTok;
using Trawl.Sandbox.Faults;
using Trawl.Strategies;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Acceptance;

/// <summary>What is promised of things known already.</summary>
public class CachePromises
{
    bool _down;

    [Fact]
    public async Task A_second_call_asks_nobody_and_gets_the_same_value()
    {
        await using var run = await WebAsync();
        var first = await GetAsync(run);

        var second = await GetAsync(run);

        run.Requests.ShouldBe(1);
        second.ShouldBe(first, "an immutable value needs no copy");
    }

    [Fact]
    public async Task Each_kind_of_knowledge_is_kept_for_its_time_and_never_beyond_the_addresses()
    {
        await using var run = await WebAsync();
        await GetAsync(run);
        run.Clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        await GetAsync(run);
        run.Requests.ShouldBe(1);
        run.Clock.Advance(TimeSpan.FromSeconds(2));
        await GetAsync(run);
        run.Requests.ShouldBe(2);

        var clock = run.Clock;
        var decisions = new TimedCache<string>("decisions", new CacheOptions().Decisions, 10, clock);
        decisions.Set("a", "1");
        clock.Advance(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(1));
        decisions.TryGet("a", out _).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(2));
        decisions.TryGet("a", out _).ShouldBeFalse();

        var asked = 0;
        var options = new TrawlOptions
        {
            Strategies = ["brief"],
            ExtraStrategies = [("tiktok", _ => new ScriptedStrategy("brief", Brief))],
        };
        using var trawl = new TrawlClient(options, time: clock);
        var link = run.World.Links[1];
        await trawl.Videos.GetAsync(link);
        clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        await trawl.Videos.GetAsync(link);
        asked.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(2));
        await trawl.Videos.GetAsync(link);
        asked.ShouldBe(2, "its addresses end in ten minutes, and a download needs some of them");

        Video Brief(VideoUrl url)
        {
            asked++;
            return new Video
            {
                Url = url,
                Id = url.Id!,
                Formats =
                [
                    new MediaFormat
                    {
                        Id = "a",
                        Addresses = [new Uri("https://v16.example/a")],
                        Session = Session.Desktop,
                        ExpiresAt = clock.GetUtcNow() + TimeSpan.FromMinutes(10),
                    },
                ],
            };
        }
    }

    [Fact]
    public async Task A_wish_a_refusal_and_other_settings_end_what_was_known()
    {
        await using var run = await WebAsync();
        await GetAsync(run);
        await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[1], refresh: true));
        run.Requests.ShouldBe(2);

        run.World.Reset();
        run.World.Add(
            new FaultRule
            {
                Path = "/video/tos/",
                Fault = "status",
                Times = 1,
                Args = new Dictionary<string, string> { ["status"] = "403" },
            }
        );
        (await run.GetAsync(run.World.Links[1])).Size.ShouldBeGreaterThan(0);
        run.World.Requests.Count(r => r.Path.StartsWith("/@", StringComparison.Ordinal)).ShouldBe(1, "the formats are fetched again, once");

        await GetAsync(run);
        run.World.Reset();
        await GetAsync(run);
        run.Requests.ShouldBe(0);
        run.Trawl.Reconfigure(run.Trawl.Options with { KeepRaw = true });
        await GetAsync(run);
        run.Requests.ShouldBe(1, "what was learned under other settings is not used");
    }

    [Fact]
    public async Task While_nobody_can_be_asked_an_old_copy_is_given_and_says_that_it_is_old()
    {
        var scripted = new ScriptedStrategy(
            "one",
            url => _down ? throw new TrawlException(FailureKind.Network, "down") : new Video { Url = url, Id = url.Id! }
        );
        var clock = new FakeClock();
        using var trawl = new TrawlClient(
            new TrawlOptions { Strategies = ["one"], ExtraStrategies = [("tiktok", _ => scripted)] },
            time: clock,
            dialer: new Switchboard() // no name leads anywhere: the network is off
        );
        var known = TikTokUrl.Post("7106798200794926362");
        await trawl.Videos.GetAsync(known);
        _down = true;
        clock.Advance(TimeSpan.FromMinutes(40));
        for (var i = 0; i < 5; i++)
            await Should.ThrowAsync<TrawlException>(() => trawl.Videos.GetAsync(TikTokUrl.Post($"710679820079492637{i}")));
        var asked = scripted.Asked;

        var stale = await trawl.Videos.GetAsync(known);

        scripted.Asked.ShouldBe(asked, "its breaker is open");
        (stale.IsStale, clock.GetUtcNow() - stale.StaleSince).ShouldBe((true, TimeSpan.FromMinutes(40)));
        (await Should.ThrowAsync<TrawlException>(() => trawl.Videos.GetAsync(TikTokUrl.Post("7106798200794926379")))).Kind.ShouldBe(
            FailureKind.Resting
        );
    }

    static Task<SandboxRun> WebAsync() => SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });

    static Task<Video> GetAsync(SandboxRun run) => run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[1]));
}
