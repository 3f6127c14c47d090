using Trawl.Failures;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Downloads;

public class PhotoTests
{
    const int PhotoPost = 3;
    const string Pictures = "p16-common-sign.tiktokcdn-us.com";

    [Theory]
    [InlineData("web")]
    [InlineData("tikwm")]
    public async Task A_photo_post_is_saved_as_its_pictures_and_its_sound(string strategy)
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = [strategy] });

        var set = await GetAsync(run);

        set.Images.Select(i => Path.GetFileName(i.Path)).ShouldBe(["001.jpg", "002.jpg", "003.webp"]);
        set.Images.ShouldAllBe(i => new FileInfo(i.Path).Length == i.Size);
        Path.GetExtension(set.Sound!.Path).ShouldBe(".m4a");
        set.Sound.Tracks.HasVideo.ShouldBeFalse();
        Directory.EnumerateFiles(run.Folder, "*.mp4", SearchOption.AllDirectories).ShouldBeEmpty();
        Directory.Exists(Path.Combine(run.Folder, ".trawl", "staging", set.Video.Url.Identity)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_missing_sound_is_told_and_the_pictures_are_kept()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        run.World.Add(new FaultRule { Path = "^/music/", Fault = "html" });

        var set = await GetAsync(run);

        set.Images.Count.ShouldBe(3);
        set.Sound.ShouldBeNull();
        set.SoundTrouble!.ShouldContain("text/html");
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("html")]
    [InlineData("empty")]
    public async Task A_picture_that_is_none_makes_way_for_the_next_strategys(string fault)
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web", "tikwm"] });
        run.World.Add(
            new FaultRule
            {
                Host = Pictures,
                Path = "-1~",
                Fault = fault,
                Times = 1,
            }
        );

        var set = await GetAsync(run);

        set.Video.Strategy.ShouldBe("tikwm");
        set.Images.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Expired_addresses_are_refreshed_once()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        run.World.Add(
            new FaultRule
            {
                Host = Pictures,
                Fault = "status",
                Times = 1,
                Args = new Dictionary<string, string> { ["status"] = "403" },
            }
        );

        (await GetAsync(run)).Images.Count.ShouldBe(3);

        run.World.Requests.Count(r => r.Host == "www.tiktok.com" && r.Path.StartsWith("/@", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Where_no_picture_can_be_had_nothing_is_left_under_a_final_name()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web", "tikwm"] });
        run.World.Add(new FaultRule { Host = Pictures, Fault = "html" });

        var failure = await Should.ThrowAsync<TrawlException>(() => GetAsync(run));

        failure.Kind.ShouldBe(FailureKind.WrongContent);
        failure.Attempts.Select(a => a.Strategy).ShouldBe(["web", "tikwm"]);
        Directory.EnumerateFileSystemEntries(run.Folder).Select(Path.GetFileName).ShouldBe([".trawl"]);
    }

    static Task<PhotoSet> GetAsync(SandboxRun run) => run.UntilDoneAsync(FetchAsync(run));

    static async Task<PhotoSet> FetchAsync(SandboxRun run)
    {
        var video = await run.Trawl.Videos.GetAsync(run.World.Links[PhotoPost]);
        return await run.Trawl.Downloads.RunPhotosAsync(video, run.Folder);
    }
}
