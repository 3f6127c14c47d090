using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Concurrency;
using Trawl.Failures;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Concurrency;

/// <summary>The loop that every part of a worker is.</summary>
public class PollingLoopTests
{
    readonly FakeClock _clock = new();
    readonly WakeSignal _signal = new();

    [Fact]
    public async Task Nothing_a_thing_throws_ends_it()
    {
        Exception?[] thrown =
        [
            new TrawlException(FailureKind.ServiceUnavailable, "away"),
            new OverflowException("TimeSpan overflowed"),
            new OperationCanceledException("of its own"),
            new InvalidOperationException("half a character"),
            null,
        ];
        var done = 0;

        await RunAsync(
            _ =>
            {
                var next = thrown[done++];
                return next is null ? Task.FromResult(false) : throw next;
            },
            () => done == thrown.Length
        );

        done.ShouldBe(thrown.Length);
    }

    [Fact]
    public async Task With_nothing_to_do_it_looks_ever_more_rarely()
    {
        var looks = new List<DateTimeOffset>();

        await RunAsync(
            _ =>
            {
                looks.Add(_clock.GetUtcNow());
                return Task.FromResult(false);
            },
            () => looks.Count == 8
        );

        looks.Zip(looks.Skip(1), (a, b) => (b - a).TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 30, 30]);
    }

    [Fact]
    public async Task A_signal_wakes_it_at_once()
    {
        var looks = 0;
        using var stop = new CancellationTokenSource();
        var running = Loop().RunAsync(_signal, _ => Task.FromResult(looks++ < 0), stop.Token);
        while (Volatile.Read(ref looks) == 0)
            await Task.Yield();

        _signal.Set();
        while (Volatile.Read(ref looks) < 2)
            await Task.Yield();

        looks.ShouldBe(2, "no time has passed");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task It_looks_when_something_is_due()
    {
        var looks = new List<(DateTimeOffset At, bool IsWoken)>();
        using var stop = new CancellationTokenSource();
        var running = Loop()
            .RunAsync(
                _signal,
                (isWoken, _) =>
                {
                    looks.Add((_clock.GetUtcNow(), isWoken));
                    return Task.FromResult(TimeSpan.FromSeconds(7));
                },
                stop.Token
            );

        while (looks.Count < 3)
            await AdvanceAsync();

        (looks[1].At - looks[0].At).ShouldBe(TimeSpan.FromSeconds(7));
        looks.Select(l => l.IsWoken).Take(3).ShouldBe([true, false, false]);
        await stop.CancelAsync();
        await running;
    }

    // to the moment the loop waits for, where it waits already
    async Task AdvanceAsync()
    {
        _clock.Advance(_clock.NextDue ?? TimeSpan.Zero);
        await Task.Yield();
    }

    PollingLoop Loop() => new(TimeSpan.FromSeconds(1), _clock, NullLogger.Instance);

    async Task RunAsync(Func<CancellationToken, Task<bool>> next, Func<bool> isEnough)
    {
        using var stop = new CancellationTokenSource();
        var running = Loop().RunAsync(_signal, NextAsync, stop.Token);
        while (!running.IsCompleted)
            await AdvanceAsync();
        await running;

        async Task<bool> NextAsync(CancellationToken cancellation)
        {
            try
            {
                return await next(cancellation);
            }
            finally
            {
                if (isEnough())
                    await stop.CancelAsync();
            }
        }
    }
}
