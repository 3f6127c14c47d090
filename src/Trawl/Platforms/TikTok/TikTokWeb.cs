using System.Net;
using System.Text;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>The strategy <c>web</c>: reads the post's own page, as a browser would get it; the phone's page where the desktop's says nothing.</summary>
sealed class TikTokWeb(Network network, bool keepRaw) : Strategy
{
    static readonly Uri Referer = new("https://www.tiktok.com/");

    public override string Name => "web";

    public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        try
        {
            return await ResolveAsync(url, Session.Desktop, cancellation).ConfigureAwait(false);
        }
        catch (TrawlException e) when (e.Kind is FailureKind.Blocked or FailureKind.LayoutChanged)
        {
            // The phone's page is often served in full where the desktop's is a stub.
            return await ResolveAsync(url, Session.Mobile, cancellation).ConfigureAwait(false);
        }
    }

    async Task<Video> ResolveAsync(VideoUrl url, Session session, CancellationToken cancellation)
    {
        var visit = network.Visit(session);
        var request = new VisitRequest(url.Canonical) { MayVisit = next => TikTokUrl.IsHost(next.Host) };
        var (reply, html) = await visit.GetPageAsync(request, cancellation).ConfigureAwait(false);
        Judge(reply, url);
        var video = Parse(html, url, visit.Session with { Referer = Referer });
        return keepRaw ? video with { Raw = Encoding.UTF8.GetString(TikTokPage.Data(html.Span)) } : video;
    }

    Video Parse(ReadOnlyMemory<byte> html, VideoUrl url, Session session)
    {
        try
        {
            return TikTokPage.Parse(html.Span, url, session);
        }
        catch (TrawlException e) when (e.Kind is FailureKind.Challenged or FailureKind.Blocked)
        {
            network.Gate.SlowDown(url.Canonical.Host);
            throw;
        }
    }

    static void Judge(VisitReply reply, VideoUrl url)
    {
        if (reply.Address.AbsolutePath.StartsWith("/login", StringComparison.Ordinal))
            throw new TrawlException(FailureKind.LoginRequired, $"TikTok asks for a login before it shows {url.Identity}.");
        if (reply.Address.AbsolutePath.EndsWith("/about", StringComparison.Ordinal))
            throw new TrawlException(FailureKind.Blocked, "TikTok sends this network to its about page.");
        if (!reply.IsSuccess)
            throw HttpStatus.Failure(reply, "TikTok");
        if (reply.Status == HttpStatusCode.NoContent)
            throw new TrawlException(FailureKind.Blocked, "TikTok answered with nothing.");
    }
}
