using System.Text.Json;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Sandbox.Manners;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary>The canary, with doors closed one by one.</summary>
public class CanaryTests
{
    [Fact]
    public async Task It_tells_which_door_has_closed_what_changed_there_and_when_it_is_open_again()
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { TikTok = new TikTokManners() });
        using var folder = new TempFolder();
        await File.WriteAllLinesAsync(folder.File("links"), world.Links.Skip(14).Take(2));

        var first = await RoundAsync(world, folder);
        first.ExitCode.ShouldBe(0, first.Messages);
        Changes(first).ShouldBeEmpty();
        foreach (var (manners, change, difference) in Closures)
        {
            world.TikTok = manners;
            var closed = await RoundAsync(world, folder);
            Changes(closed).ShouldBe([change]);
            var data = closed.Events.Single(e => Type(e).StartsWith("site.")).GetProperty("data");
            data.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
            if (difference is not null)
                data.GetProperty("differences").EnumerateArray().Select(d => d.GetString()).ShouldContain(difference);
            world.TikTok = new TikTokManners();
            Changes(await RoundAsync(world, folder)).ShouldBe([change.Replace("closed", "opened")]);
        }

        (await RoundAsync(world, folder)).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(folder.File("metrics"))).ShouldContain(
            "trawl_door_open{platform=\"tiktok\",strategy=\"web\",door=\"player\"} 1"
        );
        var events = await AppProgram.TrawlAsync(world, ["events", "list", "-P", folder.Path]);
        events.Events.Count(e => e.GetProperty("topic").GetString()!.StartsWith("site.door.")).ShouldBe(2 * Closures.Length);
    }

    static readonly (TikTokManners Manners, string Change, string? Difference)[] Closures =
    [
        (new() { Desktop = FirstAnswer.Refused }, "site.door.closed page", "status 200 is now 403"),
        (new() { Phone = FirstAnswer.RiskControl }, "site.door.closed phone", "header x-tt-system-error is new"),
        (new() { Player = FirstAnswer.ProofOfWork }, "site.door.closed player", null),
        (new() { Embed = FirstAnswer.OtherProof }, "site.door.closed embed", null),
    ];

    [Fact]
    public async Task What_it_writes_down_can_be_shown_to_others()
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { TikTok = new TikTokManners() });
        using var folder = new TempFolder();
        await File.WriteAllLinesAsync(folder.File("links"), [$"{world.Links[14]} author=somebody_else"]);

        var run = await RoundAsync(world, folder);

        run.ExitCode.ShouldNotBe(0);
        var capture = run.Events.First(e => Type(e) == "site.door.closed").GetProperty("data").GetProperty("capture").GetString()!;
        var text = await File.ReadAllTextAsync(capture);
        text.ShouldContain("author is");
        text.ShouldContain("Content-Type: text/html");
        text.ShouldContain("Set-Cookie: …");
        text.ShouldNotContain("sandbox-chain", Case.Insensitive, "a token");
        text.ShouldNotMatch("signature=[0-9a-f]{8}");
        File.GetUnixFileMode(capture).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task What_it_learns_of_doors_those_who_crawl_know()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        await File.WriteAllLinesAsync(folder.File("links"), [world.Links[14]]);
        await RoundAsync(world, folder);

        var run = await AppProgram.TrawlAsync(world, ["info", world.Links[15], AppProgram.Remembering]);

        run.Output.ShouldContain("source     web/phone");
        var list = await AppProgram.TrawlAsync(world, ["strategies", "list", AppProgram.Remembering]);
        list.Output.ShouldMatch("page +│ passed over for");
    }

    [Theory]
    [InlineData("", "names 0 posts")]
    [InlineData("https://www.tiktok.com/@u/video/1 likes=5", "\"likes=5\" is none of")]
    public async Task A_list_that_cannot_be_used_is_said_so(string list, string why)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("links"), list);

        var run = await AppProgram.TrawlAsync(null, "canary", "--links", folder.File("links"));

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain(why);
    }

    static Task<Run> RoundAsync(SandboxWorld world, TempFolder folder) =>
        AppProgram.TrawlAsync(
            world,
            [
                "canary",
                "--links",
                folder.File("links"),
                "--pause",
                "0",
                "--strategy",
                "web",
                "-P",
                folder.Path,
                "--metrics",
                folder.File("metrics"),
                "--json",
                "--sleep-requests",
                "0",
                AppProgram.Remembering,
            ]
        );

    static string[] Changes(Run run) =>
        [
            .. run
                .Events.Where(e => Type(e).StartsWith("site."))
                .Select(e => $"{Type(e)} {e.GetProperty("data").GetProperty("door").GetString()}"),
        ];

    static string Type(JsonElement e) => e.GetProperty("type").GetString()!;
}
