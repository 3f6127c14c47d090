using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms.TikTok;
using Trawl.Sandbox.Faults;
using Trawl.Strategies;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Acceptance;

/// <summary>What is promised of reasons, health and whoever is plugged in.</summary>
public class FailurePromises
{
    const string Id = "7106798200794926362";

    [Theory]
    [InlineData("page 10204 item_privacy_authorization&status_deleted", FailureKind.Gone, false)]
    [InlineData("page 10204 cross_border_violation", FailureKind.RegionLocked, false)]
    [InlineData("page 10216", FailureKind.Private, false)]
    [InlineData("page 10222", FailureKind.Private, false)]
    [InlineData("page 10221", FailureKind.Gone, false)]
    [InlineData("page 10231", FailureKind.RegionLocked, false)]
    [InlineData("page 10404 Failed to generate: rate limit", FailureKind.Unavailable, true)]
    [InlineData("page age", FailureKind.AgeRestricted, false)]
    [InlineData("page challenge", FailureKind.Challenged, true)]
    [InlineData("page json", FailureKind.LayoutChanged, false)]
    [InlineData("host login", FailureKind.LoginRequired, true)]
    [InlineData("host 429", FailureKind.RateLimited, true)]
    [InlineData("host 500", FailureKind.UpstreamError, true)]
    [InlineData("host dns", FailureKind.Network, true)]
    [InlineData("host tls", FailureKind.Network, true)]
    [InlineData("host timeout", FailureKind.Timeout, true)]
    public async Task Every_reason_has_one_code_a_sentence_a_suggestion_and_no_secret(string what, FailureKind kind, bool retryable)
    {
        var failure = await Should.ThrowAsync<TrawlException>(() => MeetAsync(what));

        failure.Kind.ShouldBe(kind);
        var context = failure.During("resolve", new Uri($"https://www.tiktok.com/@u/video/{Id}?token=SECRET")).Context;
        context.Retryable.ShouldBe(retryable);
        context.UserMessage.ShouldEndWith(".");
        context.Technical.Length.ShouldBeGreaterThan(10);
        context.Suggestions.ShouldNotBeEmpty();
        string.Join(' ', context.ToDictionary().Values).ShouldNotContain("SECRET");
    }

