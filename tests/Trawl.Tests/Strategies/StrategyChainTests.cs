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
            new Scripted("one", _ => throw new InvalidOperationException()) { Blocks = "no resolver is configured" },
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
    public async Task A_refused_address_stops_everything()
    {
        var chain = Chain(null, Fails("one", FailureKind.RefusedAddress), Resolves("two"));

        (await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain))).Attempts.Count.ShouldBe(1);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_there_are()
    {
        var failure = Should.Throw<TrawlException>(() => new TrawlClient(new TrawlOptions { Strategies = ["web", "wbe"] }));

        failure.Kind.ShouldBe(FailureKind.Configuration);
        failure.Message.ShouldContain("web, tikwm, scrapling-api, yt-dlp");
    }

    static StrategyChain Chain(Witness? witness, params Strategy[] strategies) =>
        new(strategies, witness, NullLogger.Instance, new FakeClock());

    static Task<Video> ResolveAsync(StrategyChain chain) => chain.ResolveAsync(Url, new FormatWish(), [], CancellationToken.None);

    static Scripted Fails(string name, FailureKind kind) => new(name, _ => throw new TrawlException(kind, $"{name} failed."));

    static Scripted Resolves(string name) => new(name, url => new Video { Url = url, Id = url.Id! });

    sealed class Scripted(string name, Func<VideoUrl, Video> resolve) : Strategy
    {
        public override string Name => name;

        public string? Blocks { get; init; }

        public override string? Obstacle => Blocks;

        public override Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation) =>
            Task.Run(() => resolve(url), cancellation);
    }

    sealed class ScriptedWitness(bool? says) : Witness
    {
        public override string Name => "oembed";

        public override Task<bool?> ExistsAsync(VideoUrl url, CancellationToken cancellation) => Task.FromResult(says);
    }
}
