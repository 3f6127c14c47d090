using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

public class CookiesTests
{
    [Fact]
    public async Task What_is_imported_is_sent_to_its_host_by_later_commands_until_it_is_cleared()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(
            folder.File("cookies.txt"),
            "# Netscape HTTP Cookie File\n.tiktok.com\tTRUE\t/\tTRUE\t1990000000\tsid\tTOPSECRET\n",
            TestContext.Current.CancellationToken
        );

        var import = await AskAsync(world, "cookies", "import", folder.File("cookies.txt"));

        (import.Output + import.Messages).ShouldNotContain("TOPSECRET");
        import.Output.ShouldContain("tiktok.com");
        (await AskAsync(world, "cookies", "status")).Output.ShouldBe(import.Output);
        (await AskAsync(world, "info", world.Links[1])).ExitCode.ShouldBe(0);
        world.Requests.Last(r => r.Path.StartsWith("/@")).Headers["Cookie"].ShouldContain("sid=TOPSECRET");

        await AskAsync(world, "cookies", "clear");

        (await AskAsync(world, "cookies", "status")).Output.ShouldContain("No cookies");
        await AskAsync(world, "info", world.Links[1]);
        world.Requests.Last(r => r.Path.StartsWith("/@")).Headers.ContainsKey("Cookie").ShouldBeFalse();
    }

    static Task<Run> AskAsync(SandboxWorld world, params string[] arguments) =>
        AppProgram.TrawlAsync(world, [.. arguments, AppProgram.Remembering]);
}
