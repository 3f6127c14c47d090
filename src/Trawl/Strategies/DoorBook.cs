using Trawl.Failures;
using Trawl.Http;

namespace Trawl.Strategies;

/// <summary>How a door is doing, by one way out.</summary>
/// <param name="Site">The platform's name.</param>
/// <param name="Way">The way out: <c>direct</c>, or host and port of a proxy.</param>
/// <param name="Door">The door's name.</param>
/// <param name="ClosedFor">How long it is passed over still; null while it is open.</param>
/// <param name="Answered">How often it showed a post or said why not.</param>
/// <param name="Refused">How often it refused us.</param>
/// <param name="LastRefusal">Why it refused last; null when it never did.</param>
public sealed record DoorState(
    string Site,
    string Way,
    string Door,
    TimeSpan? ClosedFor,
    long Answered,
    long Refused,
    FailureKind? LastRefusal
);

/// <summary>
/// Remembers which doors of a site are open, by each way out: one that refuses is passed over, for a minute at first and twice as long each time it
/// refuses again, up to an hour. So a door that closes costs one request and not one for each video.
/// </summary>
public sealed class DoorBook(TimeProvider time)
{
    static readonly Backoff Pause = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    readonly Lock _lock = new();
    readonly Dictionary<(string Site, string Way, string Door), Entry> _entries = [];

    /// <summary>What is known.</summary>
    public IReadOnlyList<DoorState> States
    {
        get
        {
            var now = time.GetUtcNow();
            lock (_lock)
                return
                [
                    .. _entries.Select(e => new DoorState(
                        e.Key.Site,
                        e.Key.Way,
                        e.Key.Door,
                        e.Value.ClosedUntil > now ? e.Value.ClosedUntil - now : null,
                        e.Value.Answered,
                        e.Value.Refused,
                        e.Value.LastRefusal
                    )),
                ];
        }
    }

    /// <summary>Whether one of the doors is open.</summary>
    public bool AnyOpen(string site, string way, IReadOnlyList<Door> doors) => doors.Any(d => ClosedUntil(site, way, d) is null);

    /// <summary>The doors to ask, in order: those that are open; where none is, the one whose pause ends first.</summary>
    public IReadOnlyList<Door> Arrange(string site, string way, IReadOnlyList<Door> doors)
    {
        var open = doors.Where(d => ClosedUntil(site, way, d) is null).ToList();
        return open.Count > 0 ? open : [.. doors.OrderBy(d => ClosedUntil(site, way, d)).Take(1)];
    }

    /// <summary>Remembers how a door answered.</summary>
    /// <param name="site">The platform's name.</param>
    /// <param name="way">The way out.</param>
    /// <param name="door">The door's name.</param>
    /// <param name="refusal">Why it refused; null when it answered.</param>
    /// <param name="at">When.</param>
    public void Record(string site, string way, string door, FailureKind? refusal, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((site, way, door), out var entry))
                _entries[(site, way, door)] = entry = new Entry();
            if (refusal is null)
            {
                (entry.Row, entry.ClosedUntil) = (0, null);
                entry.Answered++;
                return;
            }
            // those who asked at the same time were refused once
            if (!(entry.ClosedUntil > at))
                entry.Row++;
            entry.ClosedUntil = at + Pause.After(entry.Row - 1);
            entry.LastRefusal = refusal;
            entry.Refused++;
        }
    }

    /// <summary>Whether a failure is a door's refusal: it says nothing of the post, and another door may show it.</summary>
    public static bool IsRefusal(FailureKind kind) =>
        kind is FailureKind.Challenged or FailureKind.Blocked or FailureKind.LayoutChanged or FailureKind.LoginRequired;

    /// <summary>Remembers what an attempt of an earlier run says of a door.</summary>
    public void Replay(string site, string way, string door, FailureKind? failure, DateTimeOffset at)
    {
        if (failure is null || IsRefusal(failure.Value) || failure.Value.Rule().Next == NextStep.SecondOpinion)
            Record(site, way, door, failure is { } kind && IsRefusal(kind) ? kind : null, at);
    }

    /// <summary>Forgets what is known of a site.</summary>
    public void Forget(string site)
    {
        lock (_lock)
            foreach (var key in _entries.Keys.Where(k => k.Site == site).ToList())
                _entries.Remove(key);
    }

    DateTimeOffset? ClosedUntil(string site, string way, Door door)
    {
        lock (_lock)
            return _entries.GetValueOrDefault((site, way, door.Name))?.ClosedUntil is { } until && until > time.GetUtcNow() ? until : null;
    }

    sealed class Entry
    {
        public DateTimeOffset? ClosedUntil;
        public FailureKind? LastRefusal;
        public int Row;
        public long Answered;
        public long Refused;
    }
}
