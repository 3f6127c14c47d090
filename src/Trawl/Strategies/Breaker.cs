using Trawl.Http;

namespace Trawl.Strategies;

/// <summary>Whether a strategy is asked at all.</summary>
public enum BreakerState
{
    /// <summary>It is.</summary>
    Closed,

    /// <summary>It is not, for a while.</summary>
    Open,

    /// <summary>One question is let through to see whether it has recovered.</summary>
    HalfOpen,

    /// <summary>It is not, until somebody allows it again.</summary>
    Disabled,
}

/// <summary>
/// Keeps a broken strategy from being asked: opens when half of at least five attempts within ten minutes failed, for 30 s at first and twice as
/// long each time it fails its probe, up to 15 min. A crawler asks every other second: what guards a web server would never trip here.
/// </summary>
public sealed class Breaker(TimeProvider time)
{
    const int Enough = 5;
    const double Share = 0.5;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    static readonly Backoff Break = new(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15));

    readonly Lock _lock = new();
    readonly Queue<Ended> _recent = new();
    DateTimeOffset _until;
    int _trips;
    bool _open;
    bool _probing;
    bool _disabled;

    /// <summary>The state now.</summary>
    public BreakerState State
    {
        get
        {
            lock (_lock)
                return StateNow();
        }
    }

    /// <summary>How long it still stays open; null when it is not open.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            lock (_lock)
                return StateNow() == BreakerState.Open ? Left() : null;
        }
    }

    /// <summary>Asks to pass. Whoever passes must call <see cref="Record"/> or <see cref="Withdraw"/>.</summary>
    public bool TryPass()
    {
        lock (_lock)
        {
            switch (StateNow())
            {
                case BreakerState.Closed:
                    return true;
                case BreakerState.HalfOpen when !_probing:
                    _probing = true;
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>Tells how an attempt ended that was let through.</summary>
    /// <param name="failed">Whether the strategy is to blame.</param>
    /// <param name="at">When; null for now.</param>
    public void Record(bool failed, DateTimeOffset? at = null)
    {
        lock (_lock)
        {
            var now = at ?? time.GetUtcNow();
            _probing = false;
            if (_open && now >= _until)
            {
                if (failed)
                    Trip(now);
                else
                    Recover();
                return;
            }
            _recent.Enqueue(new Ended(now, failed));
            while (_recent.TryPeek(out var oldest) && now - oldest.At > Window)
                _recent.Dequeue();
            if (!_open && _recent.Count >= Enough && _recent.Count(r => r.Failed) >= _recent.Count * Share)
                Trip(now);
        }
    }

    /// <summary>Takes back a pass: the attempt ended before it showed anything.</summary>
    public void Withdraw()
    {
        lock (_lock)
            _probing = false;
    }

    /// <summary>Lets nobody through until <see cref="Enable"/> or <see cref="Reset"/>.</summary>
    public void Disable()
    {
        lock (_lock)
            _disabled = true;
    }

    /// <summary>Allows it again after <see cref="Disable"/>; what is remembered stays.</summary>
    public void Enable()
    {
        lock (_lock)
            _disabled = false;
    }

    /// <summary>Lets everybody through and forgets what was.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _disabled = false;
            Recover();
        }
    }

    void Trip(DateTimeOffset now)
    {
        _until = now + Break.After(_trips++);
        _open = true;
        _recent.Clear();
    }

    void Recover()
    {
        _open = _probing = false;
        _trips = 0;
        _recent.Clear();
    }

    BreakerState StateNow() =>
        _disabled ? BreakerState.Disabled
        : !_open ? BreakerState.Closed
        : Left() > TimeSpan.Zero ? BreakerState.Open
        : BreakerState.HalfOpen;

    TimeSpan Left() => _until - time.GetUtcNow();

    sealed record Ended(DateTimeOffset At, bool Failed);
}
