using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms.TikTok;
using Trawl.Strategies;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Acceptance;

/// <summary>What is promised of a world that fails.</summary>
public class ResiliencePromises
{
    readonly FakeClock _clock = new();

    [Fact]
    public async Task A_server_error_is_repeated_after_growing_pauses_and_a_verdict_is_not()
    {
        await using var host = new ScriptedHost(
            ScriptedHost.Answer("", "503 No"),
            ScriptedHost.Answer("", "503 No"),
            ScriptedHost.Answer("there"),
            ScriptedHost.Answer("", "404 Not Found"),
            ScriptedHost.Answer("", "429 Slow", "Retry-After: 7"),
            ScriptedHost.Answer("again")
        );
        using var network = new Network(new HttpOptions { Seed = 1 }, NullLogger.Instance, _clock, host.Dialer);

        (await PausesAsync(network)).ShouldSatisfyAllConditions(
            p => p.Count.ShouldBe(2),
            p => p[0].TotalSeconds.ShouldBeInRange(0.8, 1.2),
            p => p[1].TotalSeconds.ShouldBeInRange(1.6, 2.4)
        );
        (await PausesAsync(network)).ShouldBeEmpty("404 is an answer");
        (await PausesAsync(network)).ShouldBe([TimeSpan.FromSeconds(7)]);
        host.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task What_keeps_failing_rests_ever_longer_and_comes_back_through_one_probe()
    {
        var kind = FailureKind.Private;
        var gate = new SemaphoreSlim(0);
        StrategyHealth? health = null;
        var scripted = new ScriptedStrategy("one", Answer);
        var chain = Chain(scripted);
        health = chain.HealthOf(scripted);
        for (var i = 0; i < 50; i++)
            await FailAsync(chain);
        scripted.Asked.ShouldBe(50, "what a post is like counts against nobody");

        kind = FailureKind.Network;
        for (var i = 0; i < 50 && health.Breaker.State == BreakerState.Closed; i++)
            await FailAsync(chain);
        foreach (var rest in (int[])[30, 60, 120, 240, 480, 900, 900])
        {
            var asked = scripted.Asked;
            var refused = await FailAsync(chain);
            (refused.Kind, refused.RetryAfter, scripted.Asked).ShouldBe((FailureKind.Resting, TimeSpan.FromSeconds(rest), asked));
            _clock.Advance(TimeSpan.FromSeconds(rest));
            var probe = FailAsync(chain);
            (await FailAsync(chain)).Kind.ShouldBe(FailureKind.Resting, "one probe at a time");
            gate.Release();
            await probe;
            scripted.Asked.ShouldBe(asked + 1);
        }
        _clock.Advance(TimeSpan.FromSeconds(900));
        kind = default;
        gate.Release();
        await ResolveAsync(chain);
        health.Breaker.State.ShouldBe(BreakerState.Closed);

        Video Answer(VideoUrl url)
        {
            if (health!.Breaker.State != BreakerState.Closed)
                gate.Wait();
            return kind == default ? new Video { Url = url, Id = url.Id! } : throw new TrawlException(kind, "no");
        }
    }

    [Fact]
    public async Task While_the_first_rests_the_second_answers_and_a_slow_one_is_raced()
    {
        var (first, second) = (ScriptedStrategy.Fails("first", FailureKind.Network), ScriptedStrategy.Resolves("second"));
        var chain = Chain(first, second);
        for (var i = 0; i < 6; i++)
            (await ResolveAsync(chain)).Strategy.ShouldBe("second");
        first.Asked.ShouldBe(5);

        var stopped = new TaskCompletionSource();
        var racing = new StrategyChain(
            "tiktok",
            [new Silent(stopped), second],
            null,
            new ChainOptions { HedgeAfter = TimeSpan.FromSeconds(2) },
            NullLogger.Instance,
            _clock
        );
        var asked = second.Asked;
        var race = ResolveAsync(racing);
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        second.Asked.ShouldBe(asked);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await race).Strategy.ShouldBe("second");
        await stopped.Task; // the loser is told to stop
    }

    [Fact]
    public async Task A_host_is_asked_in_bursts_at_its_pace_and_slower_after_refusals()
    {
        var gate = new RateGate(
            new Dictionary<string, HostPace> { ["slow.example"] = HostPace.PerMinute(30, burst: 10) },
            TimeSpan.FromSeconds(10),
            _clock
        );
        var asked = Enumerable.Range(0, 15).Select(_ => Ask()).ToList();
        for (var passed = 10; passed <= 15; passed++)
        {
            asked.Count(a => a.IsCompleted).ShouldBe(passed);
            _clock.Advance(TimeSpan.FromSeconds(2));
        }
        _clock.Advance(TimeSpan.FromSeconds(10));
        Ask().IsCompleted.ShouldBeTrue("nobody waits after a pause");

        var crowd = Enumerable.Range(0, 105).Select(_ => Ask()).ToList();
        var refused = await Should.ThrowAsync<TrawlException>(() => Ask());
        (refused.Kind, refused.RetryAfter > TimeSpan.FromSeconds(200)).ShouldBe((FailureKind.RateLimited, true));
        crowd.ShouldAllBe(c => !c.IsFaulted);

        foreach (var slowness in (double[])[2, 4, 8, 10, 10]) // 30 a minute becomes 15, 7.5, 3.75, and never less than 3
        {
            gate.SlowDown("slow.example");
            gate.SlownessOf("slow.example").ShouldBe(slowness);
        }
        _clock.Advance(TimeSpan.FromSeconds(61));
        gate.SlownessOf("slow.example").ShouldBe(10 / 1.1, 0.001);
        _clock.Advance(TimeSpan.FromHours(2));
        gate.SlownessOf("slow.example").ShouldBe(1);

        Task Ask() => gate.WaitAsync("slow.example", CancellationToken.None).AsTask();
    }

