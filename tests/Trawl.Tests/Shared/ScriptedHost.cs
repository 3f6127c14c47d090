using System.Net;
using System.Net.Sockets;
using System.Text;
using Trawl.Http;

namespace Trawl.Tests.Shared;

/// <summary>A host that answers with exactly the bytes it was given, and remembers the requests it got. Every name leads to it.</summary>
public sealed class ScriptedHost : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly Queue<string> _answers;
    readonly List<string> _requests = [];
    readonly CancellationTokenSource _stop = new();
    readonly Task _serving;

    /// <param name="answers">Each connection gets the next one; the connection is closed after it.</param>
    public ScriptedHost(params string[] answers)
    {
        _answers = new Queue<string>(answers);
        _listener.Start();
        _serving = ServeAsync();
        Dialer = new ToHere(this);
    }

    /// <summary>The heads of the requests, in order.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public Dialer Dialer { get; }

    /// <summary>The address every name resolves to.</summary>
    public IPAddress[] Addresses { get; set; } = [IPAddress.Parse("93.184.216.34")];

    /// <summary>A network whose connections all end here.</summary>
    public Network Network(HttpOptions? options = null, TimeProvider? time = null) =>
        new(
            (options ?? new HttpOptions()) with
            {
                RetryDelay = TimeSpan.Zero,
            },
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
            time ?? TimeProvider.System,
            Dialer
        );

    public static string Answer(string body = "hello", string status = "200 OK", params string[] headers) =>
        $"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public static string Redirect(string to, params string[] headers) => Answer("", "302 Found", [$"Location: {to}", .. headers]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                await using var stream = new NetworkStream(socket);
                var head = new StringBuilder();
                var buffer = new byte[4096];
                while (!head.ToString().Contains("\r\n\r\n"))
                {
                    var read = await stream.ReadAsync(buffer, _stop.Token);
                    if (read == 0)
                        break;
                    head.Append(Encoding.Latin1.GetString(buffer, 0, read));
                }
                lock (_requests)
                    _requests.Add(head.ToString());
                if (!_answers.TryDequeue(out var answer))
                    continue;
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer.Replace("[silence]", "")), _stop.Token);
                if (answer.EndsWith("[silence]", StringComparison.Ordinal))
                    _ = await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
        {
            // the end of the test
        }
    }

    sealed record ToHere(ScriptedHost Host) : Dialer
    {
        public override Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation) =>
            IPAddress.TryParse(host, out var literal) ? Task.FromResult<IPAddress[]>([literal]) : Task.FromResult(Host.Addresses);

        public override Task<Stream> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellation) =>
            base.ConnectAsync((IPEndPoint)Host._listener.LocalEndpoint, cancellation);
    }
}
