using Trawl.App.Configuration;
using Trawl.App.Tests.Servers;
using Trawl.App.Tests.Shared;
using Trawl.Keyframes;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary><c>trawl crawl</c>: alone, with SQLite and a folder.</summary>
public class CrawlTests
{
    static readonly Dictionary<string, string> Unhurried = new() { ["Trawl__Http__RequestsPerMinute"] = "1000" };

    [Fact]
    public async Task A_phrase_becomes_videos_pictures_and_a_summary()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();

        var run = await AppProgram.TrawlAsync(
            world,
            "crawl",
            "street cat",
            "-n",
            "3",
            "--platform",
            "tiktok,youtube,mock",
            "-P",
            folder.Path,
            "--json"
        );

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Events.Select(e => e.GetProperty("_metadata").GetProperty("topic").GetString())
            .ShouldBe([.. Enumerable.Repeat("videos.keyframes.ready", 6), "videos.keyframes.ready.batch", "videos.collections.completed"]);
        Directory.GetFiles(folder.File("videos/tiktok"), "*.mp4").Length.ShouldBe(3);
        Directory.GetFiles(folder.File("videos/tiktok"), "*.sheet.jpg").Length.ShouldBe(3);
        Directory.GetFiles(folder.File("videos/youtube"), "*.sheet.jpg").Length.ShouldBe(3, "but not the live stream");
        run.Messages.ShouldContain("9 videos in ");
    }

    [Fact]
    public async Task Bilibili_is_searched_through_yt_dlp_and_Douyin_by_nobody()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        string[] crawl = ["crawl", "street cat", "-n", "2", "-P", folder.Path, "--platform"];

        var both = await AppProgram.TrawlAsync(world, [.. crawl, "bilibili,douyin"]);
        var one = await AppProgram.TrawlAsync(world, [.. crawl, "douyin"]);

        both.ExitCode.ShouldBe(3, both.Messages);
        both.Messages.ShouldContain("douyin: It is not supported");
        one.ExitCode.ShouldBe(2, one.Messages);
        var links = await world.ListAsync().Select(p => p.OnBilibili).ToListAsync();
        var files = Directory.GetFiles(folder.File("videos/bilibili"), "*.mp4");
        files.Length.ShouldBe(2);
        files.ShouldAllBe(f => links.Contains($"https://www.bilibili.com/video/{Path.GetFileNameWithoutExtension(f)}"));
        var probe = await MediaProbe.ReadAsync(new Ffmpeg(), files[0], CancellationToken.None);
        (probe.Width, probe.Height).ShouldBe((360, 640), "its picture and its sound are apart, and put together");
    }

    [Fact]
    public async Task YouTube_is_searched_and_fetched_through_yt_dlp()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        // a live stream, which has no duration, and two videos
        var stub = await YouTubeAsync(
            world,
            folder,
            """{"id":"livelivelive","title":"l"},{"id":"aaaaaaaaaaa","title":"one","duration":5.0},null,{"id":"bbbbbbbbbbb","title":"two","duration":5}"""
        );

        var run = await AppProgram.TrawlAsync(
            world,
            stub,
            "crawl",
            "big buck bunny",
            "-n",
            "2",
            "--platform",
            "youtube",
            "-P",
            folder.Path
        );

        run.ExitCode.ShouldBe(0, run.Messages);
        File.ReadAllLines(folder.File("asked")).ShouldBe(["ytsearch2:big buck bunny"]);
        Directory
            .GetFiles(folder.File("videos/youtube"), "*.mp4")
            .Select(Path.GetFileName)
            .Order()
            .ShouldBe(["aaaaaaaaaaa.mp4", "bbbbbbbbbbb.mp4"]);
        Directory.GetFiles(folder.File("keyframes/aaaaaaaaaaa"), "frame_*s.jpg").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_is_too_short_too_long_or_too_old_is_left_out()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        // the search tells of one that it is too long; that another is too old only its page does
        var stub = await YouTubeAsync(
            world,
            folder,
            """{"id":"aaaaaaaaaaa","title":"one","duration":5},{"id":"bbbbbbbbbbb","title":"two","duration":500},{"id":"ooooooooooo","title":"three","duration":5}"""
        );

        string[] crawl = ["crawl", "big buck bunny", "-n", "3", "--platform", "youtube", "-P", folder.Path, "--recency-days", "30"];
        var run = await AppProgram.TrawlAsync(world, stub, [.. crawl, "--max-duration", "60"]);
        var shortest = await AppProgram.TrawlAsync(world, stub, [.. crawl, "--min-duration", "6"]);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Messages.ShouldContain("left out youtube ooooooooooo published 2009-02-13");
        Directory.GetFiles(folder.File("videos/youtube"), "*.mp4").Select(Path.GetFileName).ShouldBe(["aaaaaaaaaaa.mp4"]);
        shortest.Messages.ShouldContain(
            "left out youtube bbbbbbbbbbb 5 s long, shorter than 6 s",
            customMessage: "the page says 5, not 500"
        );
        var jobs = await AppProgram.TrawlAsync(world, "jobs", "list", "-P", folder.Path);
        jobs.Events.Select(e => e.GetProperty("skipped").GetInt32()).Order().ShouldBe([1, 1]);
    }

    [Fact]
    public async Task Nobody_is_asked_again_about_a_video_that_is_finished()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        string[] crawl = ["crawl", "street cat", "-n", "3", "-P", folder.Path, "--no-keyframes"];
        await AppProgram.TrawlAsync(world, Unhurried, crawl);
        var pages = Pages();

        var again = await AppProgram.TrawlAsync(world, Unhurried, crawl);

        again.ExitCode.ShouldBe(0, again.Messages);
        Directory.GetFiles(folder.File("videos/tiktok"), "*.mp4").Length.ShouldBe(3);
        pages.ShouldBeGreaterThanOrEqualTo(3);
        Pages().ShouldBe(pages);

        int Pages() => world.Requests.Count(r => r.Path.Contains("/video/", StringComparison.Ordinal));
    }

    // a yt-dlp that has these entries, and one clip for all of them
    static async Task<Dictionary<string, string>> YouTubeAsync(SandboxWorld world, TempFolder folder, string entries)
    {
        var clip = (await world.DescribeAsync(0)).Variants[0].Address;
        File.WriteAllText(
            folder.File("yt-dlp"),
            $$"""
            #!/bin/sh
            [ "$1" = --help ] && exec echo --ignore-config --use-extractors
            for last; do :; done
            case "$last" in
            ytsearch*:*) echo "$last" >> {{folder.File("asked")}}
                echo '{"_type":"playlist","entries":[{{entries}}]}';;
            *) case "$last" in *=ooo*) when=20090213;; *) when=$(date +%Y%m%d);; esac
                echo '{"id":"'"${last##*=}"'","title":"t","duration":5,"upload_date":"'$when'","formats":[{"format_id":"h264","url":"{{clip}}","ext":"mp4","vcodec":"h264","acodec":"aac","width":576,"height":1024,"protocol":"https"}]}';;
            esac
            """
        );
        File.SetUnixFileMode(folder.File("yt-dlp"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(Unhurried) { ["Trawl__YtDlp__Program"] = folder.File("yt-dlp") };
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{\"code\":0,\"data\":{\"videos\":[1]}}")]
    public async Task A_search_that_could_not_look_is_no_search_that_found_nothing(string answer)
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        world.Add(
            new FaultRule
            {
                Host = "www.tikwm.com",
                Fault = "answer",
                Times = int.MaxValue,
                Args = new Dictionary<string, string> { ["body"] = answer },
            }
        );
        var settings = new Dictionary<string, string>(Unhurried)
        {
            ["Trawl__Resolver__Address"] = "",
            ["Trawl__Browser__Chromium"] = "/nowhere",
            ["Trawl__Browser__Camoufox"] = "/nowhere",
            ["Trawl__Browser__Firefox"] = "/nowhere",
        };

        var run = await AppProgram.TrawlAsync(world, settings, "crawl", "street cat", "-n", "2", "-P", folder.Path);

        run.ExitCode.ShouldBe(6, run.Messages);
        run.Messages.ShouldContain("tiktok: TikWM's answer cannot be read.");
        run.Messages.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task With_a_bucket_everything_lies_there_and_nothing_here()
    {
        await using var world = await SandboxWorld.StartAsync();
        await using var storage = await S3Server.StartAsync();
        using var folder = new TempFolder();
        var settings = new Dictionary<string, string>(Unhurried)
        {
            ["Trawl__Work__Bucket"] = $"s3://{S3Server.Bucket}/cats",
            ["Trawl__Work__BucketEndpoint"] = storage.Address.AbsoluteUri,
            ["AWS_ACCESS_KEY_ID"] = S3Server.KeyId,
            ["AWS_SECRET_ACCESS_KEY"] = S3Server.Secret,
        };

        var run = await AppProgram.TrawlAsync(world, settings, "crawl", "street cat", "-n", "2", "-P", folder.Path, "--json");
        var check = await AppProgram.TrawlAsync(world, settings, "db", "check", "--deep", "-P", folder.Path);
        var media = world.Requests.Count(r => r.Host.StartsWith('v'));
        var again = await AppProgram.TrawlAsync(world, settings, "crawl", "street cat", "-n", "2", "-P", folder.Path, "--json");

        run.ExitCode.ShouldBe(0, run.Messages);
        check.ExitCode.ShouldBe(0, check.Output);
        foreach (
            var ready in run.Events.Where(e => e.GetProperty("_metadata").GetProperty("topic").GetString() == "videos.keyframes.ready")
        )
            ready.GetProperty("frames")[0].GetProperty("local_path").GetString().ShouldStartWith("s3://corpus/cats/keyframes/");
        storage.Keys.Count(k => k.EndsWith(".mp4")).ShouldBe(2);
        Directory.GetFiles(folder.Path, "*.mp4", SearchOption.AllDirectories).ShouldBeEmpty();
        again.Events.Count.ShouldBe(run.Events.Count);
        world.Requests.Count(r => r.Host.StartsWith('v')).ShouldBe(media, "nothing is fetched twice");
    }

    [Fact]
    public async Task Stopped_and_started_again_it_goes_on_where_it_was()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        string[] order = ["crawl", "street cat", "-n", "20", "-P", folder.Path];
        using (var first = AppProgram.Start(AppProgram.Path, world, Unhurried, order))
        {
            var messages = first.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            while (!Directory.Exists(folder.File("videos/tiktok")) || Directory.GetFiles(folder.File("videos/tiktok"), "*.mp4").Length < 3)
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            await AppProgram.RunAsync("kill", null, "-TERM", $"{first.Id}");
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);
            first.ExitCode.ShouldBe(143, await messages);
        }
        var finished = Directory.GetFiles(folder.File("videos/tiktok"), "*.mp4").ToDictionary(f => f, File.GetLastWriteTimeUtc);
        finished.Count.ShouldBeLessThan(20, "it was stopped in the middle");

        using var second = AppProgram.Start(AppProgram.Path, world, Unhurried, order);
        var said = second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);

        second.ExitCode.ShouldBe(0, await said);
        Directory.GetFiles(folder.File("videos/tiktok"), "*.mp4").Length.ShouldBe(20);
        finished.ShouldAllBe(f => File.GetLastWriteTimeUtc(f.Key) == f.Value);
        Directory.EnumerateFileSystemEntries(folder.File(".trawl/staging")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_audit_finds_what_was_done_to_the_library_and_a_copy_of_the_database_is_as_good()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        await AppProgram.TrawlAsync(world, "crawl", "cat", "-n", "2", "-P", folder.Path);
        var video = Directory.GetFiles(folder.File("videos/tiktok"), "*.mp4")[0];
        var picture = Directory.GetFiles(folder.File("keyframes"), "*.jpg", SearchOption.AllDirectories)[0];

        var before = await AppProgram.TrawlAsync(world, "db", "check", "--deep", "-P", folder.Path);
        var backup = await AppProgram.TrawlAsync(world, "db", "backup", folder.File("copy.db"), "-P", folder.Path);
        File.AppendAllText(video, "x");
        File.Delete(picture);
        var after = await AppProgram.TrawlAsync(world, "db", "check", "--deep", "-P", folder.Path);
        File.WriteAllText(folder.File("trawl.db"), "torn");
        var torn = await AppProgram.TrawlAsync(world, "db", "restore", folder.File("trawl.db"), "-P", folder.Path);
        var restore = await AppProgram.TrawlAsync(world, "db", "restore", folder.File("copy.db"), "-P", folder.Path);
        var restored = await AppProgram.TrawlAsync(world, "jobs", "list", "-P", folder.Path);

        before.ExitCode.ShouldBe(0, before.Output);
        backup.ExitCode.ShouldBe(0, backup.Messages);
        after.ExitCode.ShouldBe(8);
        after
            .Events.Select(e => (e.GetProperty("what").GetString(), e.GetProperty("where").GetString()))
            .ShouldBe([("picture missing", picture), ("video damaged", video)]);
        torn.ExitCode.ShouldBe(8, "that is no copy");
        restore.ExitCode.ShouldBe(0, restore.Messages);
        Directory.GetFiles(folder.Path, "trawl.db.before-*").ShouldNotBeEmpty("nothing is thrown away");
        restored.Events[0].GetProperty("done").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData("--platform", "myspace", "there is no myspace")]
    [InlineData("--max-duration", "0", "between 1 and 86399")]
    [InlineData("-n", "0", "between 1 and 1000")]
    [InlineData("--recency-days", "0", "between 1 and 36500")]
    public async Task What_cannot_be_is_told(string flag, string value, string says)
    {
        using var folder = new TempFolder();

        var run = await AppProgram.TrawlAsync(null, "crawl", "cat", flag, value, "-P", folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain(says);
    }

    [Fact]
    public async Task Jobs_can_be_looked_at_and_given_up()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        await AppProgram.TrawlAsync(world, "crawl", "cat", "-n", "2", "--platform", "mock", "-P", folder.Path);

        var list = await AppProgram.TrawlAsync(world, "jobs", "list", "-P", folder.Path);
        var job = list.Events[0].GetProperty("job_id").GetString()!;
        var show = await AppProgram.TrawlAsync(world, "jobs", "show", job, "-P", folder.Path);
        var cancel = await AppProgram.TrawlAsync(world, "jobs", "cancel", job, "-P", folder.Path);

        list.Events[0].GetProperty("state").GetString().ShouldBe("done");
        show.Events.Select(e => e.GetProperty("video_id").GetString()).ShouldBe(["mock_mock_0_0", "mock_mock_0_1"]);
        cancel.ExitCode.ShouldBe(2, "it has ended");
    }

    [Fact]
    public async Task What_was_crawled_and_told_can_be_looked_at_and_kept()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var folder = new TempFolder();
        string[] here = ["-P", folder.Path];
        await AppProgram.TrawlAsync(world, Unhurried, ["crawl", "cat", "-n", "2", .. here]);

        var list = await AppProgram.TrawlAsync(world, ["videos", "list", .. here]);
        var video = list.Events[0];
        var (id, path) = (video.GetProperty("video_id").GetString()!, video.GetProperty("path").GetString()!);
        var show = await AppProgram.TrawlAsync(world, ["videos", "show", id, .. here]);
        var whole = await AppProgram.TrawlAsync(world, ["videos", "verify", id, .. here]);
        await AppProgram.TrawlAsync(world, ["videos", "pin", id, .. here]);
        var old = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-9);
        foreach (var file in Directory.GetFiles(folder.File("videos/tiktok")))
            File.SetLastWriteTimeUtc(file, old);
        var cleanup = await AppProgram.TrawlAsync(world, ["cleanup", "--remove", .. here]);
        File.AppendAllText(path, "x");
        var torn = await AppProgram.TrawlAsync(world, ["videos", "verify", id, .. here]);
        var events = await AppProgram.TrawlAsync(world, ["events", "list", .. here]);
        var resend = await AppProgram.TrawlAsync(
            world,
            ["events", "resend", events.Events[0].GetProperty("event_id").GetString()!, .. here]
        );
        var unsent = await AppProgram.TrawlAsync(world, ["events", "list", "--unsent", .. here]);

        list.Events.Count.ShouldBe(2);
        show.Events[0].GetProperty("keyframes").GetArrayLength().ShouldBe(video.GetProperty("keyframes").GetInt32());
        show.Events[0].GetProperty("jobs").GetArrayLength().ShouldBe(1);
        whole.ExitCode.ShouldBe(0, whole.Messages);
        cleanup.Messages.ShouldContain("old ones are kept");
        Directory.GetFiles(folder.File("videos/tiktok"), "*.mp4").ShouldBe([path], "the pinned one");
        torn.ExitCode.ShouldBe(8);
        events
            .Events.Select(e => e.GetProperty("topic").GetString())
            .ShouldBe(["videos.collections.completed", "videos.keyframes.ready.batch", "videos.keyframes.ready", "videos.keyframes.ready"]);
        events.Events.ShouldAllBe(e => e.GetProperty("sent").GetBoolean());
        resend.ExitCode.ShouldBe(0, resend.Messages);
        unsent.Events.ShouldHaveSingleItem().GetProperty("topic").GetString().ShouldBe("videos.collections.completed");

        var pinned = await AppProgram.TrawlAsync(world, ["videos", "remove", id, .. here]);
        await AppProgram.TrawlAsync(world, ["videos", "unpin", id, .. here]);
        var remove = await AppProgram.TrawlAsync(world, ["videos", "remove", id, .. here]);
        var gone = await AppProgram.TrawlAsync(world, ["videos", "show", id, .. here]);
        pinned.ExitCode.ShouldBe(2, "it is to be kept");
        remove.ExitCode.ShouldBe(0, remove.Messages);
        gone.Events[0].GetProperty("keyframes").GetArrayLength().ShouldBe(0);
        Directory.EnumerateFileSystemEntries(folder.Path, id + "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_set_is_told_with_its_place_and_without_its_secrets()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("trawl.json"), """{ "Work": { "Count": 7 } }""");
        var environment = new Dictionary<string, string> { ["POSTGRES_DSN"] = "postgresql://me:hush@db:5432/p", ["LOG_LEVEL"] = "WARNING" };

        var given = await AppProgram.TrawlAsync(null, environment, "config", "show", "--config", folder.File("trawl.json"));
        var all = await AppProgram.TrawlAsync(null, environment, "config", "show", "--effective", "--config", folder.File("trawl.json"));

        given.ExitCode.ShouldBe(0, given.Messages);
        (given.Output + given.Messages).ShouldNotContain("hush");
        Value(given, "Work:Database").ShouldBe("postgresql://me:…@db:5432/p");
        Value(given, "Work:Count").ShouldBe("7");
        given.Output.ShouldNotContain("Work:Downloads");
        Value(all, "Work:Downloads").ShouldBe("3");
        all.Events.Count.ShouldBe(Settings.Names.Count);

        static string? Value(Run run, string name) =>
            run.Events.Single(e => e.GetProperty("name").GetString() == name).GetProperty("value").GetString();
    }
}
