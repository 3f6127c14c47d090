using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Trawl.App.Resolver.Doors;

/// <summary>
/// Who may make the service act. Any page a person opens can send requests to this machine: one that carries a foreign origin, or reached us by
/// a public name that was made to point here, is turned away.
/// </summary>
/// <param name="origins">Origins that may act besides our own.</param>
/// <param name="hosts">Names we are reached by, besides the local ones.</param>
/// <param name="token">What must be shown to browse when we can be reached from other machines.</param>
/// <param name="isOpen">Whether we can be reached from other machines.</param>
sealed class Doorkeeper(IReadOnlyCollection<string> origins, IReadOnlyCollection<string> hosts, string? token, bool isOpen)
{
    /// <summary>Why a request that acts is turned away; null when it is not.</summary>
    public string? Refusal(HttpRequest request)
    {
        if (!IsOurs(request.Host.Host))
            return "Host not allowed";
        if (request.Headers.Origin is [{ Length: > 0 } origin] && !IsAllowed(origin, request.Host))
            return "Origin not allowed";
        return null;
    }

    /// <summary>Why a request to browse is turned away; null when it is not.</summary>
    public string? RefusalToBrowse(HttpRequest request)
    {
        if (!isOpen)
            return null;
        if (token is null)
            return "Browsing from other machines needs a token, and none is set";
        var given = Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString());
        return CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes($"Bearer {token}")) ? null : "Wrong or missing token";
    }

    bool IsAllowed(string origin, HostString host) =>
        origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || (
            Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && string.Equals(page.Authority, host.Value, StringComparison.OrdinalIgnoreCase)
        );

    // A public name can be made to point here; an address, or a name without a dot, cannot be anybody else's page.
    bool IsOurs(string host) =>
        host.Length == 0
        || !host.Contains('.')
        || IPAddress.TryParse(host.Trim('[', ']'), out _)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase)
        || hosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
