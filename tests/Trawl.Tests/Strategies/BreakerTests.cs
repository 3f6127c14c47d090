using Trawl.Strategies;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Strategies;

public class BreakerTests
{
    readonly FakeClock _clock = new();

    [Fact]
    public void It_rests_ever_longer_while_the_probe_fails()
    {
        var breaker = new Breaker(_clock);
        Fail(breaker, 5);

        foreach (var rest in (int[])[30, 60, 120, 240, 480, 900, 900])
        {
            breaker.State.ShouldBe(BreakerState.Open);
            breaker.Remaining.ShouldBe(TimeSpan.FromSeconds(rest));
            breaker.TryPass().ShouldBeFalse();
            _clock.Advance(TimeSpan.FromSeconds(rest));
            breaker.State.ShouldBe(BreakerState.HalfOpen);
            breaker.TryPass().ShouldBeTrue("one may try");
            breaker.TryPass().ShouldBeFalse("and only one");
            breaker.Record(failed: true);
        }
    }

    [Fact]
    public void A_probe_that_succeeds_closes_it_and_the_next_rest_is_short_again()
    {
        var breaker = new Breaker(_clock);
        Fail(breaker, 5);
        _clock.Advance(TimeSpan.FromSeconds(30));
        breaker.TryPass();
        breaker.Record(failed: false);

        breaker.State.ShouldBe(BreakerState.Closed);
        Fail(breaker, 5);
        breaker.Remaining.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Four_failures_or_a_minority_or_old_ones_do_not_open_it()
    {
        var few = new Breaker(_clock);
        Fail(few, 4);
        few.State.ShouldBe(BreakerState.Closed);

        var minority = new Breaker(_clock);
        for (var i = 0; i < 30; i++)
            minority.Record(failed: i % 3 == 2);
        minority.State.ShouldBe(BreakerState.Closed);

        _clock.Advance(TimeSpan.FromMinutes(11));
        Fail(few, 4);
        few.State.ShouldBe(BreakerState.Closed);
    }

    [Fact]
    public void A_pass_taken_back_leaves_the_probe_to_another()
    {
        var breaker = new Breaker(_clock);
        Fail(breaker, 5);
        _clock.Advance(TimeSpan.FromSeconds(30));
        breaker.TryPass().ShouldBeTrue();

        breaker.Withdraw();

        breaker.TryPass().ShouldBeTrue();
    }

    [Fact]
    public void Switched_off_it_stays_until_somebody_switches_it_on()
    {
        var breaker = new Breaker(_clock);
        breaker.Disable();

        _clock.Advance(TimeSpan.FromDays(1));
        breaker.TryPass().ShouldBeFalse();
        breaker.Enable();

        breaker.TryPass().ShouldBeTrue();
    }

    [Fact]
    public void Switched_on_again_it_still_knows_that_it_failed()
    {
        var breaker = new Breaker(_clock);
        Fail(breaker, 5);
        breaker.Disable();

        breaker.Enable();
        breaker.State.ShouldBe(BreakerState.Open);
        breaker.Reset();

        breaker.State.ShouldBe(BreakerState.Closed);
    }

    static void Fail(Breaker breaker, int times)
    {
        for (var i = 0; i < times; i++)
            breaker.Record(failed: true);
    }
}
