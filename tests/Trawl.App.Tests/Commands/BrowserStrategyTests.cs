using Trawl.App.Tests.Shared;
using Trawl.Tests.Browser;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary>The strategy <c>browser</c>, inside one process.</summary>
[Collection(Browsers.Name)]
public class BrowserStrategyTests(WorldFixture fixture)
{
    [Fact]
    public async Task A_browser_of_our_own_gets_what_pages_do_not_show()
    {
        using var folder = new TempFolder();
        var challenged = fixture.Posts[5];

        var run = await AppProgram.TrawlAsync(
            fixture.World,
            "get",
            challenged.Url,
            "--strategy",
            "web,browser",
            "--no-keyframes",
            "-P",
            folder.Path,
            "--json"
        );

        run.ExitCode.ShouldBe(0, run.Messages);
        run.OfType("item.done")[0].GetProperty("data").GetProperty("strategy").GetString().ShouldBe("browser");
        fixture.IsGenuine(Directory.GetFiles(folder.Path, "*.mp4", SearchOption.AllDirectories).ShouldHaveSingleItem()).ShouldBeTrue();
        (await BrowserProcesses.LeftAsync()).ShouldBeEmpty();
    }
}
