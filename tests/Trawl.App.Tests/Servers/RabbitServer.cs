using System.Diagnostics;
using RabbitMQ.Client;
using Trawl.App.Tests.Shared;

namespace Trawl.App.Tests.Servers;

/// <summary>A RabbitMQ of this machine, with a node of its own for these tests.</summary>
public sealed class RabbitServer : IAsyncLifetime
{
    readonly string _folder = $"/tmp/trawl-mq-{Guid.NewGuid():n}"[..24];
    readonly int _distribution = PostgresServer.FreePort();
    readonly int _mapper = PostgresServer.FreePort();
    int _hosts;

    public int Port { get; } = PostgresServer.FreePort();

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText($"{_folder}/rabbitmq.conf", $"listeners.tcp.1 = 127.0.0.1:{Port}\n");
        File.WriteAllText($"{_folder}/enabled_plugins", "[].\n");
        await AppProgram.RunAsync("chown", null, "-R", "rabbitmq", _folder);
        await StartAsync();
    }

    /// <summary>Starts it, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        await AsRabbitAsync("/usr/lib/rabbitmq/bin/rabbitmq-server -detached");
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(3))
        {
            try
            {
                await using var connection = await new ConnectionFactory { Uri = Address("") }.CreateConnectionAsync();
                return;
            }
            catch (RabbitMQ.Client.Exceptions.BrokerUnreachableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }
        }
        throw new InvalidOperationException($"RabbitMQ did not start. It wrote:\n{Written()}");
    }

    /// <summary>The ends of its logs, and what its start wrote.</summary>
    string Written() =>
        string.Join(
            '\n',
            Directory
                .EnumerateFiles($"{_folder}/log")
                .Append($"{_folder}/errors")
                .Where(File.Exists)
                .SelectMany(file => File.ReadLines(file).TakeLast(30).Prepend($"{file}:"))
        );

    /// <summary>Kills it.</summary>
    public async Task KillAsync()
    {
        var id = File.ReadAllText($"{_folder}/pid").Trim();
        await AppProgram.RunAsync("kill", null, "-KILL", id);
        while (Directory.Exists($"/proc/{id}"))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
    }

    /// <summary>Has it take no messages any more, as when its memory is short.</summary>
    public Task BlockAsync() => AsRabbitAsync("/usr/lib/rabbitmq/bin/rabbitmqctl set_vm_memory_high_watermark 0.0001");

    /// <summary>Has it take messages again.</summary>
    public Task UnblockAsync() => AsRabbitAsync("/usr/lib/rabbitmq/bin/rabbitmqctl set_vm_memory_high_watermark 0.6");

    /// <summary>The address of a new, empty virtual host.</summary>
    public async Task<Uri> NewHostAsync()
    {
        var name = $"trawl{Interlocked.Increment(ref _hosts)}";
        await AsRabbitAsync($"/usr/lib/rabbitmq/bin/rabbitmqctl add_vhost {name}");
        await AsRabbitAsync($"/usr/lib/rabbitmq/bin/rabbitmqctl set_permissions -p {name} guest '.*' '.*' '.*'");
        return Address(name);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await AppProgram.RunAsync("pkill", null, "-f", $"epmd .*-port {_mapper}");
        await AppProgram.RunAsync("rm", null, "-rf", _folder);
    }

    Uri Address(string host) => new($"amqp://guest:guest@127.0.0.1:{Port}/{host}");

    async Task AsRabbitAsync(string command)
    {
        string[] variables =
        [
            $"RABBITMQ_NODENAME=trawl{Port}@localhost",
            $"RABBITMQ_MNESIA_BASE={_folder}/mnesia",
            $"RABBITMQ_LOG_BASE={_folder}/log",
            $"RABBITMQ_CONFIG_FILE={_folder}/rabbitmq.conf",
            $"RABBITMQ_ENABLED_PLUGINS_FILE={_folder}/enabled_plugins",
            $"RABBITMQ_PID_FILE={_folder}/pid",
            $"RABBITMQ_DIST_PORT={_distribution}",
            "ERL_EPMD_ADDRESS=127.0.0.1",
            $"ERL_EPMD_PORT={_mapper}",
            $"HOME={_folder}",
            "LC_ALL=C.UTF-8",
        ];
        var run = await AppProgram.RunAsync(
            "su",
            null,
            "rabbitmq",
            "-s",
            "/bin/bash",
            "-c",
            $"cd {_folder} && env {string.Join(' ', variables)} {command} > /dev/null 2> {_folder}/errors < /dev/null"
        );
        run.ExitCode.ShouldBe(0, command + run.Messages);
    }
}
