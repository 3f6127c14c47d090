using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Failures;
using Trawl.Platforms.TikTok;
using Trawl.Strategies;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Strategies;

public class StrategyChainTests
{
    static readonly VideoUrl Url = TikTokUrl.Post("7106798200794926362");

    readonly FakeClock _clock = new();

    [Fact]
    public async Task Infrastructure_trouble_moves_on_and_is_kept_as_an_attempt()
    {
        var chain = Chain(null, Fails("one", FailureKind.Network), Resolves("two"));

        var video = await ResolveAsync(chain);

        video.Attempts.Select(a => $"{a.Strategy} {a.Outcome}").ShouldBe(["one network", "two ok"]);
        video.Strategy.ShouldBe("two");
    }

    [Fact]
    public async Task A_strategy_that_cannot_run_steps_aside_with_its_reason()
    {
        var chain = Chain(
            null,
            new ScriptedStrategy("one", _ => throw new InvalidOperationException()) { Blocks = "no resolver is configured" },
            Resolves("two")
        );

        var video = await ResolveAsync(chain);

        video
            .Attempts[0]
            .ShouldSatisfyAllConditions(a => a.Outcome.ShouldBe("tool-missing"), a => a.Reason.ShouldBe("no resolver is configured"));
    }

    [Fact]
    public async Task Deleted_according_to_one_source_but_there_according_to_another_is_there() =>
        (await ResolveAsync(Chain(null, Fails("one", FailureKind.Gone), Resolves("two")))).Strategy.ShouldBe("two");

