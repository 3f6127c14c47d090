using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Trawl.App.Resolver.Requests;

/// <summary>
/// An address as browsers read it (the WHATWG URL standard), normalised: lower-case scheme and host, default port dropped, <c>/</c> for an empty
/// path, what must not stand there percent-encoded. <c>HTTPS://WWW.TikTok.com:443/@Us er</c> is <c>https://www.tiktok.com/@Us%20er</c>.
/// </summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="Host">In lower case and ASCII; empty where there is none.</param>
/// <param name="Path">From its slash on, without query and fragment.</param>
/// <param name="Text">All of it.</param>
sealed record WebAddress(string Scheme, string Host, string Path, string Text)
{
    const string Relative = "relative URL without a base";
    const int Longest = 64 * 1024;

    static readonly Dictionary<string, int?> Special = new(StringComparer.Ordinal)
    {
        ["http"] = 80,
        ["https"] = 443,
        ["ws"] = 80,
        ["wss"] = 443,
        ["ftp"] = 21,
        ["file"] = null,
    };

    /// <summary>Reads an address.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="error">What is wrong, in the words clients know; empty when nothing is.</param>
    public static WebAddress? Parse(string text, out string error)
    {
        try
        {
            error = "";
            return Parse(text);
        }
        catch (FormatException e)
        {
            error = e.Message;
            return null;
        }
    }

    static WebAddress Parse(string text)
    {
        if (text.Length == 0)
            throw new FormatException("input is empty");
        if (text.Length > Longest)
            throw new FormatException("input is too long");
        var rest = text.Trim([.. Enumerable.Range(0, 33).Select(i => (char)i)]);
        rest = rest.Replace("\t", "", StringComparison.Ordinal).ReplaceLineEndings("");
        var colon = rest.IndexOf(':');
        if (colon <= 0 || !char.IsAsciiLetter(rest[0]) || !rest.AsSpan(0, colon).ToString().All(IsOfScheme))
            throw new FormatException(Relative);
        var scheme = rest[..colon].ToLowerInvariant();
        rest = rest[(colon + 1)..];
        var (body, query, fragment) = Split(rest);
        var isSpecial = Special.ContainsKey(scheme);
        var tail = Tail(query, fragment, isSpecial);
        if (!isSpecial && !body.StartsWith("//", StringComparison.Ordinal))
        {
            var opaque = body.StartsWith('/') ? Resolved(body) : Encoded(body, "");
            return new WebAddress(scheme, "", opaque, $"{scheme}:{opaque}{tail}");
        }
        if (isSpecial)
            body = body.Replace('\\', '/');
        body =
            isSpecial && scheme != "file" ? body.TrimStart('/')
            : body.StartsWith("//", StringComparison.Ordinal) ? body[2..]
            : body;
        var slash = body.IndexOf('/') is >= 0 and var found ? found : body.Length;
        var (user, place) = Authority(body[..slash]);
        var (host, port) = HostAndPort(place, scheme, isSpecial);
        var path = slash == body.Length && !isSpecial ? "" : Resolved(body[slash..]);
        return new WebAddress(scheme, host, path, $"{scheme}://{user}{host}{port}{path}{tail}");
    }

