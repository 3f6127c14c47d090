using Microsoft.Extensions.Logging;
using Trawl.App.Crawls;
using Trawl.App.Resolver;
using Trawl.Http;
using Trawl.Platforms.TikTok;

namespace Trawl.App.Searches;

/// <summary>Searches TikTok by TikWM.</summary>
sealed class TikwmSearch(Network network, ILogger logger) : Searcher
{
    readonly FeedSearch _feed = new(network, logger);

    public override string Name => "tikwm";

    public override async Task<IReadOnlyList<Found>> RunAsync(string phrase, int count, CancellationToken cancellation) =>
        [
            .. (await _feed.RunAsync(phrase, count, cancellation))
                .Select(hit =>
                    TikTokUrl.Parse(hit.Address) is { } url
                        ? new Found("tiktok", hit.Id, url.Canonical, hit.Caption, TikTokUrl.TimeOf(hit.Id))
                        : null
                )
                .OfType<Found>()
                .Take(count),
        ];
}
