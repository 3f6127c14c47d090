using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary>What commands remember of each other.</summary>
public class StrategiesTests
{
    [Fact]
    public async Task What_one_command_sees_the_next_one_knows()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        world.Add(
            new FaultRule
            {
                Host = "www.tiktok.com",
                Path = "^/@",
                Fault = "status",
            }
        );
        string[] links = [.. world.Links.Skip(14).Take(6)];

        var get = await AskAsync(
            world,
            ["get", .. links, "-P", folder.Path, "--no-keyframes", "--concurrency", "1", "--json", "--sleep-requests", "0"]
        );

        get.ExitCode.ShouldBe(0, get.Messages);
        var list = await AskAsync(world, ["strategies", "list"]);
        list.Output.ShouldMatch("web +│ rests for");
        var stats = await AskAsync(world, ["stats", "--json"]);
        var web = stats.Events.Single(e => e.GetProperty("strategy").GetString() == "web");
        web.GetProperty("attempts").GetInt32().ShouldBe(5, "then it was left alone");
        web.GetProperty("breaker").GetString().ShouldBe("open");
        web.GetProperty("failures").GetProperty("upstream-error").GetInt32().ShouldBe(5);
        web.GetProperty("alerts")[0].GetString().ShouldBe("It failed too often and rests.");
        (await AskAsync(world, ["stats"])).Output.ShouldContain("CRITICAL tiktok web: It failed too often and rests.");
        var order = (await AskAsync(world, ["explain", links[0], "--strategy", "auto", "--json"])).Events[0].GetProperty("order");
        order
            .EnumerateArray()
            .Select(o => $"{o.GetProperty("strategy")}: {o.GetProperty("standing")}")
            .ShouldContain(o => o.StartsWith("tikwm: 6 of the last 6 brought a video"));
        stats.Events.Single(e => e.GetProperty("strategy").GetString() == "tikwm").GetProperty("succeeded").GetInt32().ShouldBe(6);

        (await AskAsync(world, ["strategies", "reset", "web"])).ExitCode.ShouldBe(0);
        (await AskAsync(world, ["strategies", "list"])).Output.ShouldMatch("web +│ ready");
    }

    [Fact]
    public async Task A_strategy_switched_off_is_not_asked()
    {
        await using var world = await SandboxWorld.StartAsync();
        (await AskAsync(world, ["strategies", "disable", "web"])).ExitCode.ShouldBe(0);

        var explain = await AskAsync(world, ["explain", world.Links[1]]);

        explain.Output.ShouldContain("web: resting in 0 ms, it is switched off");
        explain.Output.ShouldContain("tikwm: ok");
        (await AskAsync(world, ["strategies", "enable", "web"])).ExitCode.ShouldBe(0);
        (await AskAsync(world, ["explain", world.Links[1]])).Output.ShouldContain("web: ok");
    }

    [Fact]
    public async Task Every_strategy_can_be_tried_alone()
    {
        await using var world = await SandboxWorld.StartAsync();

        var test = await AskAsync(world, ["strategies", "test", world.Links[1]]);

        test.ExitCode.ShouldBe(0, test.Messages);
        test.Output.Split('\n').Count(l => l.Contains(" ok in ") && !l.StartsWith("  ")).ShouldBe(4, test.Output);
    }

    [Fact]
    public async Task An_unknown_name_is_refused()
    {
        await using var world = await SandboxWorld.StartAsync();

        (await AskAsync(world, ["strategies", "disable", "wbe"])).ExitCode.ShouldBe(2);
    }

    static Task<Run> AskAsync(SandboxWorld world, string[] arguments) =>
        AppProgram.TrawlAsync(world, [.. arguments, AppProgram.Remembering]);
}
