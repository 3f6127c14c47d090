using System.Diagnostics;
using Trawl.App.Tests.Servers;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;

namespace Trawl.App.Tests.Crawls;

/// <summary>Workers, databases and brokers that die in the middle, again and again: nothing is lost, nothing doubled, nothing torn.</summary>
[Collection(ServersCollection.Name)]
public class CrashTests(ServersFixture servers)
{
    static bool IsNightly => Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1";

    [Fact]
    public Task However_often_a_worker_is_killed() =>
        RunAsync(posts: IsNightly ? 60 : 30, times: IsNightly ? 20 : 8, 1, (run, _) => KillAsync(run));

    [Fact]
    public async Task However_often_the_database_crashes()
    {
        await RunAsync(posts: IsNightly ? 60 : 30, times: IsNightly ? 30 : 3, 2, (_, _) => RestartDatabaseAsync());
    }

    [Fact]
    public async Task However_often_the_broker_is_killed()
    {
        Assert.SkipUnless(IsNightly, "nightly only");
        await RunAsync(posts: 60, times: 30, 3, (run, _) => RestartBrokerAsync(run));
    }

    [Fact]
    public async Task However_often_a_worker_is_killed_at_length()
    {
        Assert.SkipUnless(IsNightly, "nightly only");
        await RunAsync(posts: 480, times: 200, 4, (run, _) => KillAsync(run));
    }

    /// <summary>All times of a worker are a sixtieth of the usual ones: 24 minutes are a day of it.</summary>
    [Fact]
    public async Task A_day_in_which_everything_dies_loses_and_doubles_nothing()
    {
        Assert.SkipUnless(IsNightly, "nightly only");
        var options = new SandboxOptions { Posts = 480, Plain = true };
        await using var run = await WorkRun.StartAsync(servers, 50, options, settings: ("Trawl__Work__Lease", "0.5"));
        SecondWorker[] workers = [await run.AnotherAsync(), await run.AnotherAsync(), await run.AnotherAsync()];
        var chance = new Random(5);
        var strikes = Enumerable
            .Repeat(KillOneAsync, 500)
            .Concat(Enumerable.Repeat(StopOneAsync, 50))
            .Concat(Enumerable.Repeat(RestartDatabaseAsync, 20))
            .Concat(Enumerable.Repeat(() => RestartBrokerAsync(run), 20))
            .ToArray();
        chance.Shuffle(strikes);
        var pause = TimeSpan.FromMinutes(24) / strikes.Length;
        var (jobs, ledger) = (0, new List<PipelineEvent>());

        foreach (var strike in strikes)
        {
            var next = Stopwatch.GetTimestamp();
            // there is always something to be struck at
            if (jobs == 0 || await run.IsDoneAsync($"job-{jobs}"))
                await run.Pipeline.OrderAsync($"job-{++jobs}", SandboxWorld.Subjects);
            await strike();
            ledger.AddRange(run.Pipeline.Rest());
            if (Stopwatch.GetElapsedTime(next) is var taken && taken < pause)
                await Task.Delay(pause - taken, TimeProvider.System);
        }
        await run.UntilAsync(() => run.IsDoneAsync($"job-{jobs}"), TimeSpan.FromMinutes(10));
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_outbox where sent_at is null")).Count == 0);
        var told = (await run.RowsAsync("select event_id || ' ' || topic from trawl_outbox order by 1")).ToHashSet();
        while (!told.IsSubsetOf(ledger.Select(Line)))
            ledger.AddRange(await run.Pipeline.UntilAsync(_ => true));

        (await run.RowsAsync("select job_id from trawl_jobs where state <> 'done'")).ShouldBeEmpty();
        (await run.RowsAsync("select job_id from trawl_jobs")).Count.ShouldBe(jobs, "no order is lost");
        ledger
            .Select(Line)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ShouldBe(told.Order(StringComparer.Ordinal), "nothing is told that is not so");
        // what a kill had sent once more has its name; two names for one fact would be a double
        ledger
            .GroupBy(e => e.EventId)
            .Select(same => same.Select(e => e.Body.ToJsonString()).Distinct().ShouldHaveSingleItem())
            .Count()
            .ShouldBe(told.Count);
        ledger
            .GroupBy(e => $"{e.Topic} {e.Body["job_id"]} {e.Body["video_id"]}")
            .ShouldAllBe(fact => fact.Select(e => e.EventId).Distinct().Count() == 1);
        ledger
            .Where(e => e.Topic == "videos.collections.completed")
            .Select(e => (string)e.Body["job_id"]!)
            .Distinct()
            .Count()
            .ShouldBe(jobs);
        await run.AuditAsync();
        foreach (var worker in workers)
            await worker.DisposeAsync();

        static string Line(PipelineEvent e) => $"{e.EventId} {e.Topic}";

        async Task KillOneAsync()
        {
            var worker = workers[chance.Next(workers.Length)];
            await worker.KillAsync();
            await run.BeginAsync(worker);
        }

        // past its lease
        async Task StopOneAsync()
        {
            var id = workers[chance.Next(workers.Length)].Id;
            await AppProgram.RunAsync("kill", null, "-STOP", $"{id}");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            await AppProgram.RunAsync("kill", null, "-CONT", $"{id}");
        }
    }

