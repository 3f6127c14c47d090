using Trawl.App.Crawls;
using Trawl.Http;

namespace Trawl.App.Searches;

/// <summary>Searches TikTok by TikWM.</summary>
sealed class TikwmSearch(Network network) : Searcher
{
    readonly TikwmFeed _feed = new(network);

    public override string Name => "tikwm";

    public override async Task<IReadOnlyList<Found>> RunAsync(string phrase, int count, CancellationToken cancellation) =>
        [.. (await _feed.RunAsync(phrase, count, cancellation)).Select(Found.OnTikTok).OfType<Found>().Take(count)];
}
