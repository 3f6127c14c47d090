using System.Diagnostics;
using System.Text.Json.Nodes;
using Npgsql;
using Trawl.App.Storage;
using Trawl.App.Tests.Servers;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Crawls;

/// <summary>The program <c>trawl work</c> in its pipeline: real PostgreSQL, real RabbitMQ, and whatever can happen to them.</summary>
[Collection(ServersCollection.Name)]
public class WorkTests(ServersFixture servers)
{
    const int Count = 3;
    const int Many = 30;

    [Fact]
    public async Task An_order_becomes_files_rows_and_events_in_their_order()
    {
        await using var run = await WorkRun.StartAsync(servers);

        await run.Pipeline.OrderAsync("job-1", "street cat", correlation: "asked-1");
        var events = await run.Pipeline.UntilEndOfAsync("job-1");

        events
            .Select(e => e.Topic)
            .ShouldBe([
                .. Enumerable.Repeat("videos.keyframes.ready", Count),
                "videos.keyframes.ready.batch",
                "videos.collections.completed",
            ]);
        events.ShouldAllBe(e => e.CorrelationId == "asked-1" && (string?)e.Body["_metadata"]!["correlation_id"] == "asked-1");
        foreach (var ready in events.Take(Count))
        {
            ready.Body.AsObject().Select(f => f.Key).ShouldBe(["video_id", "frames", "job_id", "_metadata"]);
            foreach (var frame in ready.Body["frames"]!.AsArray())
            {
                var path = (string)frame!["local_path"]!;
                path.ShouldBe(
                    $"{run.Data}/keyframes/{ready.Body["video_id"]}/frame_{((double)frame["ts"]!).ToString("0.00").Replace('.', '_')}s.jpg"
                );
                File.Exists(path).ShouldBeTrue(path);
            }
        }
        var batch = events[^2].Body;
        ((int)batch["total_keyframes"]!).ShouldBe(events.Take(Count).Sum(e => e.Body["frames"]!.AsArray().Count));
        batch["videos"]!.AsArray().ShouldAllBe(v => (bool)v!["created_new"]!);
        Guid.TryParse((string)events[^1].Body["event_id"]!, out _).ShouldBeTrue();
        (await run.RowsAsync("select video_id || ' ' || platform from videos order by 1")).Count.ShouldBe(Count);
        (await run.RowsAsync("select job_id from job_videos")).ShouldBe(Enumerable.Repeat("job-1", Count));
        (await run.RowsAsync("select frame_id from video_frames order by 1")).ShouldBe(
            events
                .Take(Count)
                .SelectMany(e => e.Body["frames"]!.AsArray().Select(f => (string)f!["frame_id"]!))
                .Order(StringComparer.Ordinal)
        );
        foreach (var id in await run.RowsAsync("select video_id from videos"))
            File.Exists($"{run.Data}/videos/tiktok/{id}.mp4").ShouldBeTrue();
        (await run.RowsAsync("select duration_s::text from videos")).ShouldAllBe(d => int.Parse(d) > 0);
    }

    [Fact]
    public async Task An_operators_machines_are_told_how_it_is()
    {
        var port = PostgresServer.FreePort();
        await using var run = await WorkRun.StartAsync(servers, settings: ("Trawl__Work__Port", $"{port}"));
        await run.Pipeline.OrderAsync("job-1", "street cat");
        await run.Pipeline.UntilEndOfAsync("job-1");

        var ready = await AskAsync("readyz");
        var metrics = await AskAsync("metrics");
        await servers.Postgres.CrashAsync();
        var away = await AskAsync("readyz");
        var alive = await AskAsync("healthz");
        await servers.Postgres.StartAsync();

        ready.ShouldBe("ready\n200");
        metrics.ShouldContain(
            "trawl_operation_duration_seconds_count{operation=\"resolve\",platform=\"tiktok\",kind=\"ok\",cache=\"miss\"}"
        );
        away.ShouldStartWith("The database does not answer");
        away.ShouldEndWith("503");
        alive.ShouldBe("ok\n200");

        async Task<string> AskAsync(string path) =>
            (
                await AppProgram.RunAsync("curl", null, "-s", "--noproxy", "*", "-w", "%{http_code}", $"http://127.0.0.1:{port}/{path}")
            ).Output;
    }

    [Fact]
    public async Task With_a_full_disk_nothing_is_begun_until_there_is_room()
    {
        await using var run = await WorkRun.StartAsync(servers, settings: ("Trawl__Work__LeastFreeMiB", "999999999"));
        await run.Pipeline.OrderAsync("job-1", "street cat");
        await run.UntilAsync(() => Task.FromResult(run.Output.Contains("The disk is nearly full")));
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_items where state = 'queued'")).Count == Count);
        run.MediaRequests.ShouldBe(0);

        await run.KillAsync();
        await run.BeginAsync(("Trawl__Work__LeastFreeMiB", "1"));

        (await run.Pipeline.UntilEndOfAsync("job-1")).Count(e => e.Topic == "videos.keyframes.ready").ShouldBe(Count);
    }

