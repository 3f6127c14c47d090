using System.Diagnostics;
using System.Net.Sockets;
using Trawl.App.Tests.Shared;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Servers;

/// <summary>OpenStack's object storage with its S3 door, as Debian has it: a server nobody of us wrote, which checks signatures.</summary>
public sealed class SwiftServer : IAsyncDisposable
{
    public const string KeyId = "trawl:corpus";
    public const string Secret = "secret";

    readonly TempFolder _folder = new();
    readonly List<Process> _processes = [];

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled => File.Exists("/usr/bin/swift-proxy-server") && File.Exists("/usr/bin/swift-object-server");

    /// <summary>Where it listens.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{PostgresServer.FreePort()}/");

    public static async Task<SwiftServer> StartAsync()
    {
        var server = new SwiftServer();
        var etc = server._folder.File("etc");
        Directory.CreateDirectory(etc);
        Directory.CreateDirectory(server._folder.File("devices/d1"));
        await File.WriteAllTextAsync(
            $"{etc}/swift.conf",
            """
            [swift-hash]
            swift_hash_path_prefix = trawl
            swift_hash_path_suffix = trawl
            [storage-policy:0]
            name = one
            default = yes
            """
        );
        foreach (var kind in (string[])["account", "container", "object"])
        {
            var (port, ring) = (PostgresServer.FreePort(), $"{etc}/{kind}.builder");
            string[][] steps =
            [
                ["create", "4", "1", "0"],
                ["add", "--region", "1", "--zone", "1", "--ip", "127.0.0.1", "--port", $"{port}", "--device", "d1", "--weight", "1"],
                ["rebalance"],
            ];
            foreach (var step in steps)
                (await AppProgram.RunAsync("swift-ring-builder", null, [ring, .. step])).ExitCode.ShouldBeOneOf(0, 1); // 1: a warning
            await server.BeginAsync(
                $"swift-{kind}-server",
                $"""
                [DEFAULT]
                bind_ip = 127.0.0.1
                bind_port = {port}
                workers = 0
                mount_check = false
                devices = {server._folder.File("devices")}
                swift_dir = {etc}
                user = root
                [pipeline:main]
                pipeline = {kind}-server
                [app:{kind}-server]
                use = egg:swift#{kind}
                recon_cache_path = {server._folder.Path}
                """
            );
        }
        await server.BeginAsync(
            "swift-proxy-server",
            $"""
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = {server.Address.Port}
            workers = 0
            swift_dir = {etc}
            user = root
            [pipeline:main]
            pipeline = catch_errors cache s3api tempauth bulk slo proxy-server
            [app:proxy-server]
            use = egg:swift#proxy
            account_autocreate = true
            [filter:catch_errors]
            use = egg:swift#catch_errors
            [filter:cache]
            use = egg:swift#memcache
            memcache_servers = 127.0.0.1:1
            [filter:tempauth]
            use = egg:swift#tempauth
            user_trawl_corpus = {Secret} .admin
            [filter:s3api]
            use = egg:swift#s3api
            location = us-east-1
            [filter:bulk]
            use = egg:swift#bulk
            [filter:slo]
            use = egg:swift#slo
            """
        );
        await server.UntilItListensAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _folder.Dispose();
    }

    async Task BeginAsync(string program, string configuration)
    {
        var file = _folder.File($"etc/{program}.conf");
        await File.WriteAllTextAsync(file, configuration);
        _processes.Add(
            Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec {program} {file} > {_folder.File(program)}.log 2>&1"]))!
        );
    }

    async Task UntilItListensAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", Address.Port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }
}
