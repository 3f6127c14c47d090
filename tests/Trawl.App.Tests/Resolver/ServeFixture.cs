using System.Diagnostics;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Resolver;

/// <summary>The program <c>trawl serve</c>, running in the sandbox's world.</summary>
public sealed class ServedProgram : IAsyncDisposable
{
    readonly TempFolder _folder = new();
    readonly Process _process;
    readonly Task<string> _output;
    readonly List<string> _messages = [];
    readonly Task _reading;
    readonly TaskCompletionSource<Uri?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    ServedProgram(SandboxWorld world, string? folder, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        Folder = folder ?? _folder.Path;
        var variables = environment.ToDictionary();
        foreach (var name in (string[])["CI", "TESTING", "PYTEST_CURRENT_TEST"])
            variables.TryAdd(name, "");
        _process = AppProgram.Start(AppProgram.Path, world, variables, ["serve", "--port", "0", "-P", Folder, .. arguments]);
        _output = _process.StandardOutput.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public string Folder { get; }

    public Uri Address { get; private set; } = null!;

    public int Id => _process.Id;

    /// <summary>What it said on the error stream so far.</summary>
    public string Messages
    {
        get
        {
            lock (_messages)
                return string.Join('\n', _messages);
        }
    }

    /// <summary>Its log, once it has ended.</summary>
    public Task<string> OutputAsync() => _output;

    public static async Task<ServedProgram> StartAsync(
        SandboxWorld world,
        string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null,
        params string[] arguments
    )
    {
        var program = new ServedProgram(world, folder, environment ?? new Dictionary<string, string>(), arguments);
        program.Address = await program._address.Task ?? throw new InvalidOperationException(program.Messages);
        return program;
    }

    /// <summary>Sends a signal and waits until it has ended; says with which code.</summary>
    public async Task<int> EndAsync(string signal)
    {
        await AppProgram.RunAsync("kill", null, $"-{signal}", $"{Id}");
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await EndAsync("TERM");
        await _output;
        await _reading;
        _process.Dispose();
        _folder.Dispose();
    }

    async Task ReadAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_messages)
                _messages.Add(line);
            if (line.StartsWith("The resolver service listens on "))
                _address.TrySetResult(new Uri(line.Split(' ')[5].TrimEnd(';')));
        }
        _address.TrySetResult(null);
    }
}

/// <summary>One running service for many tests.</summary>
public sealed class ServeFixture(WorldFixture world) : IAsyncLifetime
{
    public ServedProgram Program { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Program = await ServedProgram.StartAsync(world.World);

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}
