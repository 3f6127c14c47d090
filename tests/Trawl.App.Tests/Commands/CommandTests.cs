using System.Text.Json;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

public class CommandTests(WorldFixture fixture)
{
    [Theory]
    [InlineData(0, "get", "video 1")]
    [InlineData(0, "get", "photo 3")]
    [InlineData(5, "get", "video 4")]
    [InlineData(3, "get", "video 1", "video 4")]
    [InlineData(5, "get", "video 4", "video 8")]
    [InlineData(2, "get", "https://example.com/")]
    [InlineData(2, "get", "https://www.tiktok.com/@someone")]
    [InlineData(2, "get")]
    [InlineData(2, "get", "video 1", "--strategy", "wbe")]
    [InlineData(2, "get", "video 1", "-o", "../%(id)s.%(ext)s")]
    [InlineData(2, "get", "video 1", "-o", "%(nothing)s.%(ext)s")]
    [InlineData(2, "get", "video 1", "--concurrency", "0")]
    [InlineData(2, "get", "video 1", "-r", "fast")]
    [InlineData(2, "get", "--no-such-option")]
    [InlineData(7, "get", "video 1", "-P", "/proc/nowhere")]
    [InlineData(5, "info", "video 4")]
    [InlineData(2, "url", "nonsense")]
    [InlineData(0, "url", "video 1")]
    [InlineData(0, "version")]
    [InlineData(0, "--help")]
    public async Task Exit_codes_say_how_it_went(int code, params string[] words)
    {
        using var folder = new TempFolder();
        var arguments = words.Select(Word).ToList();
        if (arguments[0] == "get" && !arguments.Contains("-P"))
            arguments.AddRange(["-P", folder.Path, "--no-keyframes"]);

        var run = await AppProgram.TrawlAsync(fixture.World, [.. arguments]);

        run.ExitCode.ShouldBe(code, run.Output + run.Messages);
        if (code != 0)
            (run.Messages + run.Output).ShouldNotBeEmpty();
        run.Messages.ShouldNotContain("   at ", Case.Sensitive, "a stack trace is no answer");
    }

    [Fact]
    public async Task Url_parses_without_asking_anybody()
    {
        var run = await AppProgram.TrawlAsync(
            null,
            "url",
            "--json",
            "look: vm.tiktok.com/ZTR45GpSF/ !",
            "https://www.tiktok.com/@u/photo/123",
            "x"
        );

        var lines = run.Output.Trim().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToList();
        lines.Select(l => l.GetProperty("kind").GetString()).ShouldBe(["short", "photo", "invalid"]);
        lines[1]
            .ToString()
            .ShouldBe(
                """{"input":"https://www.tiktok.com/@u/photo/123","platform":"tiktok","kind":"photo","id":"123","user":"u","canonical":"https://www.tiktok.com/@u/video/123"}"""
            );
    }

    [Fact]
    public async Task Explain_says_why_for_every_format()
    {
        var run = await AppProgram.TrawlAsync(fixture.World, "explain", fixture.Posts[9].Url, "--strategy", "web", "--json");
        run.ExitCode.ShouldBe(5, "region-locked for web alone");

        run = await AppProgram.TrawlAsync(fixture.World, "explain", fixture.Posts[13 + 15].Url, "--json");

        var formats = JsonDocument.Parse(run.Output).RootElement.GetProperty("formats").EnumerateArray().ToList();
        formats.Select(f => f.GetProperty("rank").GetInt32()).ShouldBe([1, 2, 3, 0, 0]);
        formats[0].GetProperty("width").GetInt32().ShouldBe(576);
        formats.ShouldAllBe(f => f.GetProperty("reason").GetString()!.Length > 0);
    }

    [Fact]
    public async Task Info_shows_metadata_without_secrets()
    {
        var run = await AppProgram.TrawlAsync(fixture.World, "info", fixture.Posts[1].Url, "--json", "-v");

        var info = JsonDocument.Parse(run.Output).RootElement;
        info.GetProperty("id").GetString().ShouldBe(new Uri(fixture.Posts[1].Url).Segments[^1]);
        info.GetProperty("formats").GetArrayLength().ShouldBe(4);
        (run.Output + run.Messages).ShouldNotContain("sandbox-chain");
        run.Messages.ShouldNotContain("signature=");
        run.Messages.ShouldContain("www.tiktok.com");
    }

    [Fact]
    public async Task The_output_template_names_files_and_stays_inside()
    {
        using var folder = new TempFolder();
        var post = fixture.Posts[0];

        var run = await AppProgram.TrawlAsync(
            fixture.World,
            "get",
            post.Url,
            "-P",
            folder.Path,
            "-o",
            "%(upload_date)s/%(title)s [%(id)s].%(ext)s",
            "--no-keyframes"
        );

        run.ExitCode.ShouldBe(0, run.Messages);
        var path = Path.GetRelativePath(folder.Path, run.Output.Trim());
        path.ShouldMatch(@"^2026\d{4}/.+ \[\d+\]\.mp4$");
    }

    [Fact]
    public async Task A_template_longer_than_a_path_is_refused_before_it_is_read()
    {
        var run = await AppProgram.TrawlAsync(fixture.World, "get", fixture.Posts[0].Url, "-o", new string('a', 100_000) + "%(ext)s");

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("more than 4096 characters");
    }