    static async Task KillAsync(WorkRun run)
    {
        await run.KillAsync();
        await run.BeginAsync();
    }

    async Task RestartDatabaseAsync()
    {
        await servers.Postgres.CrashAsync();
        await servers.Postgres.StartAsync();
    }

    async Task RestartBrokerAsync(WorkRun run)
    {
        await servers.Rabbit.KillAsync();
        await servers.Rabbit.StartAsync();
        await run.Pipeline.ConnectAsync();
    }

    async Task RunAsync(int posts, int times, int seed, Func<WorkRun, int, Task> strike)
    {
        await using var run = await WorkRun.StartAsync(servers, 50, new SandboxOptions { Posts = posts });
        var chance = new Random(seed);
        await run.Pipeline.OrderAsync("job-1", SandboxWorld.Subjects);
        var open = new HashSet<string> { "job-1" };
        for (var (strikes, last) = (0, 1); strikes < times; strikes++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300 + chance.Next(700)), TimeProvider.System);
            // there is always something to be struck at
            if (await run.IsDoneAsync($"job-{last}") && open.Add($"job-{++last}"))
                await run.Pipeline.OrderAsync($"job-{last}", SandboxWorld.Subjects);
            await strike(run, strikes);
        }

        var events = await run.Pipeline.UntilAsync(e =>
            e.Topic == "videos.collections.completed" && open.Remove((string)e.Body["job_id"]!) && open.Count == 0
        );
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_outbox where sent_at is null")).Count == 0);

        var found = await run.RowsAsync("select distinct video_id from trawl_items order by 1");
        found.Count.ShouldBeGreaterThan(posts / 2);
        (await run.RowsAsync("select video_id || ' ' || coalesce(error, '') from trawl_items where state <> 'done'")).ShouldBeEmpty();
        (await run.RowsAsync("select video_id from videos order by 1")).ShouldBe(found);
        var ready = events.Where(e => e.Topic == "videos.keyframes.ready").ToList();
        ready.Select(e => (string)e.Body["video_id"]!).Distinct().Order(StringComparer.Ordinal).ShouldBe(found);
        events.Count(e => e.Topic == "videos.keyframes.ready.batch").ShouldBeGreaterThanOrEqualTo(1);
        // a strike may cost what was being downloaded, which may be several; on the whole it costs less than one
        run.World.Requests.Count(r => r.Host.StartsWith('v') && r.Method == "GET" && r.Status is 200 or 206)
            .ShouldBeLessThanOrEqualTo(found.Count + times);
        await run.AuditAsync();
    }
}
