using System.Collections.Concurrent;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>Keeps the pace a host is asked at: a minimum interval between requests, and silence for as long as the host demands it.</summary>
public sealed class RateGate(IReadOnlyDictionary<string, TimeSpan> intervals, TimeSpan patience, TimeProvider time)
{
    readonly ConcurrentDictionary<string, Turn> _turns = new();

    /// <summary>Waits for this host's next turn.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.RateLimited"/> when the host asked for a longer silence than our patience.</exception>
    public async ValueTask WaitAsync(string host, CancellationToken cancellation)
    {
        var interval = intervals.GetValueOrDefault(host);
        if (interval == TimeSpan.Zero && !_turns.ContainsKey(host))
            return;

        TimeSpan wait;
        var turn = _turns.GetOrAdd(host, _ => new Turn());
        lock (turn)
        {
            var now = time.GetUtcNow();
            var silence = turn.SilentUntil - now;
            if (silence > patience)
                throw new TrawlException(FailureKind.RateLimited, $"{host} asked for silence, {silence.TotalSeconds:0} s of it are left.")
                {
                    RetryAfter = silence,
                };
            var mine = Later(now, Later(turn.Next, turn.SilentUntil));
            turn.Next = mine + interval;
            wait = mine - now;
        }
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks a host nothing for some time; the longer of two wishes counts.</summary>
    public void Silence(string host, TimeSpan duration)
    {
        var turn = _turns.GetOrAdd(host, _ => new Turn());
        lock (turn)
            turn.SilentUntil = Later(turn.SilentUntil, time.GetUtcNow() + duration);
    }

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    sealed class Turn
    {
        public DateTimeOffset Next;
        public DateTimeOffset SilentUntil;
    }
}