    [Fact]
    public async Task What_is_there_is_used_again_and_told_of_again()
    {
        await using var run = await WorkRun.StartAsync(servers);
        await run.Pipeline.OrderAsync("job-1", "street cat");
        await run.Pipeline.UntilEndOfAsync("job-1");
        var (rows, media) = (await run.RowsAsync("select frame_id from video_frames order by 1"), run.MediaRequests);

        await run.Pipeline.OrderAsync("job-2", "street cat");
        var other = await run.Pipeline.UntilEndOfAsync("job-2");
        await run.Pipeline.OrderAsync("job-1", "street cat");
        var again = await run.Pipeline.UntilEndOfAsync("job-1");

        run.MediaRequests.ShouldBe(media, "nothing is downloaded twice");
        (await run.RowsAsync("select frame_id from video_frames order by 1")).ShouldBe(rows);
        foreach (var events in (List<PipelineEvent>[])[other, again])
        {
            events.Count(e => e.Topic == "videos.keyframes.ready").ShouldBe(Count);
            events[^2].Body["videos"]!.AsArray().ShouldAllBe(v => !(bool)v!["created_new"]!);
        }
        (await run.RowsAsync("select job_id from job_videos where job_id = 'job-2'")).Count.ShouldBe(Count);
    }

    [Fact]
    public async Task An_order_that_finds_nothing_only_ends()
    {
        await using var run = await WorkRun.StartAsync(servers);

        await run.Pipeline.OrderAsync("job-1", "nothing whatsoever");
        var events = await run.Pipeline.UntilEndOfAsync("job-1");

        events.Select(e => e.Topic).ShouldBe(["videos.collections.completed"]);
    }

    [Fact]
    public async Task A_platform_nobody_can_search_yields_nothing_and_stops_no_other()
    {
        await using var run = await WorkRun.StartAsync(servers);

        await run.Pipeline.OrderAsync("job-1", "street cat", "", "bilibili", "tiktok", "douyin");
        var events = await run.Pipeline.UntilEndOfAsync("job-1");

        events.Count(e => e.Topic == "videos.keyframes.ready").ShouldBe(2 * Count);
        (await run.RowsAsync("select distinct platform from videos order by 1")).ShouldBe(["bilibili", "tiktok"]);
        (await run.RowsAsync("select error from trawl_jobs")).ShouldBe(["douyin: It is not supported: nobody can search it."]);
    }

    [Fact]
    public async Task Invented_videos_have_rows_and_no_pictures_and_the_batch_says_none()
    {
        await using var run = await WorkRun.StartAsync(servers, mock: true);

        await run.Pipeline.OrderAsync("job-1", "cat", "", "youtube", "tiktok");
        var events = await run.Pipeline.UntilEndOfAsync("job-1");

        events.Select(e => e.Topic).ShouldBe(["videos.keyframes.ready.batch", "videos.collections.completed"]);
        ((int)events[0].Body["total_keyframes"]!).ShouldBe(0);
        (await run.RowsAsync("select video_id from videos")).Count.ShouldBe(2 * Count);
    }

    [Fact]
    public async Task A_big_job_of_all_platforms_is_told_of_in_order()
    {
        await using var run = await WorkRun.StartAsync(servers, count: 100, mock: true);

        await run.Pipeline.SendAsync(
            "videos.search.request",
            """
            {"job_id":"job-1","industry":"toys","queries":{"vi":["mèo","chó"],"zh":["猫","狗"]},"platforms":["tiktok","youtube","bilibili","douyin"],"recency_days":30}
            """,
            "asked-1"
        );
        var events = await run.Pipeline.UntilEndOfAsync("job-1");

        events.Select(e => e.Topic).ShouldBe(["videos.keyframes.ready.batch", "videos.collections.completed"]);
        // two phrases each; douyin alone takes those of all languages only when it is asked alone
        (await run.RowsAsync("select platform || ' ' || count(*) from videos group by platform order by 1")).ShouldBe([
            "bilibili 100",
            "douyin 100",
            "tiktok 100",
            "youtube 100",
        ]);
        var videos = events[0].Body["videos"]!.AsArray();
        videos.Count.ShouldBe(400);
        // in the order each platform was searched
        (await run.RowsAsync("select video_id from trawl_items order by platform, rank")).ShouldBe([
            .. videos.OrderBy(v => (string)v!["platform"]!, StringComparer.Ordinal).Select(v => (string)v!["video_id"]!),
        ]);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_is_dropped_and_that_is_told()
    {
        await using var run = await WorkRun.StartAsync(servers);
        run.World.Add(new Sandbox.Faults.FaultRule { Host = "v16-webapp-prime.tiktok.com", Fault = "stall" });
        await run.Pipeline.OrderAsync("job-1", "street cat");
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_items where state = 'running'")).Count > 0);

        await run.Pipeline.SendAsync("job.cancelled", """{"job_id":"job-1"}""", "why");
        var events = await run.Pipeline.UntilAsync(e => e.Topic == "job.cancelled.ack");
        run.World.ClearFaults();
        await run.Pipeline.OrderAsync("job-2", "wireless earbuds");
        var next = await run.Pipeline.UntilEndOfAsync("job-2");

        events.ShouldHaveSingleItem();
        next.ShouldNotContain(e => (string?)e.Body["job_id"] == "job-1");
        (await run.RowsAsync("select state from trawl_jobs where job_id = 'job-1'")).ShouldBe(["cancelled"]);
    }

    [Fact]
    public async Task While_the_database_is_down_nothing_is_lost_and_nothing_is_said_to_be_done()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only: it takes a minute");
        await using var run = await WorkRun.StartAsync(servers);
        await run.Pipeline.OrderAsync("job-1", "street cat");
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_items")).Count > 0);

        await servers.Postgres.CrashAsync();
        await run.Pipeline.OrderAsync("job-2", "wireless earbuds");
        await run.UntilAsync(() => Task.FromResult(run.Output.Contains("The database does not answer")));
        run.Pipeline.Rest().ShouldNotContain(e => e.Topic.StartsWith("videos.collections"));
        await servers.Postgres.StartAsync();

        var events = await run.Pipeline.UntilAsync(AllOf("job-1", "job-2"));
        events.Count(e => e.Topic == "videos.collections.completed").ShouldBe(2);
        await run.AuditAsync();
    }

