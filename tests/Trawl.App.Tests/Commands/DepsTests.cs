using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary>yt-dlp kept up to date, the sandbox being where its releases are.</summary>
public class DepsTests
{
    [Fact]
    public async Task A_release_is_checked_tried_used_and_left_again()
    {
        await using var world = await SandboxWorld.StartAsync();

        var update = await AskAsync(world, "update", "yt-dlp");
        update.ExitCode.ShouldBe(0, update.Messages);
        update.Output.ShouldContain("yt-dlp 2026.11.20 is in use");
        (await AskAsync(world, "update", "yt-dlp")).Output.ShouldContain("was in use already");
        (await AskAsync(world, "update", "yt-dlp", "--channel", "nightly")).Output.ShouldContain("2026.11.25.232839 is in use");
        (await AskAsync(world)).Output.ShouldContain("2026.11.25.232839 (kept by Trawl, 2026.11.20 before)");
        (await AskAsync(world, "rollback", "yt-dlp")).Output.ShouldContain("2026.11.20 is in use again");

        // it is the one that is asked
        var info = await AppProgram.TrawlAsync(world, ["info", world.Links[1], "--strategy", "yt-dlp", AppProgram.Remembering]);
        info.Messages.ShouldContain("this is the sandbox's");
    }

    [Theory]
    [InlineData("yt-dlp[?]", "case", "cas3", "another checksum")]
    [InlineData("SUMS[?]", "yt-dlp", "yt-dlq", "is not signed by the key")]
    [InlineData("sig[?]", "", "", "is not signed by the key")]
    public async Task What_was_changed_on_the_way_is_not_used(string path, string find, string put, string why)
    {
        await using var world = await SandboxWorld.StartAsync();
        world.Add(
            new FaultRule
            {
                Host = "release-assets.githubusercontent.com",
                Path = path,
                Fault = find.Length > 0 ? "patched" : "answer",
                Args = new Dictionary<string, string>
                {
                    ["find"] = find,
                    ["put"] = put,
                    ["body"] = "no signature",
                },
            }
        );

        var update = await AskAsync(world, "update", "yt-dlp");

        update.ExitCode.ShouldBe(8);
        update.Messages.ShouldContain(find.Length > 0 ? why : "The signature cannot be read");
        (await AskAsync(world)).Output.ShouldContain("(on PATH)");
    }

    [Fact]
    public async Task A_release_signed_by_somebody_else_is_not_used()
    {
        await using var world = await SandboxWorld.StartAsync();
        var others = new Dictionary<string, string> { ["Trawl__Deps__Key"] = "AC0CBBE6848D6A873464AF4E57CF65933B5A7581" };

        var update = await AppProgram.TrawlAsync(world, others, "deps", "update", "yt-dlp");

        update.ExitCode.ShouldBe(8);
        update.Messages.ShouldContain("is not signed by the key AC0CBBE6");
    }

    static Task<Run> AskAsync(SandboxWorld world, params string[] arguments) =>
        AppProgram.TrawlAsync(world, ["deps", .. arguments, AppProgram.Remembering]);
}
