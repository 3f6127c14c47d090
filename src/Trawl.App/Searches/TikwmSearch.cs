using Microsoft.Extensions.Logging;
using Trawl.App.Crawls;
using Trawl.App.Resolver;
using Trawl.Http;

namespace Trawl.App.Searches;

/// <summary>Searches TikTok by TikWM.</summary>
sealed class TikwmSearch(Network network, ILogger logger) : Searcher
{
    readonly FeedSearch _feed = new(network, logger);

    public override string Name => "tikwm";

    public override async Task<IReadOnlyList<Found>> RunAsync(string phrase, int count, CancellationToken cancellation) =>
        [.. (await _feed.RunAsync(phrase, count, cancellation)).Select(Found.OnTikTok).OfType<Found>().Take(count)];
}
