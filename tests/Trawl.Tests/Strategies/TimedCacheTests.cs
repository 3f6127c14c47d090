using Trawl.Strategies;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Strategies;

public class TimedCacheTests
{
    readonly FakeClock _clock = new();

    [Theory]
    [InlineData(1799, true)]
    [InlineData(1801, false)]
    public void A_value_is_fresh_for_its_time(int seconds, bool fresh)
    {
        var cache = Cache();
        cache.Set("a", 1);

        _clock.Advance(TimeSpan.FromSeconds(seconds));

        cache.TryGet("a", out _).ShouldBe(fresh);
    }

    [Fact]
    public void A_shorter_wish_counts_and_a_longer_one_does_not()
    {
        var cache = Cache();
        cache.Set("a", 1, TimeSpan.FromMinutes(5));
        cache.Set("b", 1, TimeSpan.FromHours(5));

        _clock.Advance(TimeSpan.FromMinutes(6));
        cache.TryGet("a", out _).ShouldBeFalse();
        cache.TryGet("b", out _).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMinutes(25));
        cache.TryGet("b", out _).ShouldBeFalse();
    }

    [Fact]
    public void The_least_recently_used_goes_first_and_everything_is_counted()
    {
        var cache = Cache(capacity: 3);
        foreach (var key in (string[])["a", "b", "c"])
            cache.Set(key, 1);
        cache.TryGet("a", out _);
        cache.Set("d", 1);

        cache.TryGet("b", out _).ShouldBeFalse();
        cache.TryGet("c", out _).ShouldBeTrue();

        cache.Statistics.ShouldBe(new CacheStatistics("numbers", 3, 3, Hits: 2, Misses: 1, Evictions: 1));
        cache.Statistics.HitPercent.ShouldBe(66.67);
    }

    [Fact]
    public async Task Of_two_hundred_who_want_it_one_fetches_it()
    {
        var cache = Cache();
        var fetched = 0;
        var answer = new TaskCompletionSource<int>();
        using var impatient = new CancellationTokenSource();

        var waiting = Enumerable
            .Range(0, 200)
            .Select(i => cache.GetOrFetchAsync("a", FetchAsync, false, i == 7 ? impatient.Token : CancellationToken.None))
            .ToList();
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting[7]);
        answer.SetResult(42);

        (await Task.WhenAll(waiting.Where((_, i) => i != 7))).ShouldAllBe(v => v == 42);
        fetched.ShouldBe(1);

        Task<int> FetchAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref fetched);
            cancellation.CanBeCanceled.ShouldBeTrue();
            return answer.Task.WaitAsync(cancellation);
        }
    }

    [Fact]
    public async Task A_fetch_nobody_waits_for_any_more_is_stopped()
    {
        var cache = Cache();
        using var impatient = new CancellationTokenSource();
        var stopped = new TaskCompletionSource();

        var waiting = cache.GetOrFetchAsync(
            "a",
            async token =>
            {
                token.Register(stopped.SetResult);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return 1;
            },
            false,
            impatient.Token
        );
        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await stopped.Task;
    }

    [Fact]
    public async Task A_failed_fetch_is_not_remembered()
    {
        var cache = Cache();
        var calls = 0;

        await Should.ThrowAsync<InvalidOperationException>(() => cache.GetOrFetchAsync("a", FetchAsync, false, CancellationToken.None));
        (await cache.GetOrFetchAsync("a", FetchAsync, false, CancellationToken.None)).ShouldBe(2);

        async Task<int> FetchAsync(CancellationToken cancellation)
        {
            await Task.Yield();
            return ++calls == 1 ? throw new InvalidOperationException() : calls;
        }
    }

    [Fact]
    public void When_memory_is_short_half_of_it_goes()
    {
        var cache = new TimedCache<int>("numbers", TimeSpan.FromHours(5), 1000, _clock) { IsMemoryShort = () => true };
        for (var i = 0; i < 100; i++)
            cache.Set($"{i}", i);

        _clock.Advance(TimeSpan.FromMinutes(6));
        cache.Set("one more", 1);

        cache.Statistics.Count.ShouldBe(51);
        cache.TryGet("99", out _).ShouldBeTrue("the last used stay");
    }

    TimedCache<int> Cache(int capacity = 1000) => new("numbers", TimeSpan.FromMinutes(30), capacity, _clock);
}
