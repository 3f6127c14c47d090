using Trawl.App.Tests.Shared;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary>Programs that know nothing of Trawl see the sandbox as they would see the real thing.</summary>
public class RefereeTests(WorldFixture fixture)
{
    [Fact]
    public async Task Real_curl_gets_a_page_and_its_media_by_the_environment_alone()
    {
        using var folder = new TempFolder();
        var post = fixture.Posts[1];
        string[] identity =
        [
            "-sS",
            "--fail",
            "-A",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
            "-c",
            folder.File("jar"),
            "-b",
            folder.File("jar"),
        ];

        var page = await AppProgram.RunAsync("curl", fixture.World, [.. identity, "-o", folder.File("page.html"), post.Url]);
        page.ExitCode.ShouldBe(0, page.Messages);
        var html = await File.ReadAllTextAsync(folder.File("page.html"));
        html.Length.ShouldBeInRange(300_000, 500_000);
        var address = html.Split("\"playAddr\":\"")[1].Split('"')[0].Replace("\\u002F", "/").Replace("\\u0026", "&");

        var stranger = await AppProgram.RunAsync("curl", fixture.World, "-sS", "--fail", "-o", folder.File("x.mp4"), address);
        stranger.ExitCode.ShouldBe(22, "without the page's cookie the CDN refuses");
        var media = await AppProgram.RunAsync(
            "curl",
            fixture.World,
            [.. identity, "-e", "https://www.tiktok.com/", "-o", folder.File("x.mp4"), address]
        );

        media.ExitCode.ShouldBe(0, media.Messages);
        WorldFixture.Sha256Of(folder.File("x.mp4")).ShouldBe(post.Variants[0].Sha256);
    }

    [Fact]
    public async Task Real_curl_cannot_pass_the_page_that_wants_proof_of_work()
    {
        using var folder = new TempFolder();
        string[] again = ["-sS", "-A", "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0", "-c", folder.File("jar"), "-b", folder.File("jar")];

        for (var i = 0; i < 3; i++)
        {
            var page = await AppProgram.RunAsync("curl", fixture.World, [.. again, fixture.Posts[1].Url]);
            page.Output.ShouldContain("Please wait...");
            page.Output.ShouldNotContain("UNIVERSAL_DATA");
        }
    }

    [Fact]
    public async Task Real_yt_dlp_downloads_a_media_file()
    {
        using var folder = new TempFolder();
        var post = fixture.Posts[2];
        var id = new Uri(post.Url).Segments[^1];

        var run = await AppProgram.RunAsync(
            "yt-dlp",
            fixture.World,
            "--ignore-config",
            "--compat-options",
            "no-certifi",
            "-q",
            "-o",
            folder.File("x.mp4"),
            $"https://www.tikwm.com/video/media/play/{id}.mp4"
        );

        run.ExitCode.ShouldBe(0, run.Messages);
        WorldFixture.Sha256Of(folder.File("x.mp4")).ShouldBe(post.Variants[0].Sha256);
    }

    [Fact]
    public async Task Real_yt_dlp_reads_a_post_in_the_page_form_it_knows()
    {
        using var folder = new TempFolder();
        var post = fixture.Posts.First(p => p.Condition == "old-page");

        var run = await AppProgram.RunAsync(
            "yt-dlp",
            fixture.World,
            "--ignore-config",
            "--compat-options",
            "no-certifi",
            "-o",
            folder.File("x.mp4"),
            "--print",
            "after_move:%(uploader)s",
            post.Url
        );

        Assert.SkipWhen(run.Messages.Contains("Unable to extract"), "the installed yt-dlp no longer reads the old page form");
        run.ExitCode.ShouldBe(0, run.Messages);
        run.Output.Trim().ShouldBe(new Uri(post.Url).Segments[1].Trim('@', '/'));
        post.Variants.ShouldContain(v => v.Sha256 == WorldFixture.Sha256Of(folder.File("x.mp4")));
    }

    [Fact]
    public async Task By_real_yt_dlp_the_same_bytes_arrive_as_from_the_page()
    {
        using var folder = new TempFolder();
        string[] links = [.. ((int[])[14, 15, 16, 17, 18, 19, 20, 21, 25, 27]).Select(i => fixture.World.Links[i])];

        foreach (var strategy in (string[])["web", "yt-dlp"])
        {
            var run = await AppProgram.TrawlAsync(
                fixture.World,
                ["get", .. links, "--strategy", strategy, "-P", folder.File(strategy), "--no-keyframes", "--sleep-requests", "0"]
            );
            run.ExitCode.ShouldBe(0, run.Messages);
        }

        var (web, ytdlp) = (Hashes("web"), Hashes("yt-dlp"));
        web.Count.ShouldBe(10);
        ytdlp.ShouldBe(web);

        Dictionary<string, string> Hashes(string strategy) =>
            Directory
                .EnumerateFiles(folder.File(strategy), "*.mp4", SearchOption.AllDirectories)
                .ToDictionary(f => Path.GetFileName(f), WorldFixture.Sha256Of);
    }
}
