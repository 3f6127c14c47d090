using Microsoft.Extensions.Logging;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl;

/// <summary>Asks what a link leads to.</summary>
public sealed class VideoClient(PlatformList platforms, VideoCache cache, TrawlOptions options, ILogger logger)
{
    /// <summary>Resolves a link, short or long, to its video.</summary>
    /// <param name="link">The link.</param>
    /// <param name="refresh">Whether to ask the sources even if we know.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Failures.TrawlException">With the true reason.</exception>
    public async Task<Video> GetAsync(string link, bool refresh = false, CancellationToken cancellation = default) =>
        await GetAsync(await FollowAsync(platforms.Parse(link), cancellation).ConfigureAwait(false), refresh, cancellation)
            .ConfigureAwait(false);

    /// <summary>Resolves a post.</summary>
    /// <param name="url">The post.</param>
    /// <param name="refresh">Whether to ask the sources even if we know.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Failures.TrawlException">With the true reason.</exception>
    public async Task<Video> GetAsync(VideoUrl url, bool refresh = false, CancellationToken cancellation = default)
    {
        using var item = RequestBudget.Begin(options.Http.RequestsPerItem);
        var asked = false;
        var video = await cache.GetAsync(url, options.Format, ResolveAsync, refresh, cancellation).ConfigureAwait(false);
        if (!asked)
            foreach (var observer in options.Observers)
                observer.Known(url);
        return video;

        Task<Video> ResolveAsync(CancellationToken token)
        {
            asked = true;
            var resolving = platforms.ChainOf(url).ResolveAsync(url, options.Format, [], token);
            return options.Enrichers.Count == 0 ? resolving : EnrichAsync(resolving, token);
        }
    }

    async Task<Video> EnrichAsync(Task<Video> resolving, CancellationToken cancellation)
    {
        var video = await resolving.ConfigureAwait(false);
        foreach (var enricher in options.Enrichers)
        {
            try
            {
                video = await enricher.EnrichAsync(video, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                logger.LogWarning(e, "{Enricher} could not add to {Video}", enricher.Name, video.Url.Identity);
            }
        }
        return video;
    }

    /// <summary>What a post is, without its formats: also known while its addresses have expired.</summary>
    /// <exception cref="Failures.TrawlException">With the true reason.</exception>
    public Task<Video> DescribeAsync(VideoUrl url, CancellationToken cancellation = default) =>
        cache.DescribeAsync(url, () => GetAsync(url, refresh: false, cancellation));

    /// <summary>When a post was published; null where its platform does not say.</summary>
    /// <exception cref="Failures.TrawlException">With the true reason.</exception>
    public Task<DateTimeOffset?> PublishedAtAsync(VideoUrl url, CancellationToken cancellation = default) =>
        cache.PublishedAtAsync(url, () => GetAsync(url, refresh: false, cancellation));

    /// <summary>Follows a short link; any other link comes back as it is.</summary>
    /// <exception cref="Failures.TrawlException">When it does not lead to a single post.</exception>
    public Task<VideoUrl> FollowAsync(VideoUrl url, CancellationToken cancellation = default) =>
        url.Kind == LinkKind.Short
            ? cache.FollowAsync(url, token => platforms.FollowAsync(url, token), cancellation)
            : platforms.FollowAsync(url, cancellation);
}
