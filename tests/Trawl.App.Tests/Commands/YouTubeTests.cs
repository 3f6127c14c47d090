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
        Text("uploader_url").ShouldBe($"https://www.youtube.com/channel/{Text("channel_id")}");
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
}
