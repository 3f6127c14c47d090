using Trawl.Browser;
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
}
