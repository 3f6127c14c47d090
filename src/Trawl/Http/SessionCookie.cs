using System.Globalization;

namespace Trawl.Http;

/// <summary>A cookie and the hosts it may go to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; a secret.</param>
/// <param name="Domain">The host that set it, or the parent domain it named, without a leading dot.</param>
/// <param name="HostOnly">Whether it goes to exactly <paramref name="Domain"/>, not to hosts below it.</param>
/// <param name="Path">The path it is limited to.</param>
/// <param name="Secure">Whether it goes over https only.</param>
/// <param name="Expires">When it ends; null at the end of the session.</param>
public sealed record SessionCookie(
    string Name,
    string Value,
    string Domain,
    bool HostOnly,
    string Path,
    bool Secure,
    DateTimeOffset? Expires
)
{
    /// <summary>Whether the cookie may be sent to an address.</summary>
    public bool GoesTo(Uri address, DateTimeOffset now) =>
        (Expires is null || Expires > now)
        && (!Secure || address.Scheme == Uri.UriSchemeHttps)
        && (HostOnly ? address.Host == Domain : IsBelow(address.Host, Domain))
        && address.AbsolutePath.StartsWith(Path, StringComparison.Ordinal);

    /// <summary>Reads a <c>Set-Cookie</c> header as RFC 6265 does; null when it is malformed or claims a domain that is not the sender's.</summary>
    public static SessionCookie? Parse(string header, Uri sender, DateTimeOffset now)
    {
        var parts = header.Split(';', StringSplitOptions.TrimEntries);
        var equals = parts[0].IndexOf('=');
        if (equals <= 0 || header.Length > 8192)
            return null;

        var cookie = new SessionCookie(parts[0][..equals], parts[0][(equals + 1)..], sender.Host, true, "/", false, null);
        foreach (var part in parts.Skip(1))
        {
            var split = part.IndexOf('=');
            var value = split < 0 ? "" : part[(split + 1)..];
            switch ((split < 0 ? part : part[..split]).ToLowerInvariant())
            {
                case "domain" when value.Length > 0:
                    var domain = value.TrimStart('.').ToLowerInvariant();
                    if (!domain.Contains('.') || !IsBelow(sender.Host, domain))
                        return null;
                    cookie = cookie with { Domain = domain, HostOnly = false };
                    break;
                case "path" when value.StartsWith('/'):
                    cookie = cookie with { Path = value };
                    break;
                case "secure":
                    cookie = cookie with { Secure = true };
                    break;
                case "max-age" when long.TryParse(value, out var seconds):
                    cookie = cookie with { Expires = now.AddSeconds(Math.Clamp(seconds, -1, 400 * 86_400L)) };
                    break;
                case "expires"
                    when cookie.Expires is null
                        && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at):
                    cookie = cookie with { Expires = at };
                    break;
            }
        }
        return cookie;
    }

    static bool IsBelow(string host, string domain) =>
        host == domain || (host.EndsWith(domain, StringComparison.Ordinal) && host[^(domain.Length + 1)] == '.');
}
