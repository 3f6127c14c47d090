using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>The one door to the network: a shared connection pool behind the <see cref="HostGuard"/>. Everything goes out through a <see cref="Visit"/>.</summary>
public sealed class Network : IDisposable
{
    readonly SocketsHttpHandler _handler;
    readonly IWebProxy _proxy;

    /// <summary>Opens the door.</summary>
    public Network(HttpOptions options, ILogger logger, TimeProvider time, Dialer? dialer = null)
    {
        Options = options;
        Logger = logger;
        Time = time;
        _proxy = options.Proxy is null ? HttpClient.DefaultProxy : new WebProxy(options.Proxy);
        Guard = new HostGuard(dialer ?? Dialer.System, options.TrustedServices.ToHashSet());
        Gate = new RateGate(options.Pace, options.Patience, time);
        ProxyDialer = dialer ?? Dialer.System;
        _handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            Proxy = _proxy,
            UseProxy = true,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.ConnectionsPerHost,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            MaxResponseHeadersLength = 64,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ActivityHeadersPropagator = null, // our traces are nobody else's business
            ConnectCallback = ConnectAsync,
        };
        if (options.CertificateFile is { Length: > 0 } certificates)
            _handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustOnly(certificates) };
        Client = new HttpMessageInvoker(_handler, disposeHandler: true);
    }

    internal HttpOptions Options { get; }

    internal ILogger Logger { get; }

    internal TimeProvider Time { get; }

    internal HostGuard Guard { get; }

    internal RateGate Gate { get; }

    internal RetryBudget Retries { get; } = new();

    internal HttpMessageInvoker Client { get; }

    Dialer ProxyDialer { get; }

    /// <summary>Begins an errand as somebody.</summary>
    public Visit Visit(Session session) => new(this, session.Cookies.IsEmpty ? session with { Cookies = Options.Cookies } : session);

    /// <summary>Closes all connections.</summary>
    public void Dispose() => Client.Dispose();

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        if (!IsProxy(host, port, context.InitialRequestMessage))
            return ReadAhead(await Guard.ConnectAsync(host, port, cancellation).ConfigureAwait(false), context.InitialRequestMessage);

        var addresses = await ProxyDialer.ResolveAsync(host, cancellation).ConfigureAwait(false);
        var proxy = await ProxyDialer.ConnectAsync(new IPEndPoint(addresses[0], port), cancellation).ConfigureAwait(false);
        return ReadAhead(proxy, context.InitialRequestMessage);
    }

    // a tunnel through a proxy is there for TLS, too
    static Stream ReadAhead(Stream connection, HttpRequestMessage request) =>
        request.Method == HttpMethod.Connect || request.RequestUri?.Scheme == Uri.UriSchemeHttps
            ? new ReadAheadStream(connection)
            : connection;

    // The configured proxy may stand on this machine; the target behind it was judged by HostGuard.Check as far as it can be seen.
    // Only the handler itself sends CONNECT, and only to its proxy; without TLS the request goes to the proxy as it is.
    bool IsProxy(string host, int port, HttpRequestMessage request) =>
        request.Method == HttpMethod.Connect
        || (_proxy.GetProxy(request.RequestUri!) is { } proxy && proxy != request.RequestUri && proxy.Host == host && proxy.Port == port);

    static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new TrawlException(FailureKind.Configuration, $"The certificate file {file} cannot be read.", e);
        }
        return policy;
    }
}
