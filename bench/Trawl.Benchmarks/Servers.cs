using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Trawl.Benchmarks;

/// <summary>A PostgreSQL of this machine, for one benchmark.</summary>
sealed class PostgresServer : IAsyncDisposable
{
    const int Port = 7810;

    readonly string _folder = $"/tmp/trawl-bench-pg-{Environment.ProcessId}";
    int _databases;

    /// <summary>Where its programs are.</summary>
    public static string Programs => Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";

    /// <summary>How its own programs reach it.</summary>
    public static string Flags => $"-h 127.0.0.1 -p {Port} -U postgres";

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        var folder = server._folder;
        await Measure.RunAsync(
            $"mkdir {folder} && chown postgres {folder} && su postgres -c '{Programs}/initdb -D {folder}/data -U postgres -A trust --no-sync' "
                + $"&& su postgres -c \"{Programs}/pg_ctl -D {folder}/data -l {folder}/log -w start -o '-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=300'\" > /dev/null 2>&1 < /dev/null"
        );
        return server;
    }

    /// <summary>The address of a new, empty database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"trawl{++_databases}";
        await Measure.RunAsync($"{Programs}/createdb {Flags} {name}");
        return $"postgresql://postgres@127.0.0.1:{Port}/{name}?sslmode=disable";
    }

    public async ValueTask DisposeAsync() =>
        await Measure.RunAsync($"su postgres -c '{Programs}/pg_ctl -D {_folder}/data -m immediate -w stop' && rm -rf {_folder}");
}

/// <summary>A RabbitMQ of this machine, for one benchmark.</summary>
sealed class RabbitServer : IAsyncDisposable
{
    const int Port = 7820;
    const string Programs = "/usr/lib/rabbitmq/bin";

    readonly string _folder = $"/tmp/trawl-bench-mq-{Environment.ProcessId}";

    /// <summary>Its address.</summary>
    public static Uri Address { get; } = new($"amqp://guest:guest@127.0.0.1:{Port}/");

    public static async Task<RabbitServer> StartAsync()
    {
        var server = new RabbitServer();
        var folder = Directory.CreateDirectory(server._folder).FullName;
        await File.WriteAllTextAsync($"{folder}/rabbitmq.conf", $"listeners.tcp.1 = 127.0.0.1:{Port}\n");
        await File.WriteAllTextAsync($"{folder}/enabled_plugins", "[].\n");
        await Measure.RunAsync($"chown -R rabbitmq {folder}");
        await server.RunAsync("rabbitmq-server -detached");
        while (true)
            try
            {
                await using var connection = await new ConnectionFactory { Uri = Address }.CreateConnectionAsync();
                return server;
            }
            catch (BrokerUnreachableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }
    }

    /// <summary>Has it take messages, or none, as when its memory is short.</summary>
    public Task TakeAsync(bool messages) => RunAsync($"rabbitmqctl set_vm_memory_high_watermark {(messages ? "0.6" : "0.0001")}");

    public async ValueTask DisposeAsync() => await Measure.RunAsync($"kill -KILL $(cat {_folder}/pid); sleep 1; rm -rf {_folder}");

    Task RunAsync(string command) =>
        Measure.RunAsync(
            $"su rabbitmq -s /bin/bash -c 'cd {_folder} && env RABBITMQ_NODENAME=bench{Port}@localhost RABBITMQ_MNESIA_BASE={_folder}/mnesia "
                + $"RABBITMQ_LOG_BASE={_folder}/log RABBITMQ_CONFIG_FILE={_folder}/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE={_folder}/enabled_plugins "
                + $"RABBITMQ_PID_FILE={_folder}/pid RABBITMQ_DIST_PORT={Port + 1} ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT={Port + 2} HOME={_folder} "
                + $"LC_ALL=C.UTF-8 {Programs}/{command}' > /dev/null 2>&1 < /dev/null"
        );
}
