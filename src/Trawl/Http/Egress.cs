using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>
/// The network lent to another program for one run: a proxy on loopback that visits no place we would not visit ourselves, and goes out by our
/// own way. Only the program knows the pass, from its environment.
/// </summary>
sealed class Egress : IAsyncDisposable
{
    const int LargestHead = 32 * 1024;

    static readonly string[] Names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    static readonly Uri Somewhere = new("https://www.tiktok.com/");

    readonly Network _network;
    readonly Exit _exit;
    readonly bool _counts;
    readonly bool _asksPass;
    readonly string _pass = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _serving = [];
    readonly Task _accepting = Task.CompletedTask;
    readonly Uri _address;

    /// <summary>Opens it. Where we go out by a proxy we cannot chain to (socks, or with TLS), the program is told of that one itself.</summary>
    /// <param name="network">Our way out.</param>
    /// <param name="counts">Whether each connection is a request of the item at hand (<see cref="RequestBudget"/>).</param>
    /// <param name="way">The proxy of ours it goes out by; null for the next in turn.</param>
    /// <param name="asksPass">Whether the program must show the pass. Firefox cannot; then whoever is on this machine may use it.</param>
    public Egress(Network network, bool counts, Uri? way = null, bool asksPass = true)
    {
        (_network, _exit, _counts, _asksPass) = (network, network.Exits.For(Session.Desktop with { Exit = way }), counts, asksPass);
        if (_exit.ProxyTo(Somewhere) is { } proxy && proxy.Scheme != Uri.UriSchemeHttp)
        {
            _address = proxy;
            return;
        }
        _listener.Start();
        _address = new Uri($"http://trawl:{_pass}@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>The variables of its environment that tell the program the way.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables =>
        [.. Names.Select(name => KeyValuePair.Create(name, _address.OriginalString)), new("no_proxy", ""), new("NO_PROXY", "")];

    /// <summary>Where the program finds it, with the pass.</summary>
    public Uri Way => _address;

    /// <summary>Why the program was not let out first; null while it always was.</summary>
    public TrawlException? Refusal { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_serving).ConfigureAwait(false);
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
                _serving.RemoveAll(s => s.IsCompleted); // a browser makes thousands
                _serving.Add(ServeAsync(socket));
            }
        }
        catch (Exception e)
            when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // the run has ended, or the listener is broken: then the program is refused every connection
        }
    }

    async Task ServeAsync(Socket socket)
    {
        var client = new NetworkStream(socket, ownsSocket: true);
        await using (client.ConfigureAwait(false))
        {
            try
            {
                await ServeAsync(client).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // one side has gone: the program sees it, and says so
            }
        }
    }

    async Task ServeAsync(NetworkStream client)
    {
        try
        {
            await ForwardAsync(client).ConfigureAwait(false);
        }
        catch (TrawlException e)
        {
            Refusal ??= e;
            await AnswerAsync(client, "403 Forbidden").ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (IOException or SocketException or OperationCanceledException))
        {
            // whatever is wrong with this connection, the others go on
            Refusal ??= new TrawlException(FailureKind.Defect, $"A connection of a helper program broke: {e.Message}", e);
            await AnswerAsync(client, "502 Bad Gateway").ConfigureAwait(false);
        }
    }

    async Task ForwardAsync(NetworkStream client)
    {
        var head = (await ReadHeadAsync(client, _stop.Token).ConfigureAwait(false)).Split("\r\n");
        if (head[0].Split(' ') is not [var method, var target, _] || Address(method, target) is not { } address)
        {
            await AnswerAsync(client, "400 Bad Request").ConfigureAwait(false);
            return;
        }
        var pass = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"trawl:{_pass}"));
        if (_asksPass && !head.Contains($"Proxy-Authorization: {pass}", StringComparer.OrdinalIgnoreCase))
        {
            await AnswerAsync(
                    client,
                    "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"trawl\"\r\nContent-Length: 0\r\nConnection: close"
                )
                .ConfigureAwait(false);
            return;
        }
        _network.Guard.Check(address);
        if (_counts)
            RequestBudget.Spend();
        var host = await _exit.TunnelAsync(address, _stop.Token).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            if (method == "CONNECT")
                await AnswerAsync(client, "200 Connection established").ConfigureAwait(false);
            else
                await host.WriteAsync(Encoding.Latin1.GetBytes(Forwarded(method, address, head)), _stop.Token).ConfigureAwait(false);
            await PassOnAsync(client, host).ConfigureAwait(false);
        }
    }

    // CONNECT v16.example:443 HTTP/1.1, or GET http://v16.example/a HTTP/1.1
    static Uri? Address(string method, string target) =>
        Uri.TryCreate(method == "CONNECT" ? $"https://{target}/" : target, UriKind.Absolute, out var address) ? address : null;

    // one request a connection: the next one may be for another host
    static string Forwarded(string method, Uri address, string[] head) =>
        string.Join(
            "\r\n",
            [
                $"{method} {address.PathAndQuery} HTTP/1.1",
                .. head.Skip(1)
                    .Where(h =>
                        !h.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)
                        && !h.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase)
                        && h.Length > 0
                    ),
                "Connection: close",
                "",
                "",
            ]
        );

    async Task PassOnAsync(Stream client, Stream host)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task[] ways = [client.CopyToAsync(host, over.Token), host.CopyToAsync(client, over.Token)];
        await Task.WhenAny(ways).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(ways).ConfigureAwait(false);
    }

    static ValueTask AnswerAsync(NetworkStream client, string status) =>
        client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n\r\n"));

    /// <summary>Reads up to the empty line and not a byte further.</summary>
    internal static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new List<byte>(512);
        var one = new byte[1];
        while (!System.Runtime.InteropServices.CollectionsMarshal.AsSpan(head).EndsWith("\r\n\r\n"u8))
        {
            if (head.Count == LargestHead || await stream.ReadAsync(one, cancellation).ConfigureAwait(false) == 0)
                throw new IOException("The head ends too early or never.");
            head.Add(one[0]);
        }
        return Encoding.Latin1.GetString([.. head]);
    }
}
