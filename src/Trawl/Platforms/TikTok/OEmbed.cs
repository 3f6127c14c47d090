using System.Net;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>TikTok's oEmbed endpoint: needs no login, is rarely limited, and knows whether a post exists.</summary>
sealed class OEmbed(Network network) : Witness
{
    public override string Name => "oembed";

    public override async Task<bool?> ExistsAsync(VideoUrl url, CancellationToken cancellation)
    {
        var address = new Uri("https://www.tiktok.com/oembed?url=" + Uri.EscapeDataString(url.Canonical.AbsoluteUri));
        try
        {
            var (reply, body) = await network
                .Visit(Session.Desktop)
                .GetPageAsync(new VisitRequest(address), cancellation)
                .ConfigureAwait(false);
            return reply.Status switch
            {
                HttpStatusCode.OK => body.Span.IndexOf("\"embed_product_id\""u8) >= 0 ? true : null,
                HttpStatusCode.BadRequest or HttpStatusCode.NotFound => false,
                _ => null,
            };
        }
        catch (TrawlException e) when (e.Kind != FailureKind.Canceled)
        {
            return null; // a witness that cannot be reached has seen nothing
        }
    }
}
