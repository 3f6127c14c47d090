using System.Text.Json;
using Trawl.App.Tests.Shared;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary>YouTube as the sandbox plays it, asked by the real yt-dlp.</summary>
public class YouTubeTests(WorldFixture fixture)
{
    [Fact]
    public async Task A_link_becomes_a_video_with_its_title_author_and_keyframes()
    {
        using var folder = new TempFolder();
        var post = fixture.Posts[1];

        var run = await AppProgram.TrawlAsync(fixture.World, "get", post.OnYouTube, "-P", folder.Path, "--json");

        run.ExitCode.ShouldBe(0, run.Messages);
        var mp4 = run.OfType("item.done").Single().GetProperty("data").GetProperty("path").GetString()!;
        var info = JsonDocument.Parse(await File.ReadAllBytesAsync(mp4[..^4] + ".info.json")).RootElement;
        Text("title").ShouldBe(post.Caption);
        Text("description").ShouldBe($"{post.Caption}\n\nOn TikTok, too.");
        Text("webpage_url").ShouldBe(post.OnYouTube);
        (Text("extractor"), Text("extractor_key")).ShouldBe(("youtube", "Youtube"));
        Text("uploader_url").ShouldBe($"http://www.youtube.com/@{post.Author}");
        Text("upload_date").ShouldBe($"{post.CreatedAt.UtcDateTime:yyyyMMdd}");
        // the largest picture and the sound are two files there
        (info.GetProperty("height").GetInt32(), Text("acodec")).ShouldBe((1280, "aac"));
        Directory.GetFiles(mp4[..^4] + ".keyframes", "*.jpg").ShouldNotBeEmpty();

        string? Text(string name) => info.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData(4, "unavailable")]
    [InlineData(8, "private")]
    [InlineData(9, "region-locked")]
    [InlineData(10, "age-restricted")]
    public async Task What_cannot_be_seen_says_why(int number, string kind)
    {
        var run = await AppProgram.TrawlAsync(fixture.World, "info", fixture.Posts[number].OnYouTube, "--json");

        run.ExitCode.ShouldNotBe(0);
        run.Messages.ShouldContain($"{kind}: ");
    }

    [Fact]
    public async Task As_out_there_an_old_yt_dlp_fails_by_itself_and_the_command_that_mends_it_is_told()
    {
        var plain = new Dictionary<string, string> { ["Trawl__YtDlp__ExtractorArgs"] = "" };

        var run = await AppProgram.TrawlAsync(fixture.World, plain, "info", fixture.Posts[1].OnYouTube);

        Assert.SkipWhen(run.ExitCode == 0, "the installed yt-dlp is new enough");
        run.ExitCode.ShouldBe(9, run.Messages);
        run.Messages.ShouldContain("trawl deps update yt-dlp");
    }

    [Theory]
    [InlineData(50, "login-required: yt-dlp: [youtube]")]
    [InlineData(51, "unavailable: yt-dlp: [youtube]")]
    public async Task What_today_has_besides_says_why(int number, string why)
    {
        var run = await AppProgram.TrawlAsync(fixture.World, "info", fixture.Posts[number].OnYouTube);

        run.Messages.ShouldContain(why);
    }

    [Fact]
    public async Task Videos_for_members_in_a_list_do_no_harm_to_those_behind_them()
    {
        using var folder = new TempFolder();
        using var tools = new TempFolder();
        // five for members first, as today's yt-dlp says it, then seven that anybody may see
        await File.WriteAllTextAsync(
            tools.File("yt-dlp"),
            $$"""
            #!/bin/bash
            [ "$1" = --help ] && exec echo --ignore-config
            id=${@: -1}; id=${id#*v=}
            case $id in mmmmmmmmmm*) echo "ERROR: [youtube] $id: Join this channel to get access to members-only content like this video, and other exclusive perks." >&2; exit 1;; esac
            echo "{\"id\":\"$id\",\"title\":\"t\",\"url\":\"{{fixture.Posts[1].Variants[0].Address}}\",\"ext\":\"mp4\"}"
            """
        );
        File.SetUnixFileMode(tools.File("yt-dlp"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] ids = [.. Enumerable.Range(0, 5).Select(i => $"mmmmmmmmmm{i}"), .. Enumerable.Range(0, 7).Select(i => $"gggggggggg{i}")];

        var run = await AppProgram.TrawlAsync(
            fixture.World,
            new Dictionary<string, string> { ["Trawl__YtDlp__Program"] = tools.File("yt-dlp") },
            [
                "get",
                .. ids.Select(id => $"https://www.youtube.com/watch?v={id}"),
                "-P",
                folder.Path,
                "--no-keyframes",
                "--concurrency",
                "1",
                "--json",
                "--sleep-requests",
                "0",
            ]
        );

        run.ExitCode.ShouldBe(3, run.Messages);
        run.OfType("item.done").Count.ShouldBe(7);
        run.OfType("item.failed")
            .Select(e => e.GetProperty("data").GetProperty("kind").GetString())
            .Distinct()
            .ShouldBe(["login-required"]);
    }
}
