using System.Diagnostics;
using System.Text.Json.Nodes;
using Npgsql;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Servers;

/// <summary>A worker in a pipeline of its own.</summary>
sealed class WorkRun : IAsyncDisposable
{
    readonly TempFolder _folder = new();
    readonly Dictionary<string, string> _environment;
    readonly System.Text.StringBuilder _output = new();
    Process _process = null!;

    WorkRun(SandboxWorld world, Pipeline pipeline, string database, Uri broker, int count, bool mock)
    {
        (World, Pipeline, Database, Data) = (world, pipeline, database, _folder.Path);
        _environment = new Dictionary<string, string>
        {
            ["POSTGRES_DSN"] = database,
            ["BUS_BROKER"] = broker.AbsoluteUri,
            ["DATA_ROOT_CONTAINER"] = Data,
            ["VIDEO_REL_PATH"] = "./videos",
            ["KEYFRAME_REL_PATH"] = "./keyframes",
            ["NUM_VIDEOS"] = $"{count}",
            ["NUM_PARALLEL_DOWNLOADS"] = "3",
            ["VIDEO_CRAWLER_MODE"] = mock ? "mock" : "live",
            ["Trawl__Work__Lease"] = "3",
            ["Trawl__Http__RequestsPerMinute"] = "1000", // nobody has to be spared here
        };
    }

    public SandboxWorld World { get; }

    public Pipeline Pipeline { get; }

    /// <summary>The address of its database.</summary>
    public string Database { get; }

    public int Id => _process.Id;

    public string Data { get; private init; } = "";

    public async Task<bool> IsDoneAsync(string job)
    {
        try
        {
            return (await RowsAsync($"select 1::text from trawl_jobs where job_id = '{job}' and state = 'done'")).Count > 0;
        }
        catch (NpgsqlException)
        {
            return false; // it is just away
        }
    }

    public int MediaRequests => World.Requests.Count(r => r.Host.StartsWith('v'));

    /// <summary>What it said.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public static Task<WorkRun> StartAsync(
        ServersFixture servers,
        int count = 3,
        bool mock = false,
        params (string Name, string Value)[] settings
    ) => StartAsync(servers, count, new SandboxOptions(), mock, settings);

    public static async Task<WorkRun> StartAsync(
        ServersFixture servers,
        int count,
        SandboxOptions options,
        bool mock = false,
        params (string Name, string Value)[] settings
    )
    {
        var broker = await servers.Rabbit.NewHostAsync();
        var run = new WorkRun(
            await SandboxWorld.StartAsync(options),
            await Pipeline.StartAsync(broker),
            await servers.Postgres.NewDatabaseAsync(),
            broker,
            count,
            mock
        );
        await run.BeginAsync(settings);
        return run;
    }

    public Task BeginAsync(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings)
            _environment[name] = value;
        _process = SecondWorker.Start(World, _environment, _output);
        return Task.CompletedTask;
    }

    /// <summary>One more worker beside this one, on the same database, broker and folder.</summary>
    public async Task<SecondWorker> AnotherAsync()
    {
        var second = new SecondWorker();
        await BeginAsync(second);
        return second;
    }

    /// <summary>Starts one again that was killed.</summary>
    public Task BeginAsync(SecondWorker second) => second.BeginAsync(World, _environment);

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan? within = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await isSo())
                    return;
            }
            catch (NpgsqlException)
            {
                // the tables may not be there yet
            }
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(within ?? TimeSpan.FromMinutes(3), Output);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        var address = new Uri(Database);
        await using var source = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={address.Port};Username=postgres;Database={address.AbsolutePath.Trim('/')};Pooling=false"
        );
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }

    /// <summary>Rows against files: every frame's picture is there, every video whole, and nothing lies about.</summary>
    public async Task AuditAsync()
    {
        foreach (var path in await RowsAsync("select local_path from video_frames"))
            File.Exists(path).ShouldBeTrue(path);
        foreach (var id in await RowsAsync("select video_id from videos"))
        {
            var info = JsonNode.Parse(File.ReadAllBytes($"{Data}/videos/tiktok/{id}.info.json"))!;
            WorldFixture.Sha256Of($"{Data}/videos/tiktok/{id}.mp4").ShouldBe((string?)info["_trawl"]!["sha256"]);
        }
        using var check = AppProgram.Start(AppProgram.Path, World, _environment, "db", "check", "--deep");
        var output = await check.StandardOutput.ReadToEndAsync();
        await check.WaitForExitAsync();
        check.ExitCode.ShouldBe(0, output);
        (await RowsAsync("select frame_id from video_frames group by frame_id having count(*) > 1")).ShouldBeEmpty();
        (await RowsAsync("select video_id from trawl_items where state in ('queued', 'running')")).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await AppProgram.RunAsync("kill", null, "-TERM", $"{_process.Id}");
        await AppProgram.RunAsync("kill", null, "-CONT", $"{_process.Id}"); // one that was stopped hears nothing
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Pipeline.DisposeAsync();
        await World.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>A worker beside another one.</summary>
sealed class SecondWorker : IAsyncDisposable
{
    readonly System.Text.StringBuilder _output = new();
    Process _process = null!;

    public int Id => _process.Id;

    /// <summary>What it said.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public Task BeginAsync(SandboxWorld world, IReadOnlyDictionary<string, string> environment)
    {
        _process = Start(world, environment, _output);
        return Task.CompletedTask;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Starts a worker whose words are noted.</summary>
    public static Process Start(SandboxWorld world, IReadOnlyDictionary<string, string> environment, System.Text.StringBuilder output)
    {
        var process = AppProgram.Start(AppProgram.Path, world, environment, "work");
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Note(object sender, DataReceivedEventArgs line)
        {
            lock (output)
                output.AppendLine(line.Data);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await AppProgram.RunAsync("kill", null, "-TERM", $"{_process.Id}");
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
