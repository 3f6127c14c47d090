namespace Trawl.Strategies;

/// <summary>How a cache was of use.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">Entries now.</param>
/// <param name="Capacity">The most entries.</param>
/// <param name="Hits">Lookups that found a fresh entry.</param>
/// <param name="Misses">Lookups that did not.</param>
/// <param name="Evictions">Entries that had to go for newer ones.</param>
public sealed record CacheStatistics(string Name, int Count, int Capacity, long Hits, long Misses, long Evictions)
{
    /// <summary>The share of hits, in per cent with two decimals; null before the first lookup.</summary>
    public double? HitPercent => Hits + Misses == 0 ? null : Math.Round(100.0 * Hits / (Hits + Misses), 2);
}

/// <summary>
/// Keeps values for a time, the least recently used go first, and of many who want the same missing value one fetches it for all. What has
/// gone stale stays for a while, for when nothing better can be had. Values must be immutable.
/// </summary>
public sealed class TimedCache<T>(string name, TimeSpan lifetime, int capacity, TimeProvider time, TimeSpan staleFor = default)
{
    static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(5);

    readonly Lock _lock = new();
    readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    readonly LinkedList<Entry> _byUse = new(); // the most recently used first
    readonly Dictionary<string, Flight> _flights = new(StringComparer.Ordinal);
    DateTimeOffset _swept = time.GetUtcNow();
    long _hits;
    long _misses;
    long _evictions;

    /// <summary>Whether memory is short; then half of the entries go at the next sweep.</summary>
    public Func<bool> IsMemoryShort { get; init; } =
        static () => GC.GetGCMemoryInfo() is var info && info.MemoryLoadBytes > info.HighMemoryLoadThresholdBytes;

    /// <summary>How it was of use.</summary>
    public CacheStatistics Statistics
    {
        get
        {
            lock (_lock)
                return new(name, _entries.Count, capacity, _hits, _misses, _evictions);
        }
    }

    /// <summary>A fresh value.</summary>
    public bool TryGet(string key, out T value)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node) && time.GetUtcNow() < node.Value.FreshUntil)
            {
                _hits++;
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                value = node.Value.Value;
                TrawlMetrics.Lookup(name, "hit");
                return true;
            }
            _misses++;
            value = default!;
            TrawlMetrics.Lookup(name, "miss");
            return false;
        }
    }

    /// <summary>A value, even one that is no longer fresh, and when it was stored.</summary>
    public bool TryGetStale(string key, out T value, out DateTimeOffset stored)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node) && time.GetUtcNow() < node.Value.Stored + lifetime + staleFor)
            {
                (value, stored) = (node.Value.Value, node.Value.Stored);
                TrawlMetrics.Lookup(name, "stale");
                return true;
            }
            (value, stored) = (default!, default);
            return false;
        }
    }

    /// <summary>Keeps a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="freshFor">How long it is fresh, if shorter than usual.</param>
    public void Set(string key, T value, TimeSpan? freshFor = null)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Sweep(now);
            Drop(key);
            var fresh = freshFor is { } wish && wish < lifetime ? wish : lifetime;
            _entries[key] = _byUse.AddFirst(new Entry(key, value, now, now + fresh));
            if (_entries.Count > capacity)
                Evict();
        }
    }

    /// <summary>A fresh value, or the one a fetch brings; of several who wait for the same one only the first fetches.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="fetch">Brings the value; stopped only when nobody waits for it any more. It keeps what is worth keeping by <see cref="Set"/>.</param>
    /// <param name="refresh">Whether a fresh value is passed over.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<T> GetOrFetchAsync(string key, Func<CancellationToken, Task<T>> fetch, bool refresh, CancellationToken cancellation)
    {
        if (!refresh && TryGet(key, out var value))
            return value;
        Flight flight;
        lock (_lock)
        {
            if (!_flights.TryGetValue(key, out flight!))
                _flights[key] = flight = new Flight();
            flight.Waiting++;
        }
        try
        {
            return await flight.JoinAsync(fetch).WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            await LeaveAsync(key, flight).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets a value.</summary>
    public void Remove(string key)
    {
        lock (_lock)
            Drop(key);
    }

    /// <summary>Forgets all values.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byUse.Clear();
        }
    }

    async Task LeaveAsync(string key, Flight flight)
    {
        lock (_lock)
        {
            if (--flight.Waiting > 0 && !flight.IsOver)
                return;
            if (_flights.GetValueOrDefault(key) == flight)
                _flights.Remove(key);
        }
        await flight.EndAsync().ConfigureAwait(false);
    }

    void Sweep(DateTimeOffset now)
    {
        if (now - _swept < SweepEvery)
            return;
        _swept = now;
        foreach (var key in _byUse.Where(e => now >= e.FreshUntil && now >= e.Stored + lifetime + staleFor).Select(e => e.Key).ToList())
            Drop(key);
        if (!IsMemoryShort())
            return;
        for (var half = _entries.Count / 2; half > 0; half--)
            Evict();
    }

    void Evict()
    {
        _evictions++;
        Drop(_byUse.Last!.Value.Key);
    }

    void Drop(string key)
    {
        if (_entries.Remove(key, out var node))
            _byUse.Remove(node);
    }

    sealed record Entry(string Key, T Value, DateTimeOffset Stored, DateTimeOffset FreshUntil);

    // One fetch and those who wait for it; it is stopped when the last one leaves.
    sealed class Flight
    {
        readonly CancellationTokenSource _stop = new();
        readonly Lock _start = new();
        Task<T>? _task;

        public int Waiting;

        public bool IsOver => _task?.IsCompleted == true;

        public Task<T> JoinAsync(Func<CancellationToken, Task<T>> fetch)
        {
            lock (_start)
                return _task ??= fetch(_stop.Token);
        }

        public Task EndAsync() => IsOver ? Task.CompletedTask : _stop.CancelAsync();
    }
}
