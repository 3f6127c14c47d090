using System.Net;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Browser.TikTok;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms.TikTok;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Browser.TikTok;

/// <summary>The strategy <c>browser</c>: opens the post's page in a real browser; where that shows nothing, asks TikVid with it, as a resolver service does.</summary>
/// <param name="pool">Its browsers; they end with it.</param>
/// <param name="engine">Which family of browsers.</param>
/// <param name="profile">A profile; null for none.</param>
public sealed class BrowserStrategy(BrowserPool pool, BrowserEngine engine = BrowserEngine.Chromium, BrowserProfile? profile = null)
    : Strategy,
        IAsyncDisposable
{
    static readonly Door Page = TikTokDoors.Page;

    readonly PageVisit _visit = new(pool, engine, profile);
    readonly TikVid _tikVid = new(pool);

    /// <inheritdoc/>
    public override string Name => "browser";

    /// <inheritdoc/>
    public override string? Obstacle => _visit.Obstacle;

    /// <summary>Ends its browsers.</summary>
    public ValueTask DisposeAsync() => pool.DisposeAsync();

    /// <inheritdoc/>
    public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        try
        {
            var shown = await _visit
                .OpenAsync(url.Canonical, way: null, html => TikTokPage.HasData(html.Span), cancellation)
                .ConfigureAwait(false);
            var reply = new DoorReply(HttpStatusCode.OK, url.Canonical, [], shown.Html, shown.Session);
            var video = Page.Read(reply, url) with { Door = Page.Name };
            if (video.IsPhotoPost || FormatSelector.Choose(video, wish).Count > 0)
                return video;
        }
        catch (TrawlException e) when (e.Rule.Next == NextStep.NextStrategy)
        {
            // TikVid may know it
        }
        return await AskTikVidAsync(url, cancellation).ConfigureAwait(false);
    }

    async Task<Video> AskTikVidAsync(VideoUrl url, CancellationToken cancellation)
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
            Door = "tikvid",
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
