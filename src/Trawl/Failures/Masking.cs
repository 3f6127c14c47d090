namespace Trawl.Failures;

/// <summary>Addresses as they may appear in a log or an error: without query, user info and signatures.</summary>
public static class Masking
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
}
