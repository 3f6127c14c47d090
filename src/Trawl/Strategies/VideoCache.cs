using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>How long answers are kept.</summary>
public sealed record CacheOptions
{
    /// <summary>Whether anything is kept at all. Default: yes.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Videos with their formats; never beyond the expiry of a media address. Default: 30 min.</summary>
    public TimeSpan Videos { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Which format was chosen. Default: 1 h.</summary>
    public TimeSpan Decisions { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Metadata without formats. Default: 30 min.</summary>
    public TimeSpan Metadata { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Where short links lead. Default: 24 h.</summary>
    public TimeSpan ShortLinks { get; init; } = TimeSpan.FromHours(24);

    /// <summary>When videos were published. Default: 24 h.</summary>
    public TimeSpan Dates { get; init; } = TimeSpan.FromHours(24);

    /// <summary>That a video cannot be had for a reason of its own. Default: 60 s.</summary>
    public TimeSpan Refusals { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How much longer a video is kept for times when its source is down. Default: 24 h.</summary>
    public TimeSpan Stale { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The most entries of each kind. Default: 1000.</summary>
    public int Capacity { get; init; } = 1000;

    /// <summary>A store shared with other processes, asked for videos before their sources are. It must be private: sessions are in it. Default: none.</summary>
    public IDistributedCache? Store { get; init; }
}

/// <summary>What we know already. Keys are identities, never links: four spellings of a video are one entry.</summary>
public sealed class VideoCache(CacheOptions options, string settings, ILogger logger, TimeProvider time)
{
    // an address that works for another minute is of no use to a download
    static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    readonly TimedCache<Video> _videos = new("videos", options.Videos, options.Capacity, time, options.Stale);
    readonly SharedVideos? _shared = options.Store is { } store ? new(store, settings, logger, time) : null;
    readonly TimedCache<Video> _metadata = new("metadata", options.Metadata, options.Capacity, time);
    readonly TimedCache<TrawlException> _refusals = new("refusals", options.Refusals, options.Capacity, time);
    readonly TimedCache<IReadOnlyList<string>> _decisions = new("decisions", options.Decisions, options.Capacity, time);
    readonly TimedCache<VideoUrl> _links = new("short-links", options.ShortLinks, options.Capacity, time);
    readonly TimedCache<Published> _dates = new("dates", options.Dates, options.Capacity, time);

    /// <summary>How each cache was of use.</summary>
    public IReadOnlyList<CacheStatistics> Statistics =>
        [_videos.Statistics, _metadata.Statistics, _decisions.Statistics, _links.Statistics, _dates.Statistics, _refusals.Statistics];

    /// <summary>A video, from here or resolved; when its sources are down, a stale copy marked as such.</summary>
    /// <param name="url">The video.</param>
    /// <param name="wish">What will be wanted of its formats.</param>
    /// <param name="resolve">Asks the sources.</param>
    /// <param name="refresh">Whether to ask them even if we know.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="TrawlException">With the true reason.</exception>
    public Task<Video> GetAsync(
        VideoUrl url,
        FormatWish wish,
        Func<CancellationToken, Task<Video>> resolve,
        bool refresh,
        CancellationToken cancellation
    ) => options.Enabled ? LookUpAsync(url, wish, resolve, refresh, cancellation) : resolve(cancellation);

    async Task<Video> LookUpAsync(
        VideoUrl url,
        FormatWish wish,
        Func<CancellationToken, Task<Video>> resolve,
        bool refresh,
        CancellationToken cancellation
    )
    {
        if (!refresh && _refusals.TryGet(url.Identity, out var refusal))
            throw refusal.With(refusal.Attempts);
        // TikWM must be asked for the form that is wanted
        var key = wish.Policy == FormatPolicy.Best ? url.Identity + "|best" : url.Identity;
        try
        {
            return await _videos
                .GetOrFetchAsync(key, token => FetchAsync(key, url, resolve, refresh, token), refresh, cancellation)
                .ConfigureAwait(false);
        }
        catch (TrawlException e) when (e.Rule.RetryLater && _videos.TryGetStale(key, out var stale, out var stored))
        {
            return stale with { StaleSince = stored, Attempts = [.. e.Attempts, .. stale.Attempts.TakeLast(1)] };
        }
    }

    /// <summary>What a video is, without its formats; kept even when its addresses have expired.</summary>
    public async Task<Video> DescribeAsync(VideoUrl url, Func<Task<Video>> get) =>
        options.Enabled && _metadata.TryGet(url.Identity, out var known)
            ? known
            : (await get().ConfigureAwait(false)) with
            {
                Formats = [],
            };

    /// <summary>When a video was published; null where its platform does not say.</summary>
    public async Task<DateTimeOffset?> PublishedAtAsync(VideoUrl url, Func<Task<Video>> get) =>
        options.Enabled && _dates.TryGet(url.Identity, out var known) ? known.At : (await get().ConfigureAwait(false)).PublishedAt;

    /// <summary>Where a short link leads.</summary>
    public Task<VideoUrl> FollowAsync(VideoUrl link, Func<CancellationToken, Task<VideoUrl>> follow, CancellationToken cancellation) =>
        options.Enabled
            ? _links.GetOrFetchAsync(
                link.Identity,
                async token =>
                {
                    var target = await follow(token).ConfigureAwait(false);
                    _links.Set(link.Identity, target);
                    return target;
                },
                refresh: false,
                cancellation
            )
            : follow(cancellation);

    /// <summary>The formats worth trying, best first.</summary>
    public IReadOnlyList<MediaFormat> Choose(Video video, FormatWish wish)
    {
        var key = $"{video.Url.Identity}|{video.Strategy}|{wish.Policy}|{wish.MaxHeight}|{wish.Watermarked}";
        if (options.Enabled && _decisions.TryGet(key, out var ids))
        {
            var known = ids.Select(id => video.Formats.FirstOrDefault(f => f.Id == id)).OfType<MediaFormat>().ToList();
            if (known.Count == ids.Count && known.Count > 0)
                return known;
        }
        var chosen = FormatSelector.Choose(video, wish);
        if (options.Enabled)
            _decisions.Set(key, [.. chosen.Select(f => f.Id)]);
        return chosen;
    }

    /// <summary>Forgets a video: its addresses were refused, or somebody asks for a fresh look.</summary>
    public void Forget(VideoUrl url)
    {
        foreach (var key in (string[])[url.Identity, url.Identity + "|best"])
        {
            _videos.Remove(key);
            _shared?.Remove(key);
        }
        _metadata.Remove(url.Identity);
        _refusals.Remove(url.Identity);
    }

    async Task<Video> FetchAsync(
        string key,
        VideoUrl url,
        Func<CancellationToken, Task<Video>> resolve,
        bool refresh,
        CancellationToken cancellation
    )
    {
        if (!refresh && _shared is not null && await _shared.ReadAsync(key, cancellation).ConfigureAwait(false) is var (known, left))
            return Keep(key, url, known, left);
        try
        {
            var video = await resolve(cancellation).ConfigureAwait(false);
            var fresh = FreshFor(video);
            if (_shared is not null)
                await _shared
                    .WriteAsync(key, video, fresh < options.Videos ? fresh.Value : options.Videos, cancellation)
                    .ConfigureAwait(false);
            return Keep(key, url, video, fresh);
        }
        catch (TrawlException e) when (e.Rule.Next == NextStep.SecondOpinion)
        {
            _refusals.Set(url.Identity, e);
            throw;
        }
    }

    Video Keep(string key, VideoUrl url, Video video, TimeSpan? freshFor)
    {
        _videos.Set(key, video, freshFor);
        _metadata.Set(url.Identity, video with { Formats = [] });
        _dates.Set(url.Identity, new Published(video.PublishedAt));
        return video;
    }

    sealed record Published(DateTimeOffset? At);

    TimeSpan? FreshFor(Video video) =>
        video.Formats.Min(f => f.ExpiresAt) is { } expiry
            ? expiry - time.GetUtcNow() - Reserve is var left && left > TimeSpan.Zero
                ? left
                : TimeSpan.Zero
            : null;
}
