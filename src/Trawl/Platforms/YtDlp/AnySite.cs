using System.Net;
using System.Security.Cryptography;
using System.Text;
using Trawl.Videos;

namespace Trawl.Platforms.YtDlp;

/// <summary>Any other site: whatever yt-dlp has an extractor for. Asked last.</summary>
static class AnySite
{
    public const string Name = "generic";

    const int LongestLink = 2048;

    public static Platform Create(PlatformParts parts) =>
        new()
        {
            Name = Name,
            DisplayName = "any other site",
            Capabilities = new PlatformCapabilities { Metadata = true },
            Parse = Parse,
            // without "generic", which fetches whatever a page names
            Strategies = [new YtDlpStrategy(parts, extractors: "all,-generic")],
        };

    public static VideoUrl? Parse(string link)
    {
        link = link.Trim();
        if (link.Length is 0 or > LongestLink || link.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            return null;
        if (!Uri.TryCreate(link, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            return null;
        if (uri.UserInfo.Length > 0 || !uri.IsDefaultPort || !IsName(HostName.Of(uri)))
            return null;
        var address = new UriBuilder(uri) { Fragment = "" }.Uri;
        return new VideoUrl(Name, LinkKind.Video, Fingerprint(address), null, address);
    }

    // a public name: not an address, not a single label
    static bool IsName(string host) => host.Contains('.') && !host.EndsWith('.') && !IPAddress.TryParse(host, out _);

    static string Fingerprint(Uri address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.AbsoluteUri)))[..16];
}
