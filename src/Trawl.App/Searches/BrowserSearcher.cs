using Trawl.App.Crawls;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.TikTok;

namespace Trawl.App.Searches;

/// <summary>Searches TikTok by a browser of our own.</summary>
sealed class BrowserSearcher(BrowserPool pool) : Searcher
{
    const int MostHeadless = 15;

    readonly BrowserSearch _search = new(pool);

    public override string Name => "browser";

    public override string? Obstacle => Engine is null ? "no browser is installed" : null;

    BrowserEngine? Engine =>
        BrowserPrograms.Find(pool.Options, BrowserEngine.Chromium) is not null ? BrowserEngine.Chromium
        : BrowserPrograms.Find(pool.Options, BrowserEngine.Camoufox) is not null ? BrowserEngine.Camoufox
        : null;

    public override async Task<IReadOnlyList<Found>> RunAsync(string phrase, int count, CancellationToken cancellation)
    {
        var wish = new BrowserWish(Engine ?? BrowserEngine.Chromium, Headful: count > MostHeadless);
        var hits = await _search.RunAsync(phrase, count, wish, profile: null, found: null, cancellation);
        return [.. hits.Select(Found.OnTikTok).OfType<Found>()];
    }
}
