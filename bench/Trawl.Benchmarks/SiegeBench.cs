using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Trawl.Sandbox;

namespace Trawl.Benchmarks;

/// <summary>The resolver service while fifty clients send it hostile bodies: what it takes, and whether it still answers others.</summary>
sealed class SiegeBench(string work, TimeSpan duration, Report report)
{
    const int Clients = 50;
    const int Port = 7805;

    readonly ConcurrentDictionary<string, int> _answers = [];

    public async Task RunAsync()
    {
        // what is no JSON asks for a session like no body at all: a browser opens the page
        await using var world = await SandboxWorld.StartAsync();
        var info = new ProcessStartInfo(Paths.Trawl, ["serve", "--port", $"{Port}", "-P", work])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in world.Environment)
            info.Environment[name] = value;
        using var server = Process.Start(info)!;
        _ = server.StandardError.ReadToEndAsync();
        _ = server.StandardOutput.ReadToEndAsync();
        try
        {
            await UntilUpAsync();
            using var stop = new CancellationTokenSource(duration);
            var requests = HostileBodies.All;
            var clients = Enumerable.Range(0, Clients).Select(i => Task.Run(() => AttackAsync(requests, i, stop.Token))).ToArray();
            var (waits, peak) = Watch(server.Id, stop.Token);
            await Task.WhenAll(clients);
            waits.Sort();
            var count = _answers.Values.Sum();
            foreach (var (answer, times) in _answers.OrderBy(a => a.Key))
                Console.Error.WriteLine($"{times, 8}  {answer}");
            report($"resident memory under {Clients} hostile clients, at most", $"{peak:0} MiB", $"{count:N0} bodies", peak, "< 400 (MiB)");
            report("/health meanwhile, p99", $"{At(0.99):0.0} ms", $"p50 {At(0.5):0.0} ms, {waits.Count:N0} looks", At(0.99), "< 50 (ms)");
            var broken = _answers
                .Where(a => a.Key[0] == '5' && !a.Key.StartsWith("503", StringComparison.Ordinal) || a.Key == "no answer")
                .Sum(a => a.Value);
            report("answers 5xx other than 503, or none", $"{broken}", $"{count:N0}", broken, "0");

            double At(double part) => waits[(int)(waits.Count * part)];
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    async Task AttackAsync(IReadOnlyList<(string Name, byte[] Request)> requests, int first, CancellationToken cancellation)
    {
        for (var i = first; !cancellation.IsCancellationRequested; i++)
        {
            var (name, request) = requests[i * 7 % requests.Count];
            var answer = await AskAsync(request);
            _answers.AddOrUpdate(answer[0] == '5' ? $"{answer} {name}" : answer, 1, (_, n) => n + 1);
        }
    }

    // its status; the rest of the answer is not read: who attacks has no need of it
    static async Task<string> AskAsync(byte[] request)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            var stream = client.GetStream();
            var sending = stream.WriteAsync(request);
            var buffer = new byte[64 * 1024];
            var read = await stream.ReadAsync(buffer);
            try
            {
                await sending;
            }
            catch (IOException)
            {
                // refused before it was all sent
            }
            return read > 12 ? Encoding.ASCII.GetString(buffer, 9, 3) : "no answer";
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "cut off";
        }
    }

    static (List<double> Waits, double PeakMiB) Watch(int id, CancellationToken cancellation)
    {
        var waits = new List<double>();
        while (!cancellation.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            using (var client = new TcpClient("127.0.0.1", Port))
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                stream.Write("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"u8);
                var buffer = new byte[4096];
                if (stream.Read(buffer) == 0 || !buffer.AsSpan(9, 3).SequenceEqual("200"u8))
                    throw new InvalidOperationException("/health did not answer 200.");
            }
            waits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(20));
        }
        var peak = File.ReadLines($"/proc/{id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return (waits, double.Parse(peak.Split(':')[1].Replace("kB", "").Trim()) / 1024);
    }

    static async Task UntilUpAsync()
    {
        while (true)
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
    }
}
