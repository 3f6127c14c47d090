using Trawl.App.Tests.Servers;
using Trawl.Sandbox;

namespace Trawl.App.Tests.Crawls;

/// <summary>Workers, databases and brokers that die in the middle, again and again: nothing is lost, nothing doubled, nothing torn.</summary>
[Collection(ServersCollection.Name)]
public class CrashTests(ServersFixture servers)
{
    static bool IsNightly => Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1";

    [Fact]
    public Task However_often_a_worker_is_killed() => RunAsync(posts: 60, times: 20, 1, (run, _) => KillAsync(run));

    [Fact]
    public async Task However_often_the_database_crashes()
    {
        await RunAsync(posts: IsNightly ? 60 : 30, times: IsNightly ? 30 : 4, 2, (_, _) => RestartDatabaseAsync());
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
