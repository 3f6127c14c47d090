using System.Collections.Concurrent;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>The pace a host is asked at.</summary>
/// <param name="Interval">The time between two requests in the long run.</param>
/// <param name="Burst">How many may come at once after a pause.</param>
public sealed record HostPace(TimeSpan Interval, int Burst = 1)
{
    /// <summary>So many requests a minute.</summary>
    public static HostPace PerMinute(double requests, int burst = 1) => new(TimeSpan.FromMinutes(1 / requests), burst);
}

/// <summary>
/// Keeps the pace each host is asked at: a bucket of tokens, silence for as long as the host demands it, and half the pace for each refusal, won
/// back a tenth a minute.
/// </summary>
public sealed class RateGate(IReadOnlyDictionary<string, HostPace> paces, TimeSpan patience, TimeProvider time, SharedPace? shared = null)
{
    IReadOnlyDictionary<string, HostPace> _paces = paces;

    const int LongestQueue = 100;
    const double Recovery = 1.1;

    static readonly TimeSpan SlowestInterval = TimeSpan.FromSeconds(20);
    static readonly TimeSpan CleanTime = TimeSpan.FromMinutes(1);
    static readonly HostPace Free = new(TimeSpan.Zero);

    readonly ConcurrentDictionary<string, Turn> _turns = new();

    /// <summary>Waits for this host's next turn.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.RateLimited"/> when the host asked for a longer silence than our patience, or too many wait.</exception>
    public async ValueTask WaitAsync(string host, CancellationToken cancellation)
    {
        var pace = _paces.GetValueOrDefault(host, Free);
        if (pace.Interval == TimeSpan.Zero && !_turns.ContainsKey(host))
            return;

        TimeSpan wait;
        var turn = _turns.GetOrAdd(host, _ => new Turn());
        lock (turn)
        {
            var now = time.GetUtcNow();
            var silence = turn.SilentUntil - now;
            if (silence > patience)
                throw Refused($"{host} asked for silence, {silence.TotalSeconds:0} s of it are left.", silence);
            Recover(turn, now);
            var interval = pace.Interval * turn.Slowness;
            var mine = Later(now, Later(turn.Due - (interval * (pace.Burst - 1)), turn.SilentUntil));
            wait = mine - now;
            if (interval > TimeSpan.Zero && wait > interval * LongestQueue)
                throw Refused($"More than {LongestQueue} requests wait for {host}.", wait);
            turn.Due = Later(turn.Due, mine) + interval;
        }
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        if (shared is null || pace.Interval == TimeSpan.Zero)
            return;
        wait = await shared.TakeAsync(host, pace with { Interval = pace.Interval * SlownessOf(host) }, cancellation).ConfigureAwait(false);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks a host nothing for some time, and sees to it that others do not, either.</summary>
    public async ValueTask SilenceAsync(string host, TimeSpan duration, CancellationToken cancellation)
    {
        Silence(host, duration);
        if (shared is not null && _paces.ContainsKey(host))
            await shared.SilenceAsync(host, duration, cancellation).ConfigureAwait(false);
    }

    /// <summary>Goes on at other paces.</summary>
    public void Repace(IReadOnlyDictionary<string, HostPace> to) => _paces = to;

    /// <summary>Asks a host nothing for some time; the longer of two wishes counts.</summary>
    public void Silence(string host, TimeSpan duration)
    {
        var turn = _turns.GetOrAdd(host, _ => new Turn());
        lock (turn)
            turn.SilentUntil = Later(turn.SilentUntil, time.GetUtcNow() + duration);
    }

    /// <summary>Halves a host's pace, down to three requests a minute: it has refused or challenged us.</summary>
    public void SlowDown(string host)
    {
        var pace = _paces.GetValueOrDefault(host, Free);
        if (pace.Interval == TimeSpan.Zero)
            return;
        var turn = _turns.GetOrAdd(host, _ => new Turn());
        lock (turn)
        {
            var now = time.GetUtcNow();
            Recover(turn, now);
            turn.Slowness = Math.Max(1, Math.Min(turn.Slowness * 2, SlowestInterval / pace.Interval));
            turn.Changed = now;
        }
    }

    /// <summary>How many times slower than usual a host is asked now; 1 is the usual pace.</summary>
    public double SlownessOf(string host)
    {
        if (!_turns.TryGetValue(host, out var turn))
            return 1;
        lock (turn)
        {
            Recover(turn, time.GetUtcNow());
            return turn.Slowness;
        }
    }

    static void Recover(Turn turn, DateTimeOffset now)
    {
        var minutes = turn.Slowness <= 1 ? 0 : (int)((now - turn.Changed) / CleanTime);
        if (minutes == 0)
            return;
        turn.Slowness = Math.Max(1, turn.Slowness / Math.Pow(Recovery, minutes));
        turn.Changed += CleanTime * minutes;
    }

    static TrawlException Refused(string message, TimeSpan wait) => new(FailureKind.RateLimited, message) { RetryAfter = wait };

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    sealed class Turn
    {
        // when the bucket would be full again
        public DateTimeOffset Due = DateTimeOffset.UnixEpoch;
        public DateTimeOffset SilentUntil;
        public DateTimeOffset Changed;
        public double Slowness = 1;
    }
}
