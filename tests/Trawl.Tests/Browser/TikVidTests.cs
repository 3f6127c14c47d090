using Trawl.Browser;
using Trawl.Browser.TikTok;
using Trawl.Failures;

namespace Trawl.Tests.Browser;

[Collection(Browsers.Name)]
public class TikVidTests
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BrowserEngine.Chromium, false)]
    [InlineData(BrowserEngine.Chromium, true)]
    [InlineData(BrowserEngine.Camoufox, false)]
    [InlineData(BrowserEngine.Camoufox, true)]
    public async Task Finds_the_video_in_every_layout_of_the_page(BrowserEngine engine, bool headful)
    {
        await using var run = await BrowserRun.StartAsync();
        foreach (var index in (int[])[0, 1, 2, 14])
        {
            var post = await run.World.DescribeAsync(index);

            var video = await run.TikVid.ResolveAsync(post.Url, engine, headful, profile: null, None);

            video.Size.ShouldBe(post.Variants.First(v => v.Codec == "h264" && v.Name != "download").Size, $"post {index}");
            video.Title.ShouldBe(post.Caption);
        }
    }

    [Theory]
    [InlineData(BrowserEngine.Chromium, false)]
    [InlineData(BrowserEngine.Chromium, true)]
    [InlineData(BrowserEngine.Camoufox, false)]
    [InlineData(BrowserEngine.Camoufox, true)]
    public async Task Of_twenty_in_a_row_nineteen_are_found_and_every_one_is_the_right_one(BrowserEngine engine, bool headful)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only");
        await using var run = await BrowserRun.StartAsync(new BrowserOptions { PagesPerBrowser = 7 });
        var found = 0;
        foreach (var index in Enumerable.Range(14, 20))
        {
            var post = await run.World.DescribeAsync(index);
            try
            {
                var video = await run.TikVid.ResolveAsync(post.Url, engine, headful, profile: null, None);
                post.Variants.Where(v => v.Name != "download").Select(v => (long?)v.Size).ShouldContain(video.Size, post.Url);
                video.Title.ShouldBe(post.Caption, post.Url);
                found++;
            }
            catch (TrawlException e)
            {
                TestContext.Current.TestOutputHelper!.WriteLine($"{post.Url}: {e.Message}");
            }
        }

        found.ShouldBeGreaterThanOrEqualTo(19);
    }

    [Theory]
    [InlineData("https://tikvid.io/how-to-download-mp4", "How to download MP4", "", false)]
    [InlineData("https://play.google.com/store/apps/details?id=mp4.download", "Download", "button dl-success", false)]
    [InlineData("https://cdn.example/a.mp3?x=1", "Download MP3", "dl-success", false)]
    [InlineData("https://cdn.example/a?mime_type=audio_mp4", "Download MP4", "dl-success", false)]
    [InlineData("javascript:alert(1)//.mp4", "Download MP4", "dl-success", false)]
    [InlineData("https://cdn.example/watch", "Watch more", "", false)]
    [InlineData("https://cdn.example/a.mp4", "", "", true)]
    [InlineData("/dl?token=x", "Tải xuống MP4", "", true)]
    [InlineData("https://cdn.example/x?a=1&amp;b=2", "Download MP4 HD", "", true)]
    public void Only_what_may_be_the_video_is_a_candidate(string address, string text, string style, bool isOne)
    {
        var page = new Uri("https://tikvid.io/vi");

        var candidates = TikVidLink.Candidates(TikVidLink.Of([(address, text, style)], page), page);

        candidates.Count.ShouldBe(isOne ? 1 : 0);
        candidates.ShouldAllBe(c => !c.Address.AbsoluteUri.Contains("&amp;"));
    }
}
