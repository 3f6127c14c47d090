using System.Net;
using System.Net.Sockets;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>How names become addresses and addresses become connections; tests put faults here.</summary>
public record Dialer
{
    /// <summary>The system's own.</summary>
    public static Dialer System { get; } = new();

    /// <summary>Looks a name up.</summary>
    public virtual Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation) =>
        IPAddress.TryParse(host, out var address) ? Task.FromResult<IPAddress[]>([address]) : Dns.GetHostAddressesAsync(host, cancellation);

    /// <summary>Opens a connection.</summary>
    public virtual async Task<Stream> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellation)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>
/// Decides where we may connect. Addresses are judged twice: as far as the link shows (scheme, port, user info, literal address), and at
/// connect time by the address actually dialled, so neither spelling tricks nor a changing name server lead to a private network.
/// </summary>
public sealed class HostGuard(Dialer dialer, IReadOnlySet<string> exempt)
{
    // RFC 1035; the name service takes no more
    const int LongestHost = 253;

    /// <summary>Judges an address as far as it can be seen without asking a name server.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.RefusedAddress"/></exception>
    public void Check(Uri address)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            throw Refused(address, "only http and https are visited");
        if (address.UserInfo.Length > 0)
            throw Refused(address, "it carries a user name");
        if (address.Host.Length > LongestHost)
            throw new TrawlException(FailureKind.RefusedAddress, $"{address.Host[..40]}... is not visited: no name is that long.");
        if (!address.Host.All(char.IsAscii))
            throw Refused(address, "its name is not plain ASCII"); // １２７.0.0.1 is read as 127.0.0.1 by some
        if (IsExempt(address.Host, address.Port))
            return;
        if (address.Port is not (80 or 443))
            throw Refused(address, $"port {address.Port} is not a web port");
        var host = address.Host.TrimEnd('.');
        if (host.Length == 0 || host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal))
            throw Refused(address, "it is this machine");
        if (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && !IsPublic(ip))
            throw Refused(address, "it is not a public address");
    }

    /// <summary>Connects to a host if <em>all</em> its addresses are public, to one of exactly those addresses.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.RefusedAddress"/></exception>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var addresses = await ResolveAsync(host, cancellation).ConfigureAwait(false);
        if (!IsExempt(host, port) && (addresses.Length == 0 || !addresses.All(IsPublic)))
            throw new TrawlException(FailureKind.RefusedAddress, $"{host} leads to an address that is not public.");

        for (var i = 0; ; i++)
        {
            try
            {
                return await dialer.ConnectAsync(new IPEndPoint(addresses[i], port), cancellation).ConfigureAwait(false);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                // The next address of the same host may answer.
            }
        }
    }

    async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        try
        {
            if (host.Length <= LongestHost)
                return await dialer.ResolveAsync(host, cancellation).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // no name at all: the name service was not even asked
        }
        throw new TrawlException(FailureKind.RefusedAddress, $"{host[..Math.Min(host.Length, 40)]} is no name of a host.");
    }

    /// <summary>Whether an address belongs to the public Internet; addresses that wrap another one are judged by both.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return IsPublic(address.MapToIPv4());
        if (SpecialNetworks.Any(network => network.Contains(address)))
            return false;
        return address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
    }

    // RFC 6890 and its updates, cloud metadata (168.63.129.16), and every tunnel that can wrap a private IPv4 address:
    // compatible ::/96, NAT64 64:ff9b::/96 and 64:ff9b:1::/48, Teredo (in 2001::/23), 6to4 2002::/16
    static readonly IPNetwork[] SpecialNetworks =
    [
        .. (
            "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 "
            + "192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 "
            + "240.0.0.0/4 168.63.129.16/32 ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 2002::/16 "
            + "3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8"
        )
            .Split(' ')
            .Select(text => IPNetwork.Parse(text)),
    ];

    bool IsExempt(string host, int port) => exempt.Contains($"{host}:{port}");

    static TrawlException Refused(Uri address, string reason) =>
        new(FailureKind.RefusedAddress, $"{address.Masked()} is not visited: {reason}.");
}
