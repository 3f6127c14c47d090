using Trawl.Failures;
using Trawl.Http;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Http;

public class RateGateTests
{
    const string Host = "slow.example";

    readonly FakeClock _clock = new();

    [Fact]
    public async Task Two_requests_keep_their_distance_on_the_clock()
    {
        var gate = Gate(new HostPace(TimeSpan.FromSeconds(1)));
        await gate.WaitAsync(Host, CancellationToken.None);

        var second = gate.WaitAsync(Host, CancellationToken.None).AsTask();
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        second.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await second;
    }

    [Fact]
    public async Task A_queue_too_long_is_refused_with_the_time_to_wait()
    {
        var gate = Gate(HostPace.PerMinute(30));
        var waiting = Enumerable.Range(0, 101).Select(_ => gate.WaitAsync(Host, CancellationToken.None).AsTask()).ToList();
        waiting.Count.ShouldBe(101);

        var failure = await Should.ThrowAsync<TrawlException>(() => gate.WaitAsync(Host, CancellationToken.None).AsTask());

        failure.Kind.ShouldBe(FailureKind.RateLimited);
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(202));
    }

    [Fact]
    public async Task A_host_without_a_pace_is_not_slowed_down()
    {
        var gate = new RateGate(new Dictionary<string, HostPace>(), TimeSpan.FromSeconds(10), _clock);

        gate.SlowDown(Host);
        for (var i = 0; i < 1000; i++)
            await gate.WaitAsync(Host, CancellationToken.None);

        gate.SlownessOf(Host).ShouldBe(1);
    }

    RateGate Gate(HostPace pace) => new(new Dictionary<string, HostPace> { [Host] = pace }, TimeSpan.FromSeconds(10), _clock);
}
