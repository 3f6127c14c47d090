using System.Net;
using System.Net.Sockets;
using Npgsql;
using Trawl.App.Tests.Shared;

namespace Trawl.App.Tests.Servers;

/// <summary>A PostgreSQL of this machine, with a cluster of its own for these tests.</summary>
/// <param name="place">Where its files lie; a folder of its own in /tmp by default.</param>
public sealed class PostgresServer(string? place = null) : IAsyncLifetime
{
    static int _lastPort = 20_000 + (Environment.ProcessId % 10_000);

    readonly string _folder = Path.Combine(place ?? "/tmp", $"trawl-pg-{Guid.NewGuid():n}"[..19]);
    int _databases;

    public int Port { get; } = FreePort();

    static string Programs => Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        await AppProgram.RunAsync("chown", null, "postgres", _folder);
        await AsPostgresAsync($"{Programs}/initdb -D {_folder}/data -U postgres -A trust --no-sync");
        await StartAsync();
    }

    /// <summary>The address of a new, empty database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"trawl_{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Pooling=false");
        await using var command = source.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync();
        return $"postgresql://postgres@127.0.0.1:{Port}/{name}?sslmode=disable";
    }

    public Task StartAsync() =>
        AsPostgresAsync(
            $"{Programs}/pg_ctl -D {_folder}/data -l {_folder}/log -w start -o '-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c max_connections=200'"
        );

    /// <summary>Stops it as a crash would.</summary>
    public Task CrashAsync() => AsPostgresAsync($"{Programs}/pg_ctl -D {_folder}/data -m immediate -w stop");

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A port nobody listens on, below those the system gives to clients, which could take it before the server does.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Interlocked.Increment(ref _lastPort));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse) { }
        }
    }

    static async Task AsPostgresAsync(string command)
    {
        // a server that was started keeps the output open: it is not waited for
        var run = await AppProgram.RunAsync("su", null, "postgres", "-s", "/bin/bash", "-c", $"{command} > /dev/null 2>&1 < /dev/null");
        run.ExitCode.ShouldBe(0, command + run.Messages);
    }
}
