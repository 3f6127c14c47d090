using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>
/// The ways out to the network: the proxies in turn, or none. A session keeps the way it began with, because sites bind media addresses to the
/// asker; a proxy that cannot be reached is left alone for a while.
/// </summary>
sealed class Exits : IDisposable
{
    /// <summary>What the failure of an unreachable proxy is called.</summary>
    public const string Unreachable = "PROXY_UNREACHABLE";

    static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    readonly Exit[] _proxies;
    readonly Exit? _direct;
    readonly TimeProvider _time;
    int _turn = -1;

    public Exits(HttpOptions options, HostGuard guard, Dialer dialer, TimeProvider time)
    {
        _time = time;
        _proxies = [.. options.Proxies.Select(p => new Exit(p, new WebProxy(p), options, guard, dialer, time))];
        if (_proxies.Length == 0)
            _direct = new Exit(null, HttpClient.DefaultProxy, options, guard, dialer, time);
        else if (options.DirectWhenProxiesFail)
            _direct = new Exit(null, null, options, guard, dialer, time);
    }

    /// <summary>The way a session takes: its own if that works, else the next that does; the direct one if all proxies fail and that is allowed.</summary>
    public Exit For(Session session)
    {
        if (_proxies.Length == 0)
            return _direct!;
        var now = _time.GetUtcNow();
        if (session.Exit is { } bound && Array.Find(_proxies, p => p.Proxy == bound) is { } own && own.RestsUntil <= now)
            return own;
        for (var i = 0; i < _proxies.Length; i++)
        {
            var next = _proxies[(uint)Interlocked.Increment(ref _turn) % (uint)_proxies.Length];
            if (next.RestsUntil <= now)
                return next;
        }
        return _direct ?? _proxies.MinBy(p => p.RestsUntil)!;
    }

    /// <summary>Leaves a way alone for a while. Says whether another one can be tried now.</summary>
    public bool Leave(Exit exit)
    {
        exit.RestsUntil = _time.GetUtcNow() + Rest;
        return exit != _direct && (_direct is not null || Array.Exists(_proxies, p => p.RestsUntil <= _time.GetUtcNow()));
    }

    public void Dispose()
    {
        foreach (var exit in _proxies)
            exit.Dispose();
        _direct?.Dispose();
    }
}

/// <summary>One way out: a pool of connections behind the <see cref="HostGuard"/>.</summary>
sealed class Exit : IDisposable
{
    readonly HostGuard _guard;
    readonly Dialer _dialer;
    readonly IWebProxy? _proxy;
    readonly TimeSpan _connectTimeout;
    readonly TimeProvider _time;

    public Exit(Uri? address, IWebProxy? proxy, HttpOptions options, HostGuard guard, Dialer dialer, TimeProvider time)
    {
        (Proxy, _proxy, _guard, _dialer, _connectTimeout, _time) = (address, proxy, guard, dialer, options.ConnectTimeout, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            Proxy = proxy,
            UseProxy = proxy is not null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Timeout.InfiniteTimeSpan, // ours goes by the clock we were given
            MaxConnectionsPerServer = options.ConnectionsPerHost,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            MaxResponseHeadersLength = 64,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ActivityHeadersPropagator = null, // our traces are nobody else's business
            ConnectCallback = ConnectAsync,
        };
        if (options.CertificateFile is { Length: > 0 } certificates)
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustOnly(certificates) };
        Client = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>The proxy; null for the direct way and for the one the environment names.</summary>
    public Uri? Proxy { get; }

    public HttpMessageInvoker Client { get; }

    /// <summary>Until when it is left alone.</summary>
    public DateTimeOffset RestsUntil { get; set; }

    public void Dispose() => Client.Dispose();

    /// <summary>The proxy on this way to an address; null when there is none.</summary>
    public Uri? ProxyTo(Uri address) => _proxy?.GetProxy(address) is { } proxy && proxy != address ? proxy : null;

    /// <summary>A connection to a host by this way, for another program.</summary>
    /// <exception cref="TrawlException">When the guard refuses it, or it cannot be made.</exception>
    public async Task<Stream> TunnelAsync(Uri address, CancellationToken cancellation)
    {
        if (ProxyTo(address) is not { } proxy)
            return await InTimeAsync(address.Host, token => _guard.ConnectAsync(address.IdnHost, address.Port, token), cancellation)
                .ConfigureAwait(false);
        var tunnel = await InTimeAsync(proxy.Host, token => ConnectToProxyAsync(proxy.Host, proxy.Port, token), cancellation)
            .ConfigureAwait(false);
        var user =
            proxy.UserInfo.Length == 0
                ? ""
                : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))}\r\n";
        var target = $"{address.IdnHost}:{address.Port}";
        await tunnel
            .WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{user}\r\n"), cancellation)
            .ConfigureAwait(false);
        var answer = await Egress.ReadHeadAsync(tunnel, cancellation).ConfigureAwait(false);
        if (answer.Split(' ') is [_, "200", ..])
            return tunnel;
        await tunnel.DisposeAsync().ConfigureAwait(false);
        throw new IOException($"The proxy does not let us through to {target}.");
    }

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var connection = await InTimeAsync(
                host,
                token =>
                    IsProxy(host, port, context.InitialRequestMessage)
                        ? ConnectToProxyAsync(host, port, token)
                        : _guard.ConnectAsync(host, port, token),
                cancellation
            )
            .ConfigureAwait(false);
        return ReadAhead(connection, context.InitialRequestMessage);
    }

    async Task<Stream> InTimeAsync(string host, Func<CancellationToken, Task<Stream>> connect, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(_connectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            return await connect(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TrawlException(FailureKind.Timeout, $"{host} could not be connected to in time.");
        }
    }

    async Task<Stream> ConnectToProxyAsync(string host, int port, CancellationToken cancellation)
    {
        try
        {
            var addresses = await _dialer.ResolveAsync(host, cancellation).ConfigureAwait(false);
            return await _dialer.ConnectAsync(new IPEndPoint(addresses[0], port), cancellation).ConfigureAwait(false);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new TrawlException(FailureKind.Network, $"The proxy {host}:{port} cannot be reached.", e) { Detail = Exits.Unreachable };
        }
    }

    // a tunnel through a proxy is there for TLS, too
    static Stream ReadAhead(Stream connection, HttpRequestMessage request) =>
        request.Method == HttpMethod.Connect || request.RequestUri?.Scheme == Uri.UriSchemeHttps
            ? new ReadAheadStream(connection)
            : connection;

    // The configured proxy may stand on this machine; the target behind it was judged by HostGuard.Check as far as it can be seen.
    // Only the handler itself sends CONNECT, and only to its proxy; without TLS the request goes to the proxy as it is.
    bool IsProxy(string host, int port, HttpRequestMessage request) =>
        _proxy is not null
        && (
            request.Method == HttpMethod.Connect || (ProxyTo(request.RequestUri!) is { } proxy && proxy.Host == host && proxy.Port == port)
        );

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
