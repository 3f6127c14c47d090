using System.Text.RegularExpressions;

namespace Trawl.Failures;

/// <summary>Texts as they may appear in a log or an error: addresses without query, user info and signatures, headers and cookies without their values.</summary>
public static partial class Masking
{
    const int ShortestSignature = 32;

    /// <summary>Scheme, host and path of an address; the query becomes <c>?…</c>, long hexadecimal path segments become <c>…</c>.</summary>
    public static string Masked(this Uri address)
    {
        if (!address.IsAbsoluteUri)
            return "(relative address)";
        // /4cc86938b3e2a3695b9127eb86b397b6/61aa0823/video/tos/…
        var path = string.Join(
            '/',
            address.AbsolutePath.Split('/').Select(s => s.Length >= ShortestSignature && s.All(char.IsAsciiHexDigit) ? "…" : s)
        );
        var port = address.IsDefaultPort ? "" : $":{address.Port}";
        return $"{address.Scheme}://{address.Host}{port}{path}{(address.Query.Length > 1 ? "?…" : "")}";
    }

    /// <summary>A text whose addresses are masked, and whose secrets are gone.</summary>
    public static string Masked(string text)
    {
        var masked = Address().Replace(text, m => Uri.TryCreate(m.Value, UriKind.Absolute, out var uri) ? uri.Masked() : "(address)");
        return Secret().Replace(masked, m => $"{m.Groups["name"].Value}{m.Groups["sign"].Value}…");
    }

    /// <summary>A link as somebody gave it, without user info and without the values of parameters that are secrets by their names.</summary>
    public static string MaskedLink(string link) =>
        SecretParameter().Replace(UserInfo().Replace(link, "${scheme}"), m => $"{m.Groups["name"].Value}…");

    // https://user:password@host/
    [GeneratedRegex(@"(?<scheme>://)[^/@\s]+@", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex UserInfo();

    // ?access_token=... &sig=...
    [GeneratedRegex(
        @"(?<name>[?&][^=&#\s]*(token|secret|passw|key|sig|auth|session)[^=&#\s]*=)[^&#\s]+",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex SecretParameter();

    // https://v16.example/4cc8.../video/?a=1&signature=...
    [GeneratedRegex(@"https?://[^\s""'<>)]+", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    // Cookie: tt_chain_token=...; sid=... | Authorization: Bearer ... | signature=...
    [GeneratedRegex(
        @"(?<name>\b(set-)?cookie|\bauthorization|\b(tt_chain_token|sessionid|mstoken|ttwid|signature|api[-_]?key|x-api-key|password|secret|access_token))(?<sign>\s*[:=]\s*)[^\r\n,]+",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Secret();
}
