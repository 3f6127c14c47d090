using System.Text.Json;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Crawls;

/// <summary>A corpus is collected while one strategy after the other breaks.</summary>
public class OutageTests
{
    const int Posts = 100;

    [Fact]
    public async Task A_hundred_posts_are_delivered_while_each_strategy_in_turn_is_broken()
    {
        var calm = await CollectAsync(_ => { });
        var broken = await CollectAsync(world =>
        {
            world.ClearFaults();
            // a third of the run each: TikWM, then the resolver, then the pages
            var delivered = world.Requests.Count(r => r.Method == "GET" && r.Path.Contains("/video/tos/") && r.Status == 200);
            world.Add(
                delivered switch
                {
                    < Posts / 3 => new FaultRule { Host = "www.tikwm.com", Fault = "status" },
                    < 2 * Posts / 3 => new FaultRule { Host = "resolver.sandbox.test", Fault = "status" },
                    _ => new FaultRule
                    {
                        Host = "www.tiktok.com",
                        Path = "^/@",
                        Fault = "status",
                    },
                }
            );
        });

        calm.Done.ShouldBe(Posts);
        broken.Done.ShouldBe(Posts);
        broken.Requests.ShouldBeLessThanOrEqualTo((int)(1.25 * calm.Requests), $"{calm.Requests} when nothing is broken");
        var web = broken.Stats.Single(s => s.GetProperty("strategy").GetString() == "web");
        web.GetProperty("failures").GetProperty("upstream-error").GetInt32().ShouldBeGreaterThan(0);
        broken.Stats.Sum(s => s.GetProperty("succeeded").GetInt32()).ShouldBe(Posts);
    }

    static async Task<(int Done, int Requests, IReadOnlyList<JsonElement> Stats)> CollectAsync(Action<SandboxWorld> beset)
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { Posts = Posts + 14 });
        using var folder = new TempFolder();
        await File.WriteAllLinesAsync(folder.File("links"), world.Links.Skip(14)); // the first ones have conditions of their own
        string[] get =
        [
            "get",
            "-a",
            folder.File("links"),
            "-P",
            folder.File("out"),
            "--no-keyframes",
            "--json",
            "--strategy",
            "auto",
            "--sleep-requests",
            "0",
            AppProgram.Remembering,
        ];
        beset(world);
        var run = AppProgram.TrawlAsync(world, get);
        while (!run.IsCompleted)
        {
            beset(world);
            await Task.WhenAny(run, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }
        var stats = await AppProgram.TrawlAsync(world, "stats", "--json", AppProgram.Remembering);
        return ((await run).OfType("item.done").Count, world.Requests.Count(r => r.Method != "CONNECT"), stats.Events);
    }
}
