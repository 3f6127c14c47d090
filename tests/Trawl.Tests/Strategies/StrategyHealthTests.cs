using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Strategies;

public class StrategyHealthTests
{
    readonly FakeClock _clock = new();

    [Fact]
    public void A_file_that_fails_takes_back_the_success_of_its_video_and_of_no_other()
    {
        var health = new StrategyHealth("tiktok", "web", 1, _clock);
        health.Record(Attempt("a") with { Requests = 1 });
        health.Record(Attempt("b"));

        health.Record(Attempt("a") with { Failure = FailureKind.WrongContent, OfFile = true });

        var numbers = health.Statistics;
        (numbers.Succeeded, numbers.Failed, numbers.SuccessPercent).ShouldBe((1, 1, 50));
        numbers.LastFailures.Single().ShouldSatisfyAllConditions(f => f.Requests.ShouldBe(1), f => f.Elapsed.TotalSeconds.ShouldBe(2));
        health.Standing.ShouldBe("1 of the last 2 brought a video, 1.5 s and 0.5 requests each");
    }

    [Fact]
    public void A_used_up_quota_is_said_first() => Limited().Standing.ShouldStartWith("its quota is used up; ");

    StrategyHealth Limited()
    {
        var health = new StrategyHealth("tiktok", "tikwm", 3, _clock);
        health.Standing.ShouldBe("untried, usually 3 requests");
        health.Record(Attempt("a") with { Failure = FailureKind.RateLimited, RetryAfter = TimeSpan.FromHours(1) });
        return health;
    }

    AttemptRecord Attempt(string video) => new(_clock.GetUtcNow(), "tiktok", "web", video, null, TimeSpan.FromSeconds(1));
}
