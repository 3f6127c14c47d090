using Trawl.Failures;

namespace Trawl.Http;

/// <summary>
/// The sessions real browsers were given, one for each site and way out. A browser opens a page only where there is none, once for all who wait; after one
/// that brought nothing it is left alone for a while.
/// </summary>
public sealed class BrowserSessions(Func<PageRenderer?> create, SessionStore? store, TimeProvider time) : IAsyncDisposable
{
    static readonly Backoff Pause = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    readonly Dictionary<(string Site, string Way), Place> _places = [];
    readonly SemaphoreSlim _turn = new(1);
    readonly Lazy<PageRenderer?> _renderer = new(create);
    bool _loaded;
    bool _changed;

    /// <summary>Why no browser can be asked; null when one can.</summary>
    public string? Obstacle => _renderer.Value is { } renderer ? renderer.Obstacle : "no browser is configured";

    /// <summary>All sessions that are in use.</summary>
    public async Task<IReadOnlyList<BrowserSession>> ListAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await LoadAsync(cancellation).ConfigureAwait(false);
            return All;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The session in use; null where there is none.</summary>
    public async ValueTask<BrowserSession?> FindAsync(string site, string way, CancellationToken cancellation)
    {
        if (_loaded)
            lock (_places)
                return _places.GetValueOrDefault((site, way))?.Session;
        return (await ListAsync(cancellation).ConfigureAwait(false)).FirstOrDefault(s => s.Site == site && s.Way == way);
    }

    /// <summary>The session in use, or a new one: a browser opens the page for it.</summary>
    /// <param name="site">The site.</param>
    /// <param name="way">The way out, by name.</param>
    /// <param name="refused">The session that was refused; null for none.</param>
    /// <param name="address">The page to open.</param>
    /// <param name="proxy">The way out.</param>
    /// <param name="isShown">Whether a document is the one that is wanted.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The session, and the page if it was opened for this question.</returns>
    /// <exception cref="TrawlException">When no browser can be asked, or it was not let in either.</exception>
    public async Task<(BrowserSession Session, ReadOnlyMemory<byte>? Html)> TakeAsync(
        string site,
        string way,
        BrowserSession? refused,
        Uri address,
        Uri? proxy,
        Func<ReadOnlyMemory<byte>, bool> isShown,
        CancellationToken cancellation
    )
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await LoadAsync(cancellation).ConfigureAwait(false);
            var place = PlaceOf(site, way);
            if (place.Session is { } current && current.TakenAt != refused?.TakenAt)
                return (current, null);
            if (refused is not null)
                End(place);
            if (place.RestsUntil - time.GetUtcNow() is var rest && rest > TimeSpan.Zero)
                throw new TrawlException(place.Why!.Kind, $"{place.Why.Message} A browser is tried again in {rest.TotalSeconds:0} s.")
                {
                    RetryAfter = rest,
                };
            try
            {
                var page = await Renderer().OpenAsync(address, proxy, isShown, cancellation).ConfigureAwait(false);
                place.Session = new BrowserSession
                {
                    Site = site,
                    Way = way,
                    Browser = Renderer().Name,
                    Session = page.Session,
                    TakenAt = time.GetUtcNow(),
                };
                await SaveAsync(cancellation).ConfigureAwait(false);
                return (place.Session, page.Html);
            }
            catch (TrawlException e)
            {
                Rest(place, e);
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Notes that a session has brought a post.</summary>
    /// <param name="session">The session that was used.</param>
    /// <param name="latest">The cookies it has by now.</param>
    public void Served(BrowserSession session, Session latest)
    {
        lock (_places)
            if (
                _places.GetValueOrDefault((session.Site, session.Way)) is { Session: { } current } place
                && current.TakenAt == session.TakenAt
            )
            {
                place.Session = current with { Posts = current.Posts + 1, Session = latest };
                place.Failures = 0;
                _changed = true;
            }
    }

    /// <summary>Keeps what has been learned.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_changed)
            await SaveAsync(CancellationToken.None).ConfigureAwait(false);
        if (_renderer is { IsValueCreated: true, Value: IAsyncDisposable browser })
            await browser.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    PageRenderer Renderer() =>
        _renderer.Value is { Obstacle: null } renderer
            ? renderer
            : throw new TrawlException(FailureKind.ToolMissing, $"No browser can open the page: {Obstacle}.") { Detail = "NO_BROWSER" };

    IReadOnlyList<BrowserSession> All
    {
        get
        {
            lock (_places)
                return [.. _places.Values.Select(p => p.Session).OfType<BrowserSession>()];
        }
    }

    Place PlaceOf(string site, string way)
    {
        lock (_places)
            return _places.TryGetValue((site, way), out var place) ? place : _places[(site, way)] = new Place();
    }

    // one that brought nothing shows that the browser does not help
    void End(Place place)
    {
        if (place.Session is { Posts: 0 })
            Rest(place, new TrawlException(FailureKind.Challenged, "The session a browser was given is refused at once."));
        place.Session = null;
        _changed = true;
    }

    void Rest(Place place, TrawlException why)
    {
        if (why.Detail == "NO_BROWSER")
            return;
        place.RestsUntil = time.GetUtcNow() + Pause.After(place.Failures++);
        place.Why = why;
    }

    async Task LoadAsync(CancellationToken cancellation)
    {
        if (_loaded)
            return;
        foreach (var session in store is null ? [] : await store.ReadAsync(cancellation).ConfigureAwait(false))
            PlaceOf(session.Site, session.Way).Session = session;
        _loaded = true;
    }

    async Task SaveAsync(CancellationToken cancellation)
    {
        _changed = false;
        if (store is not null)
            await store.WriteAsync(All, cancellation).ConfigureAwait(false);
    }

    sealed class Place
    {
        public BrowserSession? Session;
        public DateTimeOffset RestsUntil;
        public TrawlException? Why;
        public int Failures;
    }
}