    [Theory]
    [InlineData(FailureKind.Gone, null, FailureKind.Gone)]
    [InlineData(FailureKind.Network, false, FailureKind.Gone)]
    [InlineData(FailureKind.Network, true, FailureKind.Unavailable)]
    [InlineData(FailureKind.Network, null, FailureKind.Unavailable)]
    public async Task Gone_is_said_only_when_a_second_source_agrees(FailureKind second, bool? oembed, FailureKind verdict)
    {
        var chain = Chain(new ScriptedWitness(oembed), Fails("one", FailureKind.Gone), Fails("two", second));

        var failure = await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain));

        failure.Kind.ShouldBe(verdict);
        if (verdict == FailureKind.Unavailable)
            failure.Message.ShouldContain("Unconfirmed");
        failure.Attempts.Count.ShouldBe(second == FailureKind.Gone ? 2 : 3);
    }

    [Fact]
    public async Task Two_verdicts_are_enough()
    {
        var chain = Chain(null, Fails("one", FailureKind.Private), Fails("two", FailureKind.RegionLocked), Resolves("three"));

        var failure = await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain));

        failure.Kind.ShouldBe(FailureKind.Private);
        failure.Attempts.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_source_says_of_the_video_outweighs_a_broken_connection()
    {
        var chain = Chain(null, Fails("one", FailureKind.Network), Fails("two", FailureKind.Private));

        (await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain))).Kind.ShouldBe(FailureKind.Private);
    }

    [Fact]
    public async Task A_full_disk_stops_everything()
    {
        var chain = Chain(null, Fails("one", FailureKind.StorageFull), Resolves("two"));

        (await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain))).Attempts.Count.ShouldBe(1);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_there_are()
    {
        var failure = Should.Throw<TrawlException>(() => new TrawlClient(new TrawlOptions { Strategies = ["web", "wbe"] }));

        failure.Kind.ShouldBe(FailureKind.Configuration);
        failure.Message.ShouldContain("web, tikwm, scrapling-api, yt-dlp");
    }

    [Fact]
    public async Task A_strategy_that_keeps_failing_is_left_alone_until_it_answers_a_probe()
    {
        var (broken, asked) = (true, 0);
        var chain = Chain(null, new ScriptedStrategy("one", Answer), Resolves("two"));

        for (var i = 0; i < 20; i++)
            (await ResolveAsync(chain)).Strategy.ShouldBe("two");
        asked.ShouldBe(5);
        (await ResolveAsync(chain)).Attempts[0].Reason.ShouldBe("it failed too often (network) and rests for 30 s");

        broken = false;
        _clock.Advance(TimeSpan.FromSeconds(30));
        (await ResolveAsync(chain)).Strategy.ShouldBe("one");
        chain.HealthOf(chain.Strategies[0]).Breaker.State.ShouldBe(BreakerState.Closed);

        Video Answer(VideoUrl url)
        {
            asked++;
            return broken ? throw new TrawlException(FailureKind.Network, "down") : new Video { Url = url, Id = url.Id! };
        }
    }

    [Fact]
    public async Task What_a_post_is_like_never_counts_against_a_strategy()
    {
        var chain = Chain(null, Fails("one", FailureKind.Private));

        for (var i = 0; i < 50; i++)
            (await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain))).Kind.ShouldBe(FailureKind.Private);

        chain.HealthOf(chain.Strategies[0]).Breaker.State.ShouldBe(BreakerState.Closed);
    }

    [Fact]
    public async Task When_all_rest_the_answer_says_for_how_long()
    {
        var chain = Chain(null, Fails("one", FailureKind.Network));
        for (var i = 0; i < 5; i++)
            await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain));

        var failure = await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain));

        failure.Kind.ShouldBe(FailureKind.Resting);
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_preferred_strategy_that_rests_is_the_reason_and_not_the_stand_in_that_cannot_be_reached()
    {
        var strategies = new[] { Fails("one", FailureKind.Challenged), Fails("two", FailureKind.Network) };
        var chain = Chain(null, strategies);
        for (var i = 0; i < 5; i++)
            (await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain))).Kind.ShouldBe(FailureKind.Challenged);
        chain.HealthOf(strategies[1]).Reset();

        var failure = await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain));

        failure.Kind.ShouldBe(FailureKind.Resting);
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
        failure.Message.ShouldContain("one: it failed too often (challenged)");
        failure.Attempts.Select(a => a.Failure).ShouldBe([FailureKind.Resting, FailureKind.Network]);
    }

    [Fact]
    public async Task A_network_that_is_down_is_the_reason_even_while_a_stand_ins_quota_is_used_up()
    {
        var strategies = new[] { Fails("one", FailureKind.Network), new ScriptedStrategy("two", _ => throw Spent) };
        var chain = Chain(null, strategies);
        for (var i = 0; i < 2; i++)
            (await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain))).Kind.ShouldBe(FailureKind.Network);
    }

    static TrawlException Spent => new(FailureKind.RateLimited, "daily limit") { RetryAfter = TimeSpan.FromHours(1) };

    [Fact]
    public async Task A_used_up_quota_is_respected()
    {
        var asked = 0;
        var chain = Chain(null, new ScriptedStrategy("one", _ => Refuse()), Resolves("two"));

        await ResolveAsync(chain);
        await ResolveAsync(chain);
        asked.ShouldBe(1);
        _clock.Advance(TimeSpan.FromHours(1));
        await ResolveAsync(chain);
        asked.ShouldBe(2);

        Video Refuse()
        {
            asked++;
            throw new TrawlException(FailureKind.RateLimited, "daily limit") { RetryAfter = TimeSpan.FromHours(1) };
        }
    }

    [Fact]
    public async Task Experience_puts_the_reliable_and_quick_first()
    {
        var broken = true;
        var chain = new StrategyChain(
            "tiktok",
            [
                new ScriptedStrategy(
                    "one",
                    url => broken ? throw new TrawlException(FailureKind.Network, "down") : new Video { Url = url, Id = url.Id! }
                ),
                Resolves("two"),
            ],
            null,
            new ChainOptions { Learns = true },
            NullLogger.Instance,
            _clock
        );

        for (var i = 0; i < 3; i++)
            await ResolveAsync(chain);

        chain.Strategies.Select(s => s.Name).ShouldBe(["two", "one"]);
        (await ResolveAsync(chain)).Attempts.Length.ShouldBe(1, "the broken one is not even asked");
        broken = false;
    }

    [Fact]
    public void What_costs_fewer_requests_is_preferred_and_the_unknown_is_tried_before_the_dear()
    {
        var (dear, cheap, unknown) = (Health(3), Health(1), new StrategyHealth("tiktok", "x", 1, _clock));

        cheap.ExpectedCost.ShouldBeLessThan(unknown.ExpectedCost);
        unknown.ExpectedCost.ShouldBeLessThan(dear.ExpectedCost);

        StrategyHealth Health(int requests)
        {
            var health = new StrategyHealth("tiktok", "x", 1, _clock);
            for (var i = 0; i < 20; i++)
                health.Record(new(_clock.GetUtcNow(), "tiktok", "x", "v", null, TimeSpan.FromSeconds(1.1), Requests: requests));
            return health;
        }
    }

    [Fact]
    public async Task A_slow_strategy_is_raced_and_the_loser_stopped()
    {
        var stopped = new TaskCompletionSource();
        var slow = new Slow("one", stopped);
        var chain = new StrategyChain(
            "tiktok",
            [slow, Resolves("two")],
            null,
            new ChainOptions { HedgeAfter = TimeSpan.FromSeconds(2) },
            NullLogger.Instance,
            _clock
        );

        var resolving = ResolveAsync(chain);
        resolving.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(2));

        (await resolving).Strategy.ShouldBe("two");
        await stopped.Task;
    }

    [Fact]
    public async Task Observers_see_every_attempt_begin_and_end_once()
    {
        var observer = new Recording();
        var chain = new StrategyChain(
            "tiktok",
            [Fails("one", FailureKind.Network), Resolves("two")],
            null,
            new ChainOptions { Observers = [observer] },
            NullLogger.Instance,
            _clock
        );

        await ResolveAsync(chain);

        observer.Seen.ShouldBe(["one begins", "one network", "two begins", "two ok"]);
    }

    StrategyChain Chain(Witness? witness, params Strategy[] strategies) =>
        new("tiktok", strategies, witness, new ChainOptions(), NullLogger.Instance, _clock);

    static Task<Video> ResolveAsync(StrategyChain chain) => chain.ResolveAsync(Url, new FormatWish(), [], CancellationToken.None);

    static ScriptedStrategy Fails(string name, FailureKind kind) => ScriptedStrategy.Fails(name, kind);

    static ScriptedStrategy Resolves(string name) => ScriptedStrategy.Resolves(name);

    sealed class Slow(string name, TaskCompletionSource stopped) : Strategy
    {
        public override string Name => name;

        public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
        {
            cancellation.Register(stopped.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            throw new InvalidOperationException();
        }
    }

    sealed class Recording : AttemptObserver
    {
        public List<string> Seen { get; } = [];

        public override void Started(VideoUrl url, string strategy) => Seen.Add($"{strategy} begins");

        public override void Ended(AttemptRecord attempt) => Seen.Add($"{attempt.Strategy} {attempt.Failure?.Name() ?? "ok"}");
    }

    sealed class ScriptedWitness(bool? says) : Witness
    {
        public override string Name => "oembed";

        public override Task<bool?> ExistsAsync(VideoUrl url, CancellationToken cancellation) => Task.FromResult(says);
    }
}
