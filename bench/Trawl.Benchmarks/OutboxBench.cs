using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using Trawl.App.Crawls;
using Trawl.App.Jobs;
using Trawl.App.Messaging;
using Trawl.App.Storage;
using Trawl.Sandbox;

namespace Trawl.Benchmarks;

/// <summary>What events cost: the outbox against a bare client of the broker, crawling while the broker takes nothing, and workers that have nothing to do.</summary>
sealed class OutboxBench(string work, Report report)
{
    const int Events = 20_000;
    const int Resting = 20;
    const int Posts = 120;

    static readonly TimeSpan Watched = TimeSpan.FromMinutes(1);

    public async Task RunAsync()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using (var rabbit = await RabbitServer.StartAsync())
        {
            await SendAsync("SQLite", Path.Combine(work, "outbox.db"));
            await SendAsync("PostgreSQL", await postgres.NewDatabaseAsync());
            await BlockedAsync(rabbit, "SQLite", name => Task.FromResult(Path.Combine(work, name, "trawl.db")));
            await BlockedAsync(rabbit, "PostgreSQL", _ => postgres.NewDatabaseAsync());
        }
        await RestAsync(await postgres.NewDatabaseAsync());
    }

    async Task SendAsync(string kind, string place)
    {
        await using var database = Database.At(place);
        await Migrations.ApplyAsync(database, CancellationToken.None);
        await database.InTransactionAsync(
            statements =>
                statements.ExecuteAsync(
                    """
                    insert into trawl_outbox (event_id, job_id, video_id, topic, correlation_id, body, created_at)
                    with recursive n (i) as (select 1 union all select i + 1 from n where i < @Events)
                    select 'e' || i, 'j', 'v' || i, 'videos.keyframes.ready', 'c', @Body, {now} from n
                    """,
                    new { Events, Body }
                ),
            CancellationToken.None
        );
        await using var broker = new Broker(RabbitServer.Address, quorum: false, NullLogger.Instance, TimeProvider.System);
        await DeclareAsync();
        await using var publisher = new EventPublisher(database, broker, TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance);
        var watch = Stopwatch.StartNew();
        await publisher.FlushAsync(CancellationToken.None);
        var ours = Events / watch.Elapsed.TotalSeconds;
        var bare = await BareAsync();
        report($"{kind}, ordered events a second", $"{ours:0}", $"a bare client {bare:0}", ours / bare, ">= 2000 a second");
    }

    // with the exchange as the pipeline has it, and a queue that keeps what comes
    static async Task DeclareAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = RabbitServer.Address }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("product_video_matching", ExchangeType.Topic, durable: true);
        await channel.QueueDeclareAsync("all", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("all", "product_video_matching", "videos.keyframes.#");
        await channel.QueuePurgeAsync("all");
    }

    // the same messages by the same client, five hundred at a time, with nothing before and behind
    static async Task<double> BareAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = RabbitServer.Address }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        var body = System.Text.Encoding.UTF8.GetBytes(Body);
        var watch = Stopwatch.StartNew();
        for (var sent = 0; sent < Events; sent += 500)
        {
            var confirms = new List<Task>();
            for (var i = 0; i < 500; i++)
                confirms.Add(
                    channel
                        .BasicPublishAsync(
                            "product_video_matching",
                            "videos.keyframes.ready",
                            mandatory: false,
                            new BasicProperties { DeliveryMode = DeliveryModes.Persistent, MessageId = $"e{sent + i}" },
                            body
                        )
                        .AsTask()
                );
            await Task.WhenAll(confirms);
        }
        return Events / watch.Elapsed.TotalSeconds;
    }

    async Task BlockedAsync(RabbitServer rabbit, string kind, Func<string, Task<string>> placeOf)
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { Posts = Posts, Plain = true });
        await CrawlAsync(world, $"{kind}-warm", placeOf);
        var (open, blocked) = (new List<double>(), new List<double>());
        for (var round = 0; round < 3; round++)
        {
            open.Add(await CrawlAsync(world, $"{kind}-open-{round}", placeOf));
            await rabbit.TakeAsync(messages: false);
            blocked.Add(await CrawlAsync(world, $"{kind}-blocked-{round}", placeOf));
            await rabbit.TakeAsync(messages: true);
        }
        report(
            $"{kind}, a crawl while the broker takes nothing",
            $"{blocked.Min():0.00} s",
            $"while it does {open.Min():0.00} s",
            blocked.Min() / open.Min(),
            "<= 1.05x"
        );
    }

    // from the order to the end of its job
    async Task<double> CrawlAsync(SandboxWorld world, string name, Func<string, Task<string>> placeOf)
    {
        var folder = Directory.CreateDirectory(Path.Combine(work, name)).FullName;
        var place = await placeOf(name);
        var environment = new Dictionary<string, string>(world.Environment)
        {
            ["Trawl__Http__RequestsPerMinute"] = "1000",
            ["Trawl__Work__Data"] = folder,
            ["Trawl__Work__Database"] = place,
            ["Trawl__Work__Broker"] = RabbitServer.Address.AbsoluteUri,
            ["Trawl__Work__Pictures"] = "false",
            ["Trawl__Work__Count"] = "50",
        };
        await using var database = Database.At(place);
        await Migrations.ApplyAsync(database, CancellationToken.None);
        var info = new ProcessStartInfo(Paths.Trawl, ["work"]) { UseShellExecute = false, RedirectStandardError = true };
        foreach (var (key, value) in environment)
            info.Environment[key] = value;
        using var worker = Process.Start(info)!;
        _ = worker.StandardError.ReadToEndAsync();
        try
        {
            var queries = new Dictionary<string, IReadOnlyList<string>> { ["vi"] = [.. SandboxWorld.Subjects] };
            var order = new CrawlOrder("job", "toys", queries, ["tiktok"], 3650, 50);
            var watch = Stopwatch.StartNew();
            await new JobQueue(database, TimeSpan.FromSeconds(30)).SubmitAsync(order, "job", CancellationToken.None);
            while ((await new JobDesk(database).StatusAsync("job", CancellationToken.None))[0].State != "done")
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            return watch.Elapsed.TotalSeconds;
        }
        finally
        {
            worker.Kill();
            await worker.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    async Task RestAsync(string place)
    {
        await using var watching = Database.At(place);
        await Migrations.ApplyAsync(watching, CancellationToken.None);
        var name = new Uri(place).AbsolutePath.Trim('/');
        var workers = new List<Process>();
        try
        {
            for (var i = 0; i < Resting; i++)
            {
                var info = new ProcessStartInfo(Paths.Trawl, ["work"]) { UseShellExecute = false, RedirectStandardError = true };
                info.Environment["Trawl__Work__Data"] = Path.Combine(work, $"resting-{i}");
                info.Environment["Trawl__Work__Database"] = place;
                info.Environment["Trawl__Work__Mock"] = "true";
                var worker = Process.Start(info)!;
                _ = worker.StandardError.ReadToEndAsync();
                workers.Add(worker);
            }
            // they look ever more rarely: half a minute at most
            await Task.Delay(2 * Watched, TimeProvider.System);
            var before = await StatementsAsync(watching, name);
            await Task.Delay(Watched, TimeProvider.System);
            var second = (await StatementsAsync(watching, name) - before) / Watched.TotalSeconds;
            report($"{Resting} resting workers, statements a second together", $"{second:0.0}", "", second, "<= 10");

            var waits = new List<double>();
            for (var i = 0; i < 40; i++)
            {
                var queries = new Dictionary<string, IReadOnlyList<string>> { ["vi"] = ["cat"] };
                var watch = Stopwatch.StartNew();
                await new JobQueue(watching, TimeSpan.FromSeconds(30)).SubmitAsync(
                    new CrawlOrder($"job-{i}", "toys", queries, ["tiktok"], 30, 1),
                    "c",
                    CancellationToken.None
                );
                while (await IsWaitingAsync(watching, $"job-{i}"))
                    await Task.Yield();
                waits.Add(watch.Elapsed.TotalMilliseconds);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }
            report($"one of {Resting} takes a new job, p50", $"{Measure.Median(waits):0} ms", "", Measure.Median(waits), "<= 50 (ms)");
        }
        finally
        {
            foreach (var worker in workers)
            {
                worker.Kill();
                await worker.WaitForExitAsync();
                worker.Dispose();
            }
        }
    }

    static Task<bool> IsWaitingAsync(Database database, string job) =>
        database.AtOnceAsync(
            async statements =>
                (await statements.QueryAsync<string>("select state from trawl_jobs where job_id = @job", new { job }))[0] == "queued",
            CancellationToken.None
        );

    // each is a transaction of its own, or several in one
    static Task<long> StatementsAsync(Database database, string name) =>
        database.AtOnceAsync(
            async statements =>
                (
                    await statements.QueryAsync<long>(
                        "select xact_commit + xact_rollback from pg_stat_database where datname = @name",
                        new { name }
                    )
                )[0],
            CancellationToken.None
        );

    const string Body = """
        {"video_id":"7106798200794926362","frames":[{"frame_id":"7106798200794926362_frame_0","ts":0.8,"local_path":"/data/keyframes/7106798200794926362/frame_0_80s.jpg"}],"job_id":"j","_metadata":{"correlation_id":"c"}}
        """;
}
