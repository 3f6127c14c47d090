using System.Text.Json;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

public class GetTests(WorldFixture fixture)
{
    [Fact]
    public async Task A_link_becomes_a_video_with_metadata_keyframes_and_a_contact_sheet()
    {
        using var folder = new TempFolder();
        var post = fixture.Posts[0];

        var run = await AppProgram.TrawlAsync(fixture.World, "get", post.Short, "-P", folder.Path, "--json");

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Events.Select(e => e.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(1, run.Events.Count).Select(i => (long)i));
        run.Events.ShouldAllBe(e => e.GetProperty("v").GetInt32() == 1);
        var done = run.OfType("item.done").Single().GetProperty("data");
        var mp4 = done.GetProperty("path").GetString()!;
        fixture.IsGenuine(mp4).ShouldBeTrue();
        var stem = mp4[..^4];
        File.GetUnixFileMode(stem + ".info.json").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(stem + ".keyframes", "*.jpg").Length.ShouldBe(3);
        File.Exists(stem + ".sheet.jpg").ShouldBeTrue();
        File.ReadAllLines(stem + ".scenes.csv").Length.ShouldBe(1 + 3);
        File.ReadAllLines(stem + ".chapters.vtt").Count(l => l.Contains("-->", StringComparison.Ordinal)).ShouldBe(3);
        await AgreesWithFfprobe(mp4, stem + ".info.json");
        Directory.EnumerateFileSystemEntries(folder.File(".trawl/staging")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_photo_post_becomes_its_pictures_and_on_request_a_video_with_keyframes()
    {
        using var folder = new TempFolder();
        var post = fixture.Posts[3];

        var set = await AppProgram.TrawlAsync(fixture.World, "get", post.Url, "-P", folder.Path, "--json");
        var again = await AppProgram.TrawlAsync(fixture.World, "get", post.Url, "-P", folder.Path, "--json");
        var video = await AppProgram.TrawlAsync(fixture.World, "get", post.Url, "-P", folder.Path, "--json", "--slideshow");

        Done(set).GetProperty("photos").GetInt32().ShouldBe(3);
        Directory.GetFiles(Done(set).GetProperty("path").GetString()!).Length.ShouldBe(3);
        Done(again).GetProperty("already").GetBoolean().ShouldBeTrue();
        Done(again).GetProperty("sha256").GetString().ShouldBe(Done(set).GetProperty("sha256").GetString());
        Done(video).GetProperty("keyframes").GetInt32().ShouldBe(3, "each picture is a scene");
        var mp4 = Done(video).GetProperty("path").GetString()!;
        await AgreesWithFfprobe(mp4, mp4[..^4] + ".info.json");

        static JsonElement Done(Run run) => run.OfType("item.done").Single().GetProperty("data");
    }

    [Fact]
    public async Task First_pictures_come_while_the_video_is_still_arriving()
    {
        using var folder = new TempFolder();
        string[] get = ["get", fixture.Posts[15].Url, "-P", folder.Path, "--json", "--preview", "--limit-rate", "200K"];

        var run = await AppProgram.TrawlAsync(fixture.World, get);

        run.ExitCode.ShouldBe(0);
        var types = run.Events.Select(e => e.GetProperty("type").GetString()).ToList();
        types.IndexOf("item.preview").ShouldBeInRange(0, types.IndexOf("item.downloaded"));
        var pictures = run.OfType("item.preview").Single().GetProperty("data").GetProperty("keyframes").EnumerateArray().ToList();
        pictures.Count.ShouldBeInRange(1, 3);
        pictures[0].GetProperty("time").GetDouble().ShouldBe(0);
        Directory
            .EnumerateDirectories(folder.Path, "preview", SearchOption.AllDirectories)
            .ShouldBeEmpty("what lay beside the arriving file went with it");
    }

    [Fact]
    public async Task Real_yt_dlp_accepts_the_info_json()
    {
        using var folder = new TempFolder();
        await AppProgram.TrawlAsync(fixture.World, "get", fixture.Posts[1].Url, "-P", folder.Path, "--no-keyframes");
        var info = Directory.GetFiles(folder.Path, "*.info.json", SearchOption.AllDirectories).Single();

        var run = await AppProgram.RunAsync("yt-dlp", null, "--load-info-json", info, "-s", "--print", "%(uploader)s %(ext)s");

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Output.Trim().ShouldBe($"{new Uri(fixture.Posts[1].Url).Segments[1].Trim('@', '/')} mp4");
    }

    [Fact]
    public async Task A_second_run_asks_nobody_for_what_is_there()
    {
        using var folder = new TempFolder();
        // a post no other test asks for meanwhile
        var post = fixture.Posts[16];
        await AppProgram.TrawlAsync(fixture.World, "get", post.Url, "-P", folder.Path);
        var asked = RequestsFor(post.Url);

        var run = await AppProgram.TrawlAsync(fixture.World, "get", post.Url, "-P", folder.Path, "--json");

        run.OfType("item.done").Single().GetProperty("data").GetProperty("already").GetBoolean().ShouldBeTrue();
        RequestsFor(post.Url).ShouldBe(asked);
    }

    [Fact]
    public async Task A_damaged_file_is_fetched_again()
    {
        using var folder = new TempFolder();
        var post = fixture.Posts[2];
        var first = await AppProgram.TrawlAsync(fixture.World, "get", post.Url, "-P", folder.Path, "--no-keyframes");
        var mp4 = first.Output.Trim();
        var bytes = File.ReadAllBytes(mp4);
        bytes[^1] ^= 1;
        File.WriteAllBytes(mp4, bytes);

        await AppProgram.TrawlAsync(fixture.World, "get", post.Url, "-P", folder.Path, "--no-keyframes");

        fixture.IsGenuine(mp4).ShouldBeTrue();
    }

    [Fact]
    public async Task A_program_that_is_missing_is_told_before_the_video_is_fetched_for_it()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        var none = new Dictionary<string, string> { ["PATH"] = folder.Path };
        string[] get = ["get", fixture.Posts[1].Url, "-P", folder.Path, "--strategy", "web"];

        var run = await AppProgram.TrawlAsync(world, none, get);

        run.ExitCode.ShouldBe(9);
        run.Messages.ShouldContain("ffmpeg is not installed");
        world.Requests.ShouldNotContain(r => r.Path.StartsWith("/video/tos/", StringComparison.Ordinal));
        (await AppProgram.TrawlAsync(world, none, [.. get, "--no-keyframes"])).ExitCode.ShouldBe(0, "that needs no program");
    }

    [Theory]
    [InlineData("get -a -")]
    [InlineData("jobs submit -")]
    public async Task Standard_input_that_is_closed_is_told(string command)
    {
        using var folder = new TempFolder();

        var run = await AppProgram.RunAsync("bash", null, "-c", $"exec \"$0\" {command} -P \"$1\" <&-", AppProgram.Path, folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("Standard input is closed");
    }

    [Fact]
    public async Task Who_waits_for_links_can_be_stopped()
    {
        using var folder = new TempFolder();
        using var process = AppProgram.Start(AppProgram.Path, null, "get", "-a", "-", "-P", folder.Path);
        // more than a pipe holds: it reads, and waits for more
        await process.StandardInput.WriteAsync(new string('#', 200_000));
        await process.StandardInput.FlushAsync();

        await AppProgram.RunAsync("kill", null, "-TERM", $"{process.Id}");
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(143);
    }

    int RequestsFor(string url) => fixture.World.Requests.Count(r => r.Path.Contains(new Uri(url).Segments[^1]));

    static async Task AgreesWithFfprobe(string mp4, string info)
    {
        var probe = await AppProgram.RunAsync(
            "ffprobe",
            null,
            "-v",
            "error",
            "-show_entries",
            "stream=codec_name,width,height,codec_type:format=duration",
            "-of",
            "json",
            mp4
        );
        using var said = JsonDocument.Parse(probe.Output);
        using var written = JsonDocument.Parse(File.ReadAllText(info));
        var video = said
            .RootElement.GetProperty("streams")
            .EnumerateArray()
            .Single(s => s.GetProperty("codec_type").GetString() == "video");
        var root = written.RootElement;
        root.GetProperty("width").GetInt32().ShouldBe(video.GetProperty("width").GetInt32());
        root.GetProperty("height").GetInt32().ShouldBe(video.GetProperty("height").GetInt32());
        root.GetProperty("vcodec").GetString().ShouldBe(video.GetProperty("codec_name").GetString());
        root.GetProperty("acodec").GetString().ShouldBe("aac");
        root.GetProperty("duration")
            .GetDouble()
            .ShouldBe(double.Parse(said.RootElement.GetProperty("format").GetProperty("duration").GetString()!), 0.2);
        root.GetProperty("filesize").GetInt64().ShouldBe(new FileInfo(mp4).Length);
    }
}
