using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Caching.Distributed;
using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests;

/// <summary>What users of the library plug in is really called.</summary>
public class ExtensionTests
{
    [Fact]
    public async Task A_strategy_that_breaks_is_a_failure_like_any_other_and_tells_no_secret()
    {
        await using var run = await SandboxRun.StartAsync(Own(new Breaking()));

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));

        (failure.Kind, failure.Detail).ShouldBe((FailureKind.UpstreamError, "BROKEN"));
        failure.Message.ShouldNotContain("SECRET");
        (failure.Operation, failure.Link!.Host).ShouldBe(("resolve", "www.tiktok.com"));
    }

    [Fact]
    public async Task A_shared_store_spares_another_process_the_question()
    {
        var store = new Shelf();
        var options = new TrawlOptions
        {
            Strategies = ["web"],
            Cache = new CacheOptions { Store = store },
        };
        await using var first = await SandboxRun.StartAsync(options);
        var asked = await first.UntilDoneAsync(first.Trawl.Videos.GetAsync(first.World.Links[1]));
        await using var second = await SandboxRun.StartAsync(options);

        var known = await second.UntilDoneAsync(second.Trawl.Videos.GetAsync(first.World.Links[1]));

        second.Requests.ShouldBe(0);
        known.Caption.ShouldBe(asked.Caption);
        known.Author.ShouldBe(asked.Author);
        known.Formats.Select(f => f.Addresses[0]).ShouldBe(asked.Formats.Select(f => f.Addresses[0]));
        known.Formats[0].Session.Cookies.ShouldBe(asked.Formats[0].Session.Cookies);
    }

    [Fact]
    public async Task A_shared_store_that_fails_is_done_without()
    {
        var options = new TrawlOptions
        {
            Strategies = ["web"],
            Cache = new CacheOptions { Store = new Shelf { IsBroken = true } },
        };
        await using var run = await SandboxRun.StartAsync(options);

        (await run.GetAsync(run.World.Links[1])).Size.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Other_settings_leave_what_was_known_unused_and_keep_how_the_strategies_did()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[1]));
        var before = run.Requests;

        run.Trawl.Reconfigure(run.Trawl.Options with { Strategies = ["web", "tikwm"] });
        await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[1]));

        run.Requests.ShouldBe(before + 1);
        var chain = run.Trawl.Platforms.ChainOf(run.Trawl.Platforms.Named("tiktok"));
        chain.Strategies.Select(s => s.Name).ShouldBe(["web", "tikwm"]);
        chain.HealthOf(chain.Strategies[0]).Statistics.Succeeded.ShouldBe(2);
        Should
            .Throw<TrawlException>(() =>
                run.Trawl.Reconfigure(run.Trawl.Options with { Http = run.Trawl.Options.Http with { Retries = 7 } })
            )
            .Kind.ShouldBe(FailureKind.Configuration);
    }

    [Fact]
    public async Task Operations_and_attempts_are_spans()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TrawlMetrics.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });

        await run.GetAsync(run.World.Links[2]);

        var id = run.World.Links[2].Split('/')[^1];
        var ours = ended.Where(a => a.GetTagItem("video") is string video && video.EndsWith(id, StringComparison.Ordinal)).ToList();
        ours.Select(a => a.OperationName).ShouldBe(["trawl.attempt", "trawl.resolve", "trawl.download"]);
        ours[0].ParentSpanId.ShouldBe(ours[1].SpanId);
        ours[1].GetTagItem("cache").ShouldBe("miss");
    }

    static TrawlOptions Own(Strategy strategy) => new() { Strategies = [strategy.Name], ExtraStrategies = [("tiktok", _ => strategy)] };

    sealed class Breaking : Strategy
    {
        public override string Name => "breaking";

        public override Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation) =>
            throw new InvalidOperationException("broke at https://host.example/?token=SECRET");
    }

    sealed class KnowsBetter : FailureClassifier
    {
        public override TrawlException? Classify(VideoUrl url, string strategy, Exception exception) =>
            strategy == "breaking" ? new TrawlException(FailureKind.RateLimited, "It is tired.", exception) : null;
    }

    sealed class Shelf : IDistributedCache
    {
        readonly ConcurrentDictionary<string, byte[]> _kept = new();

        public bool IsBroken { get; init; }

        public byte[]? Get(string key) => IsBroken ? throw new IOException("down") : _kept.GetValueOrDefault(key);

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult(Get(key));

        public void Refresh(string key) { }

        public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Remove(string key) => _kept.TryRemove(key, out _);

        public Task RemoveAsync(string key, CancellationToken token = default)
        {
            Remove(key);
            return Task.CompletedTask;
        }

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) =>
            _kept[key] = IsBroken ? throw new IOException("down") : value;

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            Set(key, value, options);
            return Task.CompletedTask;
        }
    }
}