    [Fact]
    public async Task Of_twenty_jobs_five_run_at_a_time_in_order_and_one_failure_stops_no_other()
    {
        var (active, most, gate) = (0, 0, new SemaphoreSlim(0));
        var scripted = new ScriptedStrategy("one", Work);
        using var trawl = new TrawlClient(
            new TrawlOptions
            {
                Strategies = ["one"],
                ExtraStrategies = [("tiktok", _ => scripted)],
                Cache = new CacheOptions { Enabled = false },
            },
            time: _clock
        );
        var links = Enumerable.Range(0, 20).Select(i => $"https://www.tiktok.com/@u/video/71067982007949263{i:00}").ToList();

        var working = trawl.Videos.GetAllAsync(links, parallel: 5, TestContext.Current.CancellationToken);
        gate.Release(20);
        var all = await working;

        most.ShouldBeLessThanOrEqualTo(5);
        all.Select(r => r.Link).ShouldBe(links);
        all.Select((r, i) => (r.Failure?.Kind, i)).Where(r => r.Item1 is not null).ShouldBe([(FailureKind.Private, 7)]);

        using var stop = new CancellationTokenSource();
        var asked = scripted.Asked;
        var stopped = trawl.Videos.GetAllAsync(links, parallel: 5, stop.Token);
        await stop.CancelAsync();
        gate.Release(20);
        await Should.ThrowAsync<OperationCanceledException>(() => stopped);
        (scripted.Asked - asked).ShouldBeLessThanOrEqualTo(5, "those that wait never begin");

        Video Work(VideoUrl url)
        {
            lock (gate)
                most = Math.Max(most, ++active);
            gate.Wait();
            lock (gate)
                active--;
            return url.Id!.EndsWith("07", StringComparison.Ordinal)
                ? throw new TrawlException(FailureKind.Private, "private")
                : new Video { Url = url, Id = url.Id };
        }
    }

    [Fact]
    public async Task Twenty_callers_with_fifty_mixed_wishes_each_meet_no_unknown_exception()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web", "tikwm"] });
        var failures = new System.Collections.Concurrent.ConcurrentBag<Exception>();

        await run.UntilDoneAsync(Task.WhenAll(Enumerable.Range(0, 20).Select(CallAsync)));

        failures.ShouldAllBe(e => e is TrawlException);

        async Task<int> CallAsync(int caller)
        {
            var chance = new Random(caller);
            for (var i = 0; i < 50; i++)
            {
                var link = run.World.Links[chance.Next(run.World.Links.Count)];
                try
                {
                    switch (chance.Next(4))
                    {
                        case 0:
                            run.Trawl.Platforms.TryParse(link + "?x=1").ShouldNotBeNull();
                            break;
                        case 1:
                            await run.Trawl.Videos.PublishedAtAsync(run.Trawl.Platforms.Parse(link));
                            break;
                        default:
                            await run.Trawl.Videos.GetAsync(link);
                            break;
                    }
                }
                catch (Exception e)
                {
                    failures.Add(e);
                }
            }
            return caller;
        }
    }

    // the pauses of one errand, each as long as it took until the next request was due
    async Task<List<TimeSpan>> PausesAsync(Network network)
    {
        var pauses = new List<TimeSpan>();
        var errand = network.Visit(Session.Desktop).OpenAsync(new VisitRequest(new Uri("http://site.test/")), CancellationToken.None);
        while (!errand.IsCompleted)
        {
            await Task.Yield();
            if (_clock.NextDue is { } pause && pause < TimeSpan.FromSeconds(8)) // shorter than any deadline
            {
                pauses.Add(pause);
                _clock.Advance(pause);
            }
        }
        await (await errand).DisposeAsync();
        return pauses;
    }

    StrategyChain Chain(params Strategy[] strategies) => new("tiktok", strategies, null, new ChainOptions(), NullLogger.Instance, _clock);

    static async Task<TrawlException> FailAsync(StrategyChain chain) => await Should.ThrowAsync<TrawlException>(() => ResolveAsync(chain));

    static Task<Video> ResolveAsync(StrategyChain chain) =>
        chain.ResolveAsync(TikTokUrl.Post("7106798200794926362"), new FormatWish(), [], CancellationToken.None);

    sealed class Silent(TaskCompletionSource stopped) : Strategy
    {
        public override string Name => "silent";

        public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
        {
            cancellation.Register(stopped.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            throw new InvalidOperationException();
        }
    }
}
