using System.Net.Sockets;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>What the many exceptions of the network stack mean.</summary>
static class NetworkFailure
{
    public static TrawlException From(Exception e, Uri address)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
            if (inner is TrawlException known)
                return known;
        var host = address.Host;
        return e switch
        {
            OperationCanceledException => new(FailureKind.Timeout, $"{host} did not answer in time.", e),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => Network($"{host} has no address."),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => Network(
                $"{host} offers no connection that can be trusted."
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => Network($"The proxy does not reach {host}."),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => Network($"{host} cannot be reached."),
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConfigurationLimitExceeded
                    or HttpRequestError.InvalidResponse
                    or HttpRequestError.HttpProtocolError
            } => new(FailureKind.UpstreamError, $"{host} does not speak proper HTTP.", e),
            HttpRequestException or HttpIOException or IOException or SocketException => Network($"The connection to {host} broke off."),
            UriFormatException => new(FailureKind.RefusedAddress, $"{host} leads to something that is not an address.", e),
            _ => new(FailureKind.UpstreamError, $"The answer of {host} cannot be read.", e),
        };

        TrawlException Network(string message) => new(FailureKind.Network, message, e);
    }
}
