using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl;

/// <summary>What became of one of many links.</summary>
/// <param name="Link">The link as it was given.</param>
/// <param name="Video">The video; null when it failed.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
public sealed record ResolvedLink(string Link, Video? Video, TrawlException? Failure);

/// <summary>Asks what a link leads to.</summary>
public sealed class VideoClient(PlatformList platforms, VideoCache cache, TrawlOptions options, ILogger logger, TimeProvider time)
{
    /// <summary>Resolves a link, short or long, to its video.</summary>
    /// <param name="link">The link.</param>
    /// <param name="refresh">Whether to ask the sources even if we know.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TrawlException">With the true reason.</exception>
    public async Task<Video> GetAsync(string link, bool refresh = false, CancellationToken cancellation = default) =>
        await GetAsync(await FollowAsync(platforms.Parse(link), cancellation).ConfigureAwait(false), refresh, cancellation)
            .ConfigureAwait(false);

    /// <summary>Resolves a post.</summary>
    /// <param name="url">The post.</param>
    /// <param name="refresh">Whether to ask the sources even if we know.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TrawlException">With the true reason.</exception>
    public async Task<Video> GetAsync(VideoUrl url, bool refresh = false, CancellationToken cancellation = default)
    {
        using var item = RequestBudget.Begin(options.Http.RequestsPerItem);
        using var operation = new Operation("resolve", url, time);
        var asked = false;
        try
        {
            var video = await cache.GetAsync(url, options.Format, ResolveAsync, refresh, cancellation).ConfigureAwait(false);
            operation.Succeed(
                asked ? "miss"
                : video.IsStale ? "stale"
                : "hit"
            );
            if (!asked)
                foreach (var observer in options.Observers)
                    observer.Known(url);
            return video;
        }
        catch (TrawlException e)
        {
            throw operation.Fail(e);
        }

        Task<Video> ResolveAsync(CancellationToken token)
        {
            asked = true;
            var resolving = platforms.ChainOf(url).ResolveAsync(url, options.Format, [], token);
            return options.Enrichers.Count == 0 ? resolving : EnrichAsync(resolving, token);
        }
    }

    /// <summary>Resolves many links, a few at a time; one that fails stops no other.</summary>
    /// <param name="links">The links.</param>
    /// <param name="parallel">How many at a time. Default: 5.</param>
    /// <param name="cancellation">Stops those that run and lets no further one begin.</param>
    /// <returns>What became of each link, in the order they were given.</returns>
    public async Task<IReadOnlyList<ResolvedLink>> GetAllAsync(
        IEnumerable<string> links,
        int parallel = 5,
        CancellationToken cancellation = default
    )
    {
        var all = links.Select(link => new ResolvedLink(link, null, null)).ToArray();
        var width = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation };
        await Parallel
            .ForAsync(
                0,
                all.Length,
                width,
                async (i, token) =>
                {
                    try
                    {
                        all[i] = all[i] with { Video = await GetAsync(all[i].Link, refresh: false, token).ConfigureAwait(false) };
                    }
                    catch (TrawlException e)
                    {
                        all[i] = all[i] with { Failure = e };
                    }
                }
            )
            .ConfigureAwait(false);
        return all;
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
    /// <exception cref="TrawlException">With the true reason.</exception>
    public Task<Video> DescribeAsync(VideoUrl url, CancellationToken cancellation = default) =>
        cache.DescribeAsync(url, () => GetAsync(url, refresh: false, cancellation));

    /// <summary>When a post was published; null where its platform does not say.</summary>
    /// <exception cref="TrawlException">With the true reason.</exception>
    public Task<DateTimeOffset?> PublishedAtAsync(VideoUrl url, CancellationToken cancellation = default) =>
        cache.PublishedAtAsync(url, () => GetAsync(url, refresh: false, cancellation));

    /// <summary>Follows a short link; any other link comes back as it is.</summary>
    /// <exception cref="TrawlException">When it does not lead to a single post.</exception>
    public async Task<VideoUrl> FollowAsync(VideoUrl url, CancellationToken cancellation = default)
    {
        if (url.Kind != LinkKind.Short)
            return await platforms.FollowAsync(url, cancellation).ConfigureAwait(false);
        using var operation = new Operation("follow", url, time);
        try
        {
            var target = await cache.FollowAsync(url, token => platforms.FollowAsync(url, token), cancellation).ConfigureAwait(false);
            operation.Succeed();
            return target;
        }
        catch (TrawlException e)
        {
            throw operation.Fail(e);
        }
    }
}
