using System.Security.Cryptography;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl.Downloads;

/// <summary>Fetches the pictures of a photo post, each from the first of its addresses that brings a whole one.</summary>
sealed class PhotoFetcher(Network network)
{
    const int LargestPhoto = 20 << 20;

    static readonly Session Session = Session.Desktop with { Referer = new Uri("https://www.tiktok.com/") };

    /// <summary>Fetches one picture; one that an earlier run brought is taken as it is.</summary>
    /// <param name="photo">The picture.</param>
    /// <param name="stem">Its path without an extension.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TrawlException">The first address's failure.</exception>
    public async Task<PhotoFile> FetchAsync(Photo photo, string stem, CancellationToken cancellation)
    {
        if (Remains(stem) is { } whole)
            return whole;
        TrawlException? first = null;
        foreach (var address in photo.Addresses)
        {
            try
            {
                return await FetchAsync(address, stem, cancellation).ConfigureAwait(false);
            }
            catch (TrawlException e) when (e.Rule.Next != NextStep.Stop)
            {
                first ??= e;
            }
        }
        throw first ?? new TrawlException(FailureKind.LayoutChanged, "A picture has no address.");
    }

    async Task<PhotoFile> FetchAsync(Uri address, string stem, CancellationToken cancellation)
    {
        var reply = await network.Visit(Session).OpenAsync(new VisitRequest(address), cancellation).ConfigureAwait(false);
        await using (reply.ConfigureAwait(false))
        {
            if (!reply.IsSuccess)
                throw Refused(reply);
            var picture = await reply.ReadPageAsync(LargestPhoto).ConfigureAwait(false);
            RequestBudget.Refund(); // a post of 35 pictures may have them
            var path = $"{stem}.{PictureCheck.Extension(picture.Span)}";
            DurableFile.Write(path, picture.Span);
            return Described(path, picture.Span);
        }
    }

    // files are written whole, so whatever stands there is
    static PhotoFile? Remains(string stem)
    {
        foreach (var extension in (string[])["jpg", "png", "webp"])
            if (File.Exists($"{stem}.{extension}"))
                return Described($"{stem}.{extension}", File.ReadAllBytes($"{stem}.{extension}"));
        return null;
    }

    static PhotoFile Described(string path, ReadOnlySpan<byte> picture) =>
        new(path, picture.Length, Convert.ToHexStringLower(SHA256.HashData(picture)));

    static TrawlException Refused(VisitReply reply)
    {
        var status = (int)reply.Status;
        var kind = status switch
        {
            401 or 403 or 410 => FailureKind.AddressExpired,
            429 => FailureKind.RateLimited,
            _ => FailureKind.UpstreamError,
        };
        return new TrawlException(kind, $"{reply.Address.Host} answered with status {status} instead of a picture.")
        {
            Detail = $"STREAM_ERROR_HTTP_{status}",
            RetryAfter = reply.RetryAfter,
        };
    }
}
