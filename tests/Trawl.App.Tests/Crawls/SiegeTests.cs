using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Messaging;
using Trawl.App.Storage;
using Trawl.App.Tests.Servers;
using Trawl.App.Tests.Shared;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Crawls;

/// <summary>A worker that is sent many orders, of which many cannot be used: each of those costs itself, and no other one.</summary>
[Collection(ServersCollection.Name)]
public class SiegeTests(ServersFixture servers)
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;
    static readonly bool IsNightly = Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1";

    static readonly int Good = IsNightly ? 7000 : 30;
    static readonly int Bad = IsNightly ? 3000 : HostileOrders.All.Count;

    [Fact]
    public async Task Through_the_broker_every_good_order_is_done_and_every_other_one_is_put_aside_with_its_reason()
    {
        await using var run = await WorkRun.StartAsync(servers, count: 1, mock: true);

        foreach (var (name, body) in Orders())
            await run.Pipeline.SendAsync(
                "videos.search.request",
                body,
                name,
                name.Length % 2 == 0 ? new Dictionary<string, object?> { ["x-retry-count"] = "abc" } : null
            );
        var (done, dead) = (new HashSet<string>(), new Dictionary<string, string>());
        await run.Pipeline.UntilAsync(
            e =>
            {
                if (e.Topic == "videos.collections.completed")
                    done.Add((string)e.Body["job_id"]!);
                else if (e.Topic == "queue.videos.search.request.dlq")
                    dead.Add(e.CorrelationId!, Encoding.UTF8.GetString((byte[])e.Headers!["x-failure-reason"]!));
                return done.Count == Good && dead.Count == Bad;
            },
            TimeSpan.FromMinutes(30)
        );

        ShouldBeAllOf(done, dead);
        (await run.RowsAsync("select job_id from trawl_jobs where state = 'done'")).Count.ShouldBe(Good);
        (await run.RowsAsync("select job_id from trawl_jobs where state <> 'done'")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Through_the_database_it_is_the_same()
    {
        await using var run = await WorkRun.StartAsync(servers, count: 1, mock: true, settings: ("BUS_BROKER", ""));
        await using var database = Database.At(run.Database);
        await Migrations.ApplyAsync(database, None);
        var inbox = new Inbox(database, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeProvider.System, NullLogger.Instance);
        var kept = 0;

        foreach (var (name, body) in Orders().Where(o => !o.Body.Contains((byte)0))) // which no text of PostgreSQL can hold
        {
            await inbox.AddAsync(Inbox.Orders, name, Encoding.UTF8.GetString(body), None);
            kept++;
        }
        await run.UntilAsync(
            async () =>
                (await run.RowsAsync("select 1::text from trawl_inbox where refused is null limit 1")).Count == 0
                && (await run.RowsAsync("select 1::text from trawl_jobs where state <> 'done' limit 1")).Count == 0,
            TimeSpan.FromMinutes(30)
        );

        var done = (await run.RowsAsync("select job_id from trawl_jobs")).ToHashSet();
        var dead = (await inbox.RefusedAsync(None)).ToDictionary(m => m.CorrelationId!, m => m.Refused!);
        (done.Count + dead.Count).ShouldBe(kept);
        ShouldBeAllOf(done, dead, Bad - (Good + Bad - kept));
    }

    [Fact]
    public async Task By_hand_each_is_refused_with_its_reason()
    {
        using var folder = new TempFolder();
        foreach (var (what, body) in HostileOrders.All.Where((_, i) => IsNightly || i % 12 == 0))
        {
            await File.WriteAllBytesAsync(folder.File("order.json"), body, None);

            var run = await AppProgram.RunAsync(AppProgram.Path, null, "jobs", "submit", folder.File("order.json"), "-P", folder.Path);

            run.ExitCode.ShouldBe(2, what);
            run.Messages.ShouldContain("The order cannot be used: ");
            run.Messages.ShouldNotContain("   at ");
        }
    }

    // in an order that is the same each time
    static IEnumerable<(string Name, byte[] Body)> Orders()
    {
        var chance = new Random(7);
        var all = Enumerable
            .Range(0, Good)
            .Select(i => ($"good-{i}", HostileOrders.GoodOne($"good-{i}")))
            .Concat(
                Enumerable
                    .Range(0, Bad)
                    .Select(i => (i, HostileOrders.All[i % HostileOrders.All.Count]))
                    .Select(o => ($"bad-{o.i}, {o.Item2.What}", o.Item2.Body))
            )
            .ToArray();
        chance.Shuffle(all);
        return all;
    }

    static void ShouldBeAllOf(HashSet<string> done, Dictionary<string, string> dead, int? bad = null)
    {
        done.ShouldBe(Enumerable.Range(0, Good).Select(i => $"good-{i}"), ignoreOrder: true);
        dead.Count.ShouldBe(bad ?? Bad);
        dead.Keys.ShouldAllBe(name => name.StartsWith("bad-"));
        dead.Values.ShouldAllBe(reason => reason.Length > 10);
    }
}
