using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Trawl.App.Tests.Servers;

/// <summary>Stands before a server and holds back what either side says, from a word on until it is let go; nothing is lost.</summary>
public sealed class HoldingProxy : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly int _server;
    readonly Task _accepting;
    readonly Gate _asked = new();
    readonly Gate _answered = new();

    public HoldingProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Holds back what the server answers, once a client has said the word.</summary>
    /// <returns>Ends when that was said, and has reached the server.</returns>
    public Task HoldAnswersAfter(string word)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Watch(word, () => _answered.Close(), said);
        return said.Task;
    }

    /// <summary>Holds back what a client says, from the word on.</summary>
    /// <returns>Ends when that was said.</returns>
    public Task HoldFrom(string word)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Watch(
            word,
            () =>
            {
                _asked.Close();
                said.TrySetResult();
            },
            null
        );
        return said.Task;
    }

    /// <summary>Lets the answers through again.</summary>
    public void LetAnswersGo() => _answered.Open();

    /// <summary>Lets everything through again.</summary>
    public void LetGo()
    {
        _asked.Open();
        _answered.Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        LetGo();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                open.Add(PassAsync(client, server, _asked));
                open.Add(PassAsync(server, client, _answered));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    async Task PassAsync(TcpClient from, TcpClient to, Gate gate)
    {
        using var _ = from;
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                var reached = gate.See(buffer.AsSpan(0, read));
                await gate.Opened.WaitAsync(_stop.Token);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
                reached?.TrySetResult();
            }
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // the other side has gone, or the test has ended
        }
    }

    sealed class Gate
    {
        readonly Lock _lock = new();
        TaskCompletionSource? _closed;
        byte[]? _word;
        Action? _then;
        TaskCompletionSource? _reached;

        public Task Opened
        {
            get
            {
                lock (_lock)
                    return _closed?.Task ?? Task.CompletedTask;
            }
        }

        public void Close()
        {
            lock (_lock)
                _closed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void Open()
        {
            lock (_lock)
            {
                _closed?.TrySetResult();
                _closed = null;
            }
        }

        public void Watch(string word, Action then, TaskCompletionSource? reached)
        {
            lock (_lock)
                (_word, _then, _reached) = (Encoding.UTF8.GetBytes(word), then, reached);
        }

        public TaskCompletionSource? See(ReadOnlySpan<byte> said)
        {
            lock (_lock)
            {
                if (_word is null || said.IndexOf(_word) < 0)
                    return null;
                _word = null;
                _then!();
                return _reached;
            }
        }
    }
}
