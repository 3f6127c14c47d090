using System.Text.Json;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Sandbox.Manners;
using Trawl.Tests.Browser;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary>The strategy <c>browser</c>, inside one process.</summary>
[Collection(Browsers.Name)]
public class BrowserStrategyTests(WorldFixture fixture)
{
    [Theory]
    [InlineData("web", "session")]
    [InlineData("browser", "page")]
    public async Task A_browser_of_our_own_gets_what_pages_do_not_show(string strategy, string door)
    {
        using var folder = new TempFolder();
        var challenged = fixture.Posts[5];

        var run = await AppProgram.TrawlAsync(
            fixture.World,
            "get",
            challenged.Url,
            "--strategy",
            strategy,
            "--no-keyframes",
            "-P",
            folder.Path,
            "--json"
        );

        run.ExitCode.ShouldBe(0, run.Messages);
        var done = run.OfType("item.done")[0].GetProperty("data");
        done.GetProperty("strategy").GetString().ShouldBe(strategy);
        var mp4 = Directory.GetFiles(folder.Path, "*.mp4", SearchOption.AllDirectories).ShouldHaveSingleItem();
        fixture.IsGenuine(mp4).ShouldBeTrue();
        using var info = JsonDocument.Parse(await File.ReadAllBytesAsync(mp4[..^4] + ".info.json"));
        Find(info.RootElement, "attempts").EnumerateArray().Last().GetProperty("door").GetString().ShouldBe(door);
        (await BrowserProcesses.LeftAsync()).ShouldBeEmpty();
    }

    static JsonElement Find(JsonElement element, string name) =>
        element.TryGetProperty(name, out var here)
            ? here
            : element
                .EnumerateObject()
                .Where(m => m.Value.ValueKind == JsonValueKind.Object)
                .Select(m => Find(m.Value, name))
                .FirstOrDefault(f => f.ValueKind == JsonValueKind.Array);

    [Fact]
    public async Task Without_permission_no_page_is_opened()
    {
        var never = new Dictionary<string, string> { ["Trawl__Web__OpenPages"] = "false" };

        var run = await AppProgram.TrawlAsync(fixture.World, never, "info", fixture.Posts[5].Url, "--strategy", "web");

        run.ExitCode.ShouldBe(6);
        run.Messages.ShouldContain("no browser is configured");
    }

    [Fact]
    public async Task The_session_of_one_command_serves_the_next_and_is_told()
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { TikTok = TikTokManners.All(FirstAnswer.ProofOfWork) });
        var first = await AppProgram.TrawlAsync(world, ["info", world.Links[1], AppProgram.Remembering]);

        var second = await AppProgram.TrawlAsync(world, ["info", world.Links[2], AppProgram.Remembering]);

        first.Output.ShouldContain("web/session");
        second.Output.ShouldContain("source     web/session");
        var list = await AppProgram.TrawlAsync(world, ["strategies", "list", AppProgram.Remembering]);
        list.Output.ShouldMatch(@"tiktok +│ direct +│ chromium +│ \d+ min +│ 2 ");
        var doctor = await AppProgram.TrawlAsync(world, ["doctor", AppProgram.Remembering]);
        doctor.Output.ShouldContain("given to chromium");
    }
}
