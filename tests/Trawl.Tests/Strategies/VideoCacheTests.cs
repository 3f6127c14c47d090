using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Failures;
using Trawl.Sandbox.Faults;
using Trawl.Strategies;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Strategies;

/// <summary>What is asked of the sources, and what is known already.</summary>
public class VideoCacheTests
{
    [Fact]
    public async Task A_thousand_calls_at_once_for_ten_videos_are_ten_questions()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var links = run.World.Links.Skip(14).Take(10).ToList();

        await run.UntilDoneAsync(Task.WhenAll(Enumerable.Range(0, 1000).Select(i => run.Trawl.Videos.GetAsync(links[i % 10]))));

        run.Requests.ShouldBe(10);
    }

    [Fact]
    public async Task A_refusal_of_its_own_is_kept_for_a_minute()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });

        await Should.ThrowAsync<TrawlException>(() => GetAsync(run, 8)); // private
        var asked = run.Requests;
        (await Should.ThrowAsync<TrawlException>(() => GetAsync(run, 8))).Kind.ShouldBe(FailureKind.Private);
        run.Requests.ShouldBe(asked);

        run.Clock.Advance(TimeSpan.FromSeconds(61));
        await Should.ThrowAsync<TrawlException>(() => GetAsync(run, 8));
        run.Requests.ShouldBeGreaterThan(asked);
    }

    [Fact]
    public async Task An_old_answer_marked_as_such_is_better_than_none()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var fresh = await GetAsync(run);
        var learned = run.Clock.GetUtcNow();
        run.Clock.Advance(TimeSpan.FromMinutes(40));
        run.World.Add(new FaultRule { Host = "www.tiktok.com", Fault = "status" });

        var stale = await GetAsync(run);

        stale.IsStale.ShouldBeTrue();
        stale.StaleSince!.Value.ShouldBeInRange(learned.AddSeconds(-30), learned);
        stale.Caption.ShouldBe(fresh.Caption);
        stale.Attempts[0].Outcome.ShouldBe("upstream-error");

        run.Clock.Advance(TimeSpan.FromHours(25));
        await Should.ThrowAsync<TrawlException>(() => GetAsync(run));
    }

    [Fact]
    public async Task An_enricher_adds_and_one_that_fails_does_no_harm()
    {
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = ["web"],
                KeepRaw = true,
                Enrichers = [new Broken(), new Located()],
            }
        );

        var video = await GetAsync(run);

        video.Location.ShouldBe("here");
        video.Raw!.ShouldStartWith("{");
        using var raw = System.Text.Json.JsonDocument.Parse(video.Raw!);
        raw.RootElement.GetProperty("itemInfo").GetProperty("itemStruct").GetProperty("id").GetString().ShouldBe(video.Id);
    }

    sealed class Located : Enricher
    {
        public override string Name => "located";

        public override Task<Trawl.Videos.Video> EnrichAsync(Trawl.Videos.Video video, CancellationToken cancellation) =>
            Task.FromResult(video with { Location = "here" });
    }

    sealed class Broken : Enricher
    {
        public override string Name => "broken";

        public override Task<Trawl.Videos.Video> EnrichAsync(Trawl.Videos.Video video, CancellationToken cancellation) =>
            throw new InvalidOperationException("a bug");
    }

    [Fact]
    public async Task Switched_off_it_keeps_nothing()
    {
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = ["web"],
                Cache = new CacheOptions { Enabled = false },
            }
        );
        await GetAsync(run);
        await GetAsync(run);

        run.Requests.ShouldBe(2);
    }

    static Task<Trawl.Videos.Video> GetAsync(SandboxRun run, int post = 1) =>
        run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[post]));
}