    [Fact]
    public async Task A_challenge_is_called_one_slows_us_down_and_lets_the_next_strategy_try()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web", "tikwm"] });

        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[5]));

        video
            .Attempts.Where(a => a.Door != "session")
            .Select(a => $"{a.Strategy} {a.Outcome}")
            .Distinct()
            .ShouldBe(["web challenged", "tikwm ok"]);
        await using var alone = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var pace = alone.Trawl.Options.Http.Pace["www.tiktok.com"].Interval;
        (await Should.ThrowAsync<TrawlException>(() => alone.GetAsync(alone.World.Links[5]))).Kind.ShouldBe(FailureKind.Challenged);
        var begun = alone.Clock.GetUtcNow();
        var more = alone.Trawl.Options.Http.Pace["www.tiktok.com"].Burst + 2;
        await alone.UntilDoneAsync(Task.WhenAll(Enumerable.Range(14, more).Select(i => alone.Trawl.Videos.GetAsync(alone.World.Links[i]))));
        (alone.Clock.GetUtcNow() - begun).ShouldBeGreaterThanOrEqualTo(
            pace * 2 * 2,
            "twice the usual interval for what comes after the burst"
        );
    }

    [Fact]
    public async Task Counters_tell_what_was_asked_and_known_and_alert_when_it_is_too_little()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        for (var i = 14; i < 17; i++)
            await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[i]));
        for (var i = 14; i < 16; i++)
            await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[i]));
        run.World.Add(new FaultRule { Host = "www.tiktok.com", Fault = "status" });
        await Should.ThrowAsync<TrawlException>(() => run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[18])));

        var health = run.Trawl.Platforms.ChainOf(run.Trawl.Platforms.Named("tiktok")) is var chain
            ? chain.HealthOf(chain.Strategies[0])
            : null;
        var numbers = health!.Statistics;
        (numbers.Total, numbers.Succeeded, numbers.SuccessPercent).ShouldBe((4, 3, 75));
        (numbers.Shortest <= numbers.Average, numbers.Average <= numbers.Longest, numbers.Percentile95).ShouldBe(
            (true, true, numbers.Longest)
        );
        var videos = run.Trawl.Cache.Statistics.Single(c => c.Name == "videos");
        (videos.Hits, videos.Misses, videos.HitPercent).ShouldBe((2, 4, 33.33));
        var report = run.Trawl.Health;
        report.IsHealthy.ShouldBeFalse("it failed within the last minute");
        report
            .Alerts.Select(a => $"{a.Level} {a.Subject}: {a.Message}")
            .ShouldBe(["Critical tiktok web: It answers 75 % of the time.", "Warning cache videos: It knows 33.33 % of what is asked."]);
        Slow(6).Level.ShouldBe(AlertLevel.Warning);
        Slow(11).Level.ShouldBe(AlertLevel.Critical);

        health.Reset();

        run.Trawl.Health.Alerts.ShouldAllBe(a => a.Subject == "cache videos");

        static Alert Slow(int seconds)
        {
            var clock = new FakeClock();
            var one = new StrategyHealth("tiktok", "web", 1, clock);
            one.Record(new AttemptRecord(clock.GetUtcNow(), "tiktok", "web", "v", null, TimeSpan.FromSeconds(seconds)));
            return HealthReport.Of([one], [], new MonitorOptions(), clock.GetUtcNow()).Alerts.Single();
        }
    }

    [Fact]
    public async Task Whoever_is_plugged_in_is_called_and_whoever_breaks_does_no_harm()
    {
        var (observer, store, door) = (new Counting(), new Drawer(), new Door());
        var options = new TrawlOptions
        {
            Strategies = ["breaking", "web"],
            ExtraStrategies = [("tiktok", _ => new ScriptedStrategy("breaking", _ => throw new InvalidOperationException("a bug")))],
            Classifiers = [new KnowsBetter()],
            Observers = [observer],
            Enrichers = [new Broken(), new Located()],
            Http = new HttpOptions { Authenticators = [door], Credentials = store },
        };
        await using var run = await SandboxRun.StartAsync(options);

        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[1]));

        video.Attempts.Select(a => $"{a.Strategy} {a.Outcome}").ShouldBe(["breaking rate-limited", "web ok"]);
        observer.Seen.ShouldBe(["breaking begins", "breaking rate-limited", "web begins", "web ok"]);
        video.Location.ShouldBe("here");
        run.World.Requests.Single(r => r.Path.StartsWith("/@", StringComparison.Ordinal)).Headers["X-Pass"].ShouldBe("1");
        store.Kept.Keys.ShouldBe(["door"]);
    }

    static async Task MeetAsync(string what)
    {
        if (what.StartsWith("page ", StringComparison.Ordinal))
        {
            TikTokPage.Parse(Page(what["page ".Length..]), TikTokUrl.Post(Id), Session.Desktop);
            return;
        }
        var direct = what is "host dns" or "host tls";
        var options = new TrawlOptions
        {
            Strategies = ["web"],
            Http = new HttpOptions { Retries = 0 },
        };
        await using var run = direct ? await SandboxRun.StartDirectAsync(options) : await SandboxRun.StartAsync(options);
        if (what == "host dns")
            run.Board!.NameServer = (_, _, _, _) => throw new SocketException((int)SocketError.HostNotFound);
        if (Fault(what) is { } fault)
            run.World.Add(fault);
        await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(run.World.Links[what == "host login" ? 11 : 1]));
    }

    static FaultRule? Fault(string what) =>
        what switch
        {
            "host 429" => Status("429", ("retry-after", "600")),
            "host 500" => Status("500"),
            "host tls" => new FaultRule { Host = "www.tiktok.com", Fault = "tls-expired" },
            "host timeout" => new FaultRule
            {
                Host = "www.tiktok.com",
                Fault = "slow-headers",
                Args = new Dictionary<string, string> { ["every"] = "1000" },
            },
            _ => null,
        };

    static FaultRule Status(string status, params (string Name, string Value)[] more) =>
        new()
        {
            Host = "www.tiktok.com",
            Fault = "status",
            Args = more.Append(("status", status)).ToDictionary(a => a.Item1, a => a.Item2),
        };

    static byte[] Page(string what)
    {
        var detail = what.Split(' ', 2) switch
        {
            ["age"] => $$$"""{"itemInfo":{"itemStruct":{"id":"{{{Id}}}","author":{},"isContentClassified":true}},"statusCode":0}""",
            ["challenge"] => null,
            ["json"] => """{"itemInfo":""",
            [var code, .. var message] => $$"""{"statusCode":{{code}},"statusMsg":"{{string.Concat(message)}}"}""",
            _ => "",
        };
        return Encoding.UTF8.GetBytes(
            detail is null
                ? "<html><body>Please wait...<p id=\"wci\" class=\"_wafchallengeid\"></p></body></html>"
                : $$$"""<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{"__DEFAULT_SCOPE__":{"webapp.video-detail":{{{detail}}}}}</script>"""
        );
    }

    sealed class Counting : AttemptObserver
    {
        public ConcurrentQueue<string> Seen { get; } = [];

        public override void Started(VideoUrl url, string strategy) => Seen.Enqueue($"{strategy} begins");

        public override void Ended(AttemptRecord attempt) => Seen.Enqueue($"{attempt.Strategy} {attempt.Failure?.Name() ?? "ok"}");
    }

    sealed class KnowsBetter : FailureClassifier
    {
        public override TrawlException? Classify(VideoUrl url, string strategy, Exception exception) =>
            strategy == "breaking" ? new TrawlException(FailureKind.RateLimited, "It is tired.", exception) : null;
    }

    sealed class Located : Enricher
    {
        public override string Name => "located";

        public override Task<Video> EnrichAsync(Video video, CancellationToken cancellation) =>
            Task.FromResult(video with { Location = "here" });
    }

    sealed class Broken : Enricher
    {
        public override string Name => "broken";

        public override Task<Video> EnrichAsync(Video video, CancellationToken cancellation) =>
            throw new InvalidOperationException("a bug");
    }

    sealed class Door : Authenticator
    {
        public override string Name => "door";

        public override bool IsFor(string host) => host == "www.tiktok.com";

        public override Task<Pass> LogInAsync(CancellationToken cancellation) =>
            Task.FromResult(new Pass { Headers = new Dictionary<string, string> { ["X-Pass"] = "1" } });
    }

    sealed class Drawer : CredentialStore
    {
        public Dictionary<string, Pass?> Kept { get; } = [];

        public override Task<Pass?> ReadAsync(string name, CancellationToken cancellation) => Task.FromResult(Kept.GetValueOrDefault(name));

        public override Task WriteAsync(string name, Pass? pass, CancellationToken cancellation)
        {
            Kept[name] = pass;
            return Task.CompletedTask;
        }
    }
}
