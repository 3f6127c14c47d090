using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Trawl.Sandbox;

namespace Trawl.Benchmarks;

/// <summary>The resolver service before its browsers, against FastAPI on uvicorn and against the framework at its barest; and whether it answers while browsers work.</summary>
sealed partial class ServeBench(string reference, string work, Report report)
{
    const int Seconds = 6;

    readonly record struct Load(double MicrosecondsCpu, double PerSecond);

    public async Task RunAsync()
    {
        var post = Path.Combine(reference, "perf", "post.lua");
        foreach (
            var (name, path, script, goal) in new[]
            {
                ("GET /health", "/health", "", "<= 0.5x"),
                ("a validated search", "/tiktok/search", $"-s {post}", "<= 0.083x"),
            }
        )
        {
            var ours = await UnderLoadAsync($"exec {Paths.Self} serve-fixed 7801 > {work}/log", 7801, path, script);
            var bare = await UnderLoadAsync($"exec {Paths.Self} serve-bare 7802", 7802, path, script);
            var app = Path.Combine(reference, "perf");
            var peer = await UnderLoadAsync(
                $"exec uvicorn --app-dir {app} --port 7803 --workers 1 fastapi_app:app > {work}/log 2>&1",
                7803,
                path,
                script
            );
            report(
                $"{name}, CPU a request",
                $"{ours.MicrosecondsCpu:0} us",
                $"FastAPI on uvicorn {peer.MicrosecondsCpu:0} us",
                ours.MicrosecondsCpu / peer.MicrosecondsCpu,
                goal
            );
            report(
                $"{name}, requests a second",
                $"{ours.PerSecond:0}",
                $"bare minimal API {bare.PerSecond:0}",
                ours.PerSecond / bare.PerSecond,
                ">= 0.6x"
            );
        }
        await SaturatedAsync();
    }

    static async Task<Load> UnderLoadAsync(string command, int port, string path, string script)
    {
        using var server = await StartAsync(command, port);
        try
        {
            await Measure.RunAsync($"wrk -t1 -c32 -d3 {script} http://127.0.0.1:{port}{path}");
            var before = CpuOf(server.Id);
            var run = await OutputAsync($"wrk -t1 -c32 -d{Seconds} {script} http://127.0.0.1:{port}{path}");
            var cpu = CpuOf(server.Id) - before;
            var requests = double.Parse(Requests().Match(run).Groups["count"].Value, CultureInfo.InvariantCulture);
            if (run.Contains("Non-2xx", StringComparison.Ordinal))
                throw new InvalidOperationException(run);
            return new Load(cpu * 1e6 / requests, requests / Seconds);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    // the 99th of a hundred waits for /health, idle and with every browser at work
    async Task SaturatedAsync()
    {
        await using var world = await SandboxWorld.StartAsync();
        var link = world.Links[0];
        var variables = string.Concat(world.Environment.Select(e => $"{e.Key}='{e.Value}' "));
        using var server = await StartAsync($"{variables} exec {Paths.Trawl} serve --port 7804 -P {work} > {work}/log", 7804);
        try
        {
            var body = $"-H 'content-type: application/json' -d '{{\"url\":\"{link}\"}}'";
            var ask = $"NO_PROXY='*' curl -s -o /dev/null {body} http://127.0.0.1:7804/tiktok/download";
            await Measure.RunAsync(ask);
            var idle = await P99Async();
            var load = Measure.RunAsync($"seq 40 | xargs -P 8 -I@ sh -c \"{ask.Replace("\"", "\\\"")}\"");
            var busy = await P99Async();
            await load;
            report("/health while every browser works, p99", $"{busy:0.0} ms", $"idle {idle:0.0} ms", busy - idle, "<= 20 (ms more)");
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }

        static async Task<double> P99Async()
        {
            var waits = new List<double>();
            for (var i = 0; i < 500; i++)
            {
                var text = await OutputAsync("NO_PROXY='*' curl -s -o /dev/null -w '%{time_total}' http://127.0.0.1:7804/health");
                waits.Add(double.Parse(text, CultureInfo.InvariantCulture) * 1000);
            }
            waits.Sort();
            return waits[(int)(waits.Count * 0.99)];
        }
    }

    static async Task<Process> StartAsync(string command, int port)
    {
        var server = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", command]) { UseShellExecute = false, RedirectStandardError = true }
        )!;
        for (var i = 0; i < 200; i++)
        {
            var probe = await OutputAsync($"NO_PROXY='*' curl -s -o /dev/null -w '%{{http_code}}' http://127.0.0.1:{port}/health || true");
            if (probe == "200")
                return server;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
        throw new InvalidOperationException($"{command} does not answer.");
    }

    static async Task<string> OutputAsync(string command)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", command]) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return text;
    }

    static double CpuOf(int id)
    {
        const double TicksPerSecond = 100;
        var fields = File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture))
            / TicksPerSecond;
    }

    // 123456 requests in 6.00s, 12.34MB read
    [GeneratedRegex(@"(?<count>[0-9]+) requests in", RegexOptions.NonBacktracking)]
    private static partial Regex Requests();
}
