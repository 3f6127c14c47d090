using Trawl.Failures;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>Follows a short link hop by hop; every hop must be TikTok's own and none but the last is fetched for its content.</summary>
sealed class ShortLink(Network network)
{
    const int MostHops = 5;

    public async Task<VideoUrl> FollowAsync(VideoUrl url, CancellationToken cancellation)
    {
        var visit = network.Visit(Session.LinkPreview);
        var address = url.Canonical;
        for (var hop = 0; hop < MostHops; hop++)
        {
            var next = await NextAsync(visit, address, url, cancellation).ConfigureAwait(false);
            if (!TikTokUrl.IsHost(next.Host))
                throw new TrawlException(FailureKind.RefusedAddress, $"The short link {url.Id} leads away from TikTok, to {next.Host}.");
            next = Unwrap(next);
            var target = TikTokUrl.Parse(next.AbsoluteUri);
            if (next.AbsolutePath == "/")
                throw new TrawlException(FailureKind.Gone, $"The short link {url.Id} leads nowhere any more.");
            if (target?.Kind == LinkKind.Login)
                throw new TrawlException(FailureKind.LoginRequired, $"TikTok asks for a login before it follows {url.Id}.");
            if (target is not null && target.Kind is not (LinkKind.Short or LinkKind.Other))
                return target;
            address = next;
        }
        throw new TrawlException(FailureKind.UpstreamError, $"The short link {url.Id} redirects more than {MostHops} times.");
    }

    static async Task<Uri> NextAsync(Visit visit, Uri address, VideoUrl url, CancellationToken cancellation)
    {
        var reply = await visit.OpenAsync(new VisitRequest(address) { Follow = false }, cancellation).ConfigureAwait(false);
        await using (reply.ConfigureAwait(false))
        {
            if ((int)reply.Status is >= 300 and < 400 && Uri.TryCreate(address, reply.Location, out var next))
                return next;
            if (reply.IsSuccess)
                throw new TrawlException(FailureKind.UnsupportedLink, $"The short link {url.Id} leads to no video.");
            throw HttpStatus.Failure(reply, "TikTok");
        }
    }

    // /login?redirect_url=https%3A%2F%2Fwww.tiktok.com%2F%40u%2Fvideo%2F7106798200794926362
    static Uri Unwrap(Uri address)
    {
        const string Key = "redirect_url=";
        var at = address.Query.IndexOf(Key, StringComparison.Ordinal);
        if (at < 0 || !address.AbsolutePath.StartsWith("/login", StringComparison.Ordinal))
            return address;
        var value = address.Query[(at + Key.Length)..].Split('&')[0];
        return Uri.TryCreate(Uri.UnescapeDataString(value), UriKind.Absolute, out var inner) && TikTokUrl.IsHost(inner.Host)
            ? inner
            : address;
    }
}
