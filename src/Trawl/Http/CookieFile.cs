using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>Cookies in the file format of Netscape, as browsers' export tools, curl and yt-dlp write and read it.</summary>
public static class CookieFile
{
    const string HttpOnly = "#HttpOnly_";
    const int LongestLine = 16 * 1024;

    /// <summary>Reads cookies.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the line but never what is in it.</exception>
    public static ImmutableArray<SessionCookie> Parse(string text)
    {
        var cookies = ImmutableArray.CreateBuilder<SessionCookie>();
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.TrimEnd('\r');
            if (line.StartsWith(HttpOnly, StringComparison.Ordinal))
                line = line[HttpOnly.Length..];
            else if (line.StartsWith('#') || string.IsNullOrWhiteSpace(line))
                continue;
            cookies.Add(
                ReadLine(line) ?? throw new TrawlException(FailureKind.Configuration, $"Line {number} of the cookie file is no cookie.")
            );
        }
        return cookies.DrainToImmutable();
    }

    /// <summary>Writes cookies; the text holds secrets.</summary>
    public static string Write(IEnumerable<SessionCookie> cookies)
    {
        var text = new StringBuilder("# Netscape HTTP Cookie File\n");
        foreach (var cookie in cookies)
            text.Append(
                    string.Join(
                        '\t',
                        cookie.HostOnly ? cookie.Domain : "." + cookie.Domain,
                        cookie.HostOnly ? "FALSE" : "TRUE",
                        cookie.Path,
                        cookie.Secure ? "TRUE" : "FALSE",
                        (cookie.Expires?.ToUnixTimeSeconds() ?? 0).ToString(CultureInfo.InvariantCulture),
                        cookie.Name,
                        cookie.Value
                    )
                )
                .Append('\n');
        return text.ToString();
    }

    // .tiktok.com  TRUE  /  TRUE  1790000000  ttwid  VALUE
    static SessionCookie? ReadLine(string line)
    {
        if (
            line.Length > LongestLine
            || line.Split('\t') is not [var domain, var below, var path, var secure, var expires, var name, var value]
        )
            return null;
        var host = domain.TrimStart('.').ToLowerInvariant();
        if (!host.Contains('.') || !path.StartsWith('/') || name.Length == 0 || (name + value).Any(c => char.IsControl(c) || c == ';'))
            return null;
        if (below is not ("TRUE" or "FALSE") || secure is not ("TRUE" or "FALSE"))
            return null;
        if (
            !double.TryParse(expires, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < -1 or > 253_402_300_799
        )
            return null;
        DateTimeOffset? end = seconds <= 0 ? null : DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        return new SessionCookie(name, value, host, below == "FALSE", path, secure == "TRUE", end);
    }
}