    static bool IsOfScheme(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.';

    static (string Body, string? Query, string? Fragment) Split(string rest)
    {
        string? query = null;
        string? fragment = null;
        if (rest.IndexOf('#') is >= 0 and var hash)
            (rest, fragment) = (rest[..hash], rest[(hash + 1)..]);
        if (rest.IndexOf('?') is >= 0 and var mark)
            (rest, query) = (rest[..mark], rest[(mark + 1)..]);
        return (rest, query, fragment);
    }

    static string Tail(string? query, string? fragment, bool isSpecial) =>
        (query is null ? "" : "?" + Encoded(query, isSpecial ? " \"#<>'" : " \"#<>"))
        + (fragment is null ? "" : "#" + Encoded(fragment, " \"<>`"));

    static (string User, string Place) Authority(string authority)
    {
        if (authority.LastIndexOf('@') is not (>= 0 and var at))
            return ("", authority);
        const string Refused = " \"#<>?`{}/:;=@[\\]^|";
        var parts = authority[..at].Split(':', 2);
        var name = Encoded(parts[0], Refused);
        var secret = parts.Length > 1 ? Encoded(parts[1], Refused) : "";
        var user =
            name.Length + secret.Length == 0 ? ""
            : secret.Length == 0 ? $"{name}@"
            : $"{name}:{secret}@";
        return (user, authority[(at + 1)..]);
    }

    static (string Host, string Port) HostAndPort(string place, string scheme, bool isSpecial)
    {
        var end =
            place.StartsWith('[') ? place.IndexOf(']') + 1
            : place.IndexOf(':') is >= 0 and var colon ? colon
            : place.Length;
        if (place.StartsWith('[') && end == 0)
            throw new FormatException("invalid IPv6 address");
        var host = HostOf(place[..end], scheme, isSpecial);
        var port = place[end..];
        if (port.Length > 0 && port[0] != ':')
            throw new FormatException("invalid port number");
        if (port.Length < 2)
            return (host, "");
        if (!port.Skip(1).All(char.IsAsciiDigit) || !ushort.TryParse(port.AsSpan(1), CultureInfo.InvariantCulture, out var number))
            throw new FormatException("invalid port number");
        return (host, Special.GetValueOrDefault(scheme) == number ? "" : $":{number}");
    }

    static string HostOf(string text, string scheme, bool isSpecial)
    {
        if (text.StartsWith('['))
            return IPAddress.TryParse(text, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6 && !text.Contains('%')
                ? $"[{new IPAddress(six.GetAddressBytes())}]"
                : throw new FormatException("invalid IPv6 address");
        if (text.Length == 0)
            return isSpecial && scheme != "file" ? throw new FormatException("empty host") : "";
        if (!isSpecial)
            return Encoded(text, "");
        var host = Ascii(Uri.UnescapeDataString(text));
        if (host.AsSpan().IndexOfAny(" #/:<>?@[\\]^|%\"`{}\u007f") >= 0 || host.Any(char.IsControl))
            throw new FormatException("invalid domain character");
        return LooksLikeNumber(host) ? FourParts(host) : host;
    }

    static string Ascii(string host)
    {
        try
        {
            return host.All(char.IsAscii)
                ? host.ToLowerInvariant()
                : new IdnMapping().GetAscii(host.Normalize(NormalizationForm.FormKC).ToLowerInvariant());
        }
        catch (ArgumentException e)
        {
            throw new FormatException("invalid international domain name", e);
        }
    }

    // a name whose last part is a number is an address or nothing
    static bool LooksLikeNumber(string host)
    {
        var last = host.TrimEnd('.').Split('.')[^1];
        return last.Length > 0
            && (last.All(char.IsAsciiDigit) || (last.StartsWith("0x", StringComparison.Ordinal) && last.Skip(2).All(char.IsAsciiHexDigit)));
    }

    // 127.1, 0x7f.0.0.1 and 2130706433 are all 127.0.0.1
    static string FourParts(string host)
    {
        var parts = (host.EndsWith('.') ? host[..^1] : host).Split('.');
        var numbers = parts.Select(Number).ToArray();
        if (parts.Length > 4 || numbers[..^1].Any(n => n > 255) || numbers[^1] >= 1L << (8 * (5 - parts.Length)))
            throw new FormatException("invalid IPv4 address");
        var address = numbers[^1];
        for (var i = 0; i < parts.Length - 1; i++)
            address += numbers[i] << (8 * (3 - i));
        return $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";
    }

    static long Number(string part)
    {
        var (digits, radix) = part switch
        {
            ['0', 'x' or 'X', ..] => (part[2..], 16),
            ['0', _, ..] => (part[1..], 8),
            _ => (part, 10),
        };
        var number = 0L;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32($"{c}", 16) : radix;
            if (digit >= radix || number > uint.MaxValue)
                throw new FormatException("invalid IPv4 address");
            number = (number * radix) + digit;
        }
        return part.Length == 0 ? throw new FormatException("invalid IPv4 address") : number;
    }

    // "." and ".." are gone
    static string Resolved(string path)
    {
        var parts = new List<string>();
        var given = (path.Length == 0 ? "/" : path)[1..].Split('/');
        for (var i = 0; i < given.Length; i++)
        {
            var plain = given[i].Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
            if (plain == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            if (plain is not ("." or ".."))
                parts.Add(Encoded(given[i], " \"#<>?`{}"));
            else if (i == given.Length - 1)
                parts.Add("");
        }
        return "/" + string.Join('/', parts);
    }

    static string Encoded(string text, string refused)
    {
        var encoded = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            if (rune.IsAscii && rune.Value is > 0x1f and < 0x7f && !refused.Contains((char)rune.Value, StringComparison.Ordinal))
                encoded.Append((char)rune.Value);
            else
                foreach (var b in Encoding.UTF8.GetBytes(rune.ToString()))
                    encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        return encoded.ToString();
    }
}
