using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Browser.TikTok;
using Trawl.Http;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Browser;

/// <summary>The strategy <c>browser</c>: what a resolver service does, inside this process.</summary>
/// <param name="pool">Its browsers; they end with it.</param>
/// <param name="engine">Which family.</param>
/// <param name="profile">A profile; null for none.</param>
public sealed class BrowserStrategy(BrowserPool pool, BrowserEngine engine = BrowserEngine.Chromium, BrowserProfile? profile = null)
    : Strategy,
        IAsyncDisposable
{
    readonly TikVid _tikVid = new(pool);

    /// <inheritdoc/>
    public override string Name => "browser";

    /// <inheritdoc/>
    public override string? Obstacle => BrowserPrograms.Find(pool.Options, engine) is null ? "no browser is installed" : null;

    /// <summary>Ends its browsers.</summary>
    public ValueTask DisposeAsync() => pool.DisposeAsync();

    /// <inheritdoc/>
    public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        var warm = profile is { IsWarm: true } ? profile : null;
        var found = await _tikVid.ResolveAsync(url.Canonical.AbsoluteUri, engine, headful: false, warm, cancellation).ConfigureAwait(false);
        return new Video
        {
            Url = url,
            Id = url.Id!,
            Caption = found.Title ?? "",
            Author = new Author { Handle = url.User },
            Cover = found.Cover,
            Formats =
            [
                new MediaFormat
                {
                    Id = "tikvid",
                    Addresses = [found.Address],
                    Session = Session.Desktop,
                    Size = found.Size > 0 ? found.Size : null,
                },
            ],
        };
    }
}