    [Fact]
    public async Task When_the_broker_is_killed_every_event_arrives_all_the_same()
    {
        await using var run = await WorkRun.StartAsync(servers);
        await run.Pipeline.OrderAsync("job-1", "street cat");
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_items")).Count > 0);

        await servers.Rabbit.KillAsync();
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_jobs where state = 'done'")).Count > 0);
        await servers.Rabbit.StartAsync();
        await run.Pipeline.ConnectAsync();

        await run.Pipeline.UntilEndOfAsync("job-1");
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_outbox where sent_at is null")).Count == 0);
        // and it listens again
        await run.Pipeline.OrderAsync("job-2", "wireless earbuds");
        await run.Pipeline.UntilEndOfAsync("job-2");
    }

    [Fact]
    public async Task Several_workers_share_the_work_and_double_nothing()
    {
        await using var run = await WorkRun.StartAsync(servers, count: Many);
        await using var second = await run.AnotherAsync();

        await run.Pipeline.OrderAsync("job-1", "street cat");
        var events = await run.Pipeline.UntilEndOfAsync("job-1");

        events.Count(e => e.Topic == "videos.keyframes.ready").ShouldBe(Many);
        events.Select(e => e.Topic).TakeLast(2).ShouldBe(["videos.keyframes.ready.batch", "videos.collections.completed"]);
        run.World.Requests.Count(r => r.Host.StartsWith('v') && r.Method == "GET" && r.Status == 200)
            .ShouldBeLessThan(2 * Many, "each is fetched once");
        (run.Output.Split("Crawled for job").Length - 1).ShouldBeInRange(1, Many - 1);
        (second.Output.Split("Crawled for job").Length - 1).ShouldBeInRange(1, Many - 1);
        await run.AuditAsync();
    }

    [Fact]
    public async Task A_worker_that_slept_past_its_lease_has_no_say_any_more()
    {
        await using var run = await WorkRun.StartAsync(servers, count: 10);
        run.World.Add(
            new Sandbox.Faults.FaultRule
            {
                Host = "v16-webapp-prime.tiktok.com",
                Fault = "drip",
                Times = 3,
            }
        );
        await run.Pipeline.OrderAsync("job-1", "street cat");
        await run.UntilAsync(() => Task.FromResult(run.World.Faults.Sum(f => f.Count) == 3)); // its three downloads have begun

        await AppProgram.RunAsync("kill", null, "-STOP", $"{run.Id}");
        await using var second = await run.AnotherAsync();
        await run.UntilAsync(async () => (await run.RowsAsync("select 1::text from trawl_items where lost > 0")).Count == 3);
        await AppProgram.RunAsync("kill", null, "-CONT", $"{run.Id}");
        run.World.ClearFaults();
        var events = await run.Pipeline.UntilEndOfAsync("job-1");

        events.Count(e => e.Topic == "videos.keyframes.ready").ShouldBe(10);
        events.Count(e => e.Topic == "videos.collections.completed").ShouldBe(1);
        await run.AuditAsync();
    }

    static Func<PipelineEvent, bool> AllOf(params string[] jobs)
    {
        var open = jobs.ToHashSet();
        return e =>
        {
            if (e.Topic == "videos.collections.completed")
                open.Remove((string)e.Body["job_id"]!);
            return open.Count == 0;
        };
    }
}
