using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Strategies;

public class HealthReportTests
{
    readonly FakeClock _clock = new();

    [Fact]
    public void Three_answers_and_a_failure_are_75_percent_and_critical_until_they_are_forgotten()
    {
        var health = Health(null, null, null, FailureKind.Network);

        health.Statistics.SuccessPercent.ShouldBe(75);
        Report(health)
            .ShouldSatisfyAllConditions(
                r => r.IsHealthy.ShouldBeFalse("it failed within the last minute"),
                r => r.Alerts.ShouldHaveSingleItem().Level.ShouldBe(AlertLevel.Critical)
            );
        _clock.Advance(TimeSpan.FromMinutes(2));
        Report(health).IsHealthy.ShouldBeTrue();

        health.Reset();

        Report(health).Alerts.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_post_is_like_alerts_nobody()
    {
        var report = Report(Health(null, FailureKind.Private, FailureKind.Gone, FailureKind.AgeRestricted));

        (report.IsHealthy, report.Alerts.Count).ShouldBe((true, 0));
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(6, AlertLevel.Warning)]
    [InlineData(11, AlertLevel.Critical)]
    public void Slow_answers_are_told(int seconds, AlertLevel? level)
    {
        var health = new StrategyHealth("tiktok", "web", 1, _clock);
        health.Record(new AttemptRecord(_clock.GetUtcNow(), "tiktok", "web", "v", null, TimeSpan.FromSeconds(seconds)));

        Report(health).Alerts.Select(a => (AlertLevel?)a.Level).ShouldBe(level is null ? [] : [level]);
    }

    [Fact]
    public void An_open_breaker_is_unhealthy()
    {
        var health = Health([.. Enumerable.Repeat<FailureKind?>(FailureKind.Timeout, 5)]);
        _clock.Advance(TimeSpan.FromSeconds(20));

        var report = Report(health);

        report.IsHealthy.ShouldBeFalse();
        report.Alerts.ShouldContain(a => a.Message.Contains("rests"));
    }

    [Fact]
    public void A_cache_that_knows_little_is_told()
    {
        var report = HealthReport.Of([], [new CacheStatistics("videos", 1, 9, Hits: 6, Misses: 4, 0)], new(), _clock.GetUtcNow());

        report.Alerts.ShouldHaveSingleItem().Message.ShouldBe("It knows 60 % of what is asked.");
    }

    HealthReport Report(StrategyHealth health) => HealthReport.Of([health], [], new MonitorOptions(), _clock.GetUtcNow());

    StrategyHealth Health(params FailureKind?[] outcomes)
    {
        var health = new StrategyHealth("tiktok", "web", 1, _clock);
        foreach (var outcome in outcomes)
            health.Record(new AttemptRecord(_clock.GetUtcNow(), "tiktok", "web", "v", outcome, TimeSpan.FromSeconds(1)));
        return health;
    }
}
