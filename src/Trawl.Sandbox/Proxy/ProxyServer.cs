using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Trawl.Sandbox.Proxy;

/// <summary>
/// A forward proxy on loopback that plays the hosts behind it: CONNECT ends here, TLS is spoken in the host's name. Raw sockets, because a
/// well-behaved web server would refuse to misbehave on request.
/// </summary>
sealed class ProxyServer : IAsyncDisposable
{
    readonly TcpListener[] _listeners;
    readonly CertificateAuthority _authority;
    readonly Func<Request, Task<Reply>> _answer;
    readonly Func<Request, Reply> _tunnel;
    readonly Action<Request, Reply, long> _log;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _stop = new();
    readonly Task[] _accepting;

    public ProxyServer(
        int port,
        int ways,
        CertificateAuthority authority,
        Func<Request, Reply> tunnel,
        Func<Request, Task<Reply>> answer,
        Action<Request, Reply, long> log,
        TimeProvider time
    )
    {
        (_authority, _tunnel, _answer, _log, _time) = (authority, tunnel, answer, log, time);
        _listeners = new TcpListener[ways];
        for (var i = 0; i < ways; i++)
        {
            // 127.0.0.1, 127.0.0.2, ... at the port the first one got
            _listeners[i] = new TcpListener(new IPAddress([127, 0, 0, (byte)(i + 1)]), i == 0 ? port : Port);
            _listeners[i].Start(512);
        }
        _accepting = [.. _listeners.Select(AcceptAsync)];
    }

    public int Port => ((IPEndPoint)_listeners[0].LocalEndpoint).Port;

    /// <summary>Where the proxies are.</summary>
    public IEnumerable<IPEndPoint> Ways => _listeners.Select(l => (IPEndPoint)l.LocalEndpoint);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_accepting);
        foreach (var listener in _listeners)
            listener.Stop();
        _stop.Dispose();
    }

    async Task AcceptAsync(TcpListener listener)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(_stop.Token);
                connections.RemoveAll(c => c.IsCompleted);
                connections.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        using (socket)
        {
            try
            {
                await using var stream = new NetworkStream(socket);
                await ServeAsync(socket, stream, tunnel: null);
            }
            catch (Exception e)
                when (e
                        is IOException
                            or OperationCanceledException
                            or AuthenticationException
                            or SocketException
                            or ObjectDisposedException
                )
            {
                // The client went away, or the sandbox stops.
            }
        }
    }

    async Task ServeAsync(Socket socket, Stream stream, string? tunnel)
    {
        var reader = new RequestReader(stream, $"{(socket.LocalEndPoint as IPEndPoint)?.Address}");
        while (await reader.ReadAsync(tunnel, _stop.Token) is { } request)
        {
            if (request.Method == "CONNECT")
            {
                await OpenTunnelAsync(socket, stream, request);
                return;
            }
            var reply = await _answer(request);
            if (!await SendAsync(socket, stream, request, reply))
                return;
        }
    }

    async Task OpenTunnelAsync(Socket socket, Stream stream, Request request)
    {
        var reply = _tunnel(request);
        var open = reply.Status == 200;
        await stream.WriteAsync(open ? "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray() : reply.Head(), _stop.Token);
        if (!open)
            return;
        if (reply.Tls == TlsFault.Stall)
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, WhenClosed(stream).Token);
        var host = request.Host.Split(':')[0];
        await using var tls = new SslStream(stream);
        var options = new SslServerAuthenticationOptions { ServerCertificateContext = _authority.For(host, reply.Tls) };
        await tls.AuthenticateAsServerAsync(options, _stop.Token);
        await ServeAsync(socket, tls, host);
    }

    async Task<bool> SendAsync(Socket socket, Stream stream, Request request, Reply reply)
    {
        long sent = 0;
        try
        {
            var head = reply.Head();
            if (reply.SlowHead is { } pause)
                await TrickleAsync(stream, head, pause);
            else
                await stream.WriteAsync(head, _stop.Token);
            if (request.Method == "HEAD" || reply.Status is 204 or 304)
                return !reply.Closes;

            var count = Math.Min(reply.Body.Length ?? reply.CutAt ?? long.MaxValue, reply.CutAt ?? long.MaxValue);
            if (reply.Drip is { } drip)
                await DripAsync(stream, reply.Body, count, drip, () => sent++);
            else
                await reply.Body.CopyToAsync(new CountingStream(stream, n => sent += n), 0, count, _stop.Token);
            if (reply.Trailer is not null)
                await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(reply.Trailer), _stop.Token);
            await stream.FlushAsync(_stop.Token);
            if (!reply.Closes)
                return true;
            if (reply.Cut == Cut.Stall)
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, WhenClosed(stream).Token);
            if (reply.Cut == Cut.Reset)
                socket.LingerState = new LingerOption(true, 0);
            return false;
        }
        finally
        {
            _log(request, reply, sent);
        }
    }

    // In silence only the client can end the connection.
    CancellationTokenSource WhenClosed(Stream stream)
    {
        var closed = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _ = WatchAsync();
        return closed;

        async Task WatchAsync()
        {
            try
            {
                while (await stream.ReadAsync(new byte[1], closed.Token) > 0) { }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // gone
            }
            await closed.CancelAsync();
        }
    }

    async Task TrickleAsync(Stream stream, byte[] head, TimeSpan pause)
    {
        using var closed = WhenClosed(stream);
        foreach (var b in head)
        {
            await stream.WriteAsync(new[] { b }, closed.Token);
            await Task.Delay(pause, _time, closed.Token);
        }
    }

    async Task DripAsync(Stream stream, Body body, long count, TimeSpan pause, Action sent)
    {
        using var closed = WhenClosed(stream);
        for (long at = 0; at < count; at++)
        {
            await body.CopyToAsync(stream, at, 1, closed.Token);
            await stream.FlushAsync(closed.Token);
            sent();
            await Task.Delay(pause, _time, closed.Token);
        }
    }
}