    [Fact]
    public async Task The_archive_lists_what_is_finished_and_spares_it()
    {
        using var folder = new TempFolder();
        var (archive, post) = (folder.File("seen.txt"), fixture.Posts[1]);
        string[] get = ["get", post.Url, "-P", folder.Path, "--download-archive", archive, "--no-keyframes", "--json"];
        await AppProgram.TrawlAsync(fixture.World, get);
        (await File.ReadAllTextAsync(archive)).ShouldBe($"tiktok {new Uri(post.Url).Segments[^1]}\n");

        var run = await AppProgram.TrawlAsync(fixture.World, get);

        run.ExitCode.ShouldBe(0);
        run.OfType("item.done").ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_keep_their_schema()
    {
        using var folder = new TempFolder();
        var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Trawl.Tests.House.Root, "docs", "events.schema.json"))).RootElement;

        var run = await AppProgram.TrawlAsync(
            fixture.World,
            ["get", .. fixture.Posts.Take(8).Select(p => p.Url), "https://www.tiktok.com/@somebody", "-P", folder.Path, "--json"]
        );

        run.ExitCode.ShouldBe(3);
        run.Events.Select(e => e.GetProperty("type").GetString()!)
            .Distinct()
            .Order()
            .ShouldBe([
                "item.done",
                "item.downloaded",
                "item.failed",
                "item.keyframes",
                "item.photos",
                "item.progress",
                "item.resolving",
                "item.skipped",
                "item.strategy_failed",
                "job.done",
                "job.queued",
            ]);
        foreach (var line in run.Events)
            Schema.Violations(line, schema, schema).ShouldBeEmpty(line.ToString());
        run.OfType("item.skipped").Single().GetProperty("data").GetProperty("message").GetString()!.ShouldContain("profile page");
        run.OfType("item.photos").Single().GetProperty("data").GetProperty("photos").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task An_interrupt_ends_with_130_and_the_next_run_goes_on()
    {
        await using var world = await SandboxWorld.StartAsync();
        world.Add(new FaultRule { Path = "/video/tos/", Fault = "stall" });
        using var folder = new TempFolder();
        string[] get = ["get", fixture.Posts[1].Url, "-P", folder.Path, "--no-keyframes", "--json"];
        // a shell that runs the tests in the background has its children ignore the interrupt
        using var process = AppProgram.Start("env", world, ["--default-signal=INT", AppProgram.Path, .. get]);
        while (!world.Requests.Any(r => r.Path.StartsWith("/@")) || world.Pending == 0)
            await Task.Yield();

        await AppProgram.RunAsync("kill", null, "-INT", $"{process.Id}");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(130);
        output.ShouldContain("\"kind\":\"canceled\"");
        Directory.EnumerateFiles(folder.Path, "*.mp4", SearchOption.AllDirectories).ShouldBeEmpty();
        world.Reset();
        (await AppProgram.TrawlAsync(world, get)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_full_disk_leaves_nothing_under_a_final_name_and_is_named()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can mount a small disk");
        using var folder = new TempFolder();
        (await AppProgram.RunAsync("mount", null, "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder.Path)).ExitCode.ShouldBe(0);
        try
        {
            var run = await AppProgram.TrawlAsync(fixture.World, "get", fixture.Posts[1].Url, "-P", folder.Path, "--json");

            run.ExitCode.ShouldBe(7, run.Output);
            run.OfType("item.failed").Single().GetProperty("data").GetProperty("kind").GetString().ShouldBe("storage-full");
            Directory.EnumerateFiles(folder.Path, "*.mp4", SearchOption.AllDirectories).ShouldBeEmpty();
        }
        finally
        {
            await AppProgram.RunAsync("umount", null, folder.Path);
        }
    }

    [Fact]
    public async Task Doctor_finds_this_machine_fit()
    {
        using var folder = new TempFolder();

        var run = await AppProgram.TrawlAsync(null, "doctor", "-P", folder.Path, "--json");

        run.ExitCode.ShouldBe(0, run.Output);
        run.Output.Trim()
            .Split('\n')
            .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("what").GetString())
            .ShouldBe([
                "ffmpeg",
                "ffprobe",
                "libavcodec",
                "confinement",
                "yt-dlp",
                "javascript",
                "chromium",
                "camoufox",
                "display",
                "strategy web",
                "strategy tikwm",
                "strategy scrapling-api",
                "strategy yt-dlp",
                "folder",
                "space",
                "proxy",
                "guard",
            ]);
        run.Output.ShouldContain("steps aside: no resolver is configured");
    }

    [Fact]
    public async Task The_demo_ends_well()
    {
        using var folder = new TempFolder();

        var run = await AppProgram.TrawlAsync(null, "demo", "-P", folder.File("show"));

        run.ExitCode.ShouldBe(0, run.Messages);
        Directory.EnumerateFiles(folder.File("show"), "*.mp4", SearchOption.AllDirectories).Count().ShouldBe(6);
        run.Output.ShouldContain("3 photos");
        run.Output.ShouldContain("gone");
    }

    string Word(string word) => word.Split(' ') is ["video" or "photo", var place] ? fixture.Posts[int.Parse(place)].Url : word;
}
