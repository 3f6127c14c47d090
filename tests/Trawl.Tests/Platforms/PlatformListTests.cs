using Trawl.Failures;
using Trawl.Platforms;

namespace Trawl.Tests.Platforms;

public class PlatformListTests
{
    [Theory]
    [InlineData("https://www.tiktok.com/@u/video/7106798200794926362", "tiktok")]
    [InlineData("https://vm.tiktok.com/ZTR45GpSF/", "tiktok")]
    [InlineData("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1s", "youtube")]
    [InlineData("https://youtu.be/dQw4w9WgXcQ?si=x", "youtube")]
    [InlineData("https://m.youtube.com/shorts/dQw4w9WgXcQ", "youtube")]
    [InlineData("https://www.youtube.com/playlist?list=PLx", "generic")]
    [InlineData("https://www.bilibili.com/video/BV17x411w7KC/?p=1", "bilibili")]
    [InlineData("http://www.bilibili.com/video/av170001", "bilibili")]
    [InlineData("https://www.bilibili.com/video/BV17x411w7K0", "generic")]
    [InlineData("https://space.bilibili.com/1", "generic")]
    [InlineData("https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ", "generic")]
    [InlineData("https://fake-tiktok.com/@u/video/1", "generic")]
    [InlineData("https://fox.com/a", "generic")]
    [InlineData("https://example.com/?r=tiktok.com", "generic")]
    [InlineData("https://evil@www.tiktok.com/@u/video/1", null)]
    [InlineData("https://10.0.0.5/video", null)]
    [InlineData("https://[::1]/video", null)]
    [InlineData("https://localhost/video", null)]
    [InlineData("https://example.com:8443/video", null)]
    [InlineData("ftp://example.com/video", null)]
    [InlineData("www.tiktok.com/@u/video/1", null)]
    [InlineData("just words", null)]
    [InlineData("https://@www.bilibili.com/video/BV17x411w7KC", "bilibili")]
    [InlineData("https://youtu.be:443/abcdefghijk", "youtube")]
    public void A_link_belongs_to_one_platform(string link, string? platform)
    {
        using var trawl = new TrawlClient();

        trawl.Platforms.TryParse(link)?.Platform.ShouldBe(platform);
        (trawl.Platforms.TryParse(link) is null).ShouldBe(platform is null);
    }

    [Theory]
    [InlineData("exü", ".co", 300)]
    [InlineData("exü.", "\uFFFD", 100)]
    [InlineData("ex", "a", 5000)]
    public void A_host_nobody_can_have_is_no_link_and_breaks_nothing(string host, string more, int times)
    {
        using var trawl = new TrawlClient();
        var link = $"http://{host}{string.Concat(Enumerable.Repeat(more, times))}/video";

        trawl.Platforms.TryParse(link).ShouldBeNull();
        trawl.Platforms.FindIn(link).ShouldBeNull();
    }

    [Fact]
    public void TikTok_offers_what_it_offers()
    {
        using var trawl = new TrawlClient();

        trawl
            .Platforms.Named("tiktok")
            .Capabilities.ShouldBe(
                new PlatformCapabilities
                {
                    Photos = true,
                    WatermarkFree = true,
                    RateRequests = 30,
                    RatePeriod = TimeSpan.FromSeconds(60),
                    ConcurrentDownloads = 3,
                }
            );
    }

    [Fact]
    public void A_name_is_given_once() =>
        Should
            .Throw<TrawlException>(() => new TrawlClient(new TrawlOptions { Platforms = [Broken, Broken] }))
            .ShouldSatisfyAllConditions(e => e.Kind.ShouldBe(FailureKind.Configuration), e => e.Message.ShouldContain("broken"));

    [Fact]
    public void Text_is_searched_for_platforms_with_hosts_of_their_own_only()
    {
        using var trawl = new TrawlClient();

        trawl
            .Platforms.FindIn("see https://example.com/a and tiktok.com/@u/video/7106798200794926362 !")!
            .Id.ShouldBe("7106798200794926362");
        trawl.Platforms.FindIn("see https://example.com/a").ShouldBeNull();
    }

    static Platform Broken(PlatformParts parts) =>
        new()
        {
            Name = "broken",
            Parse = _ => throw new InvalidOperationException("a bug"),
            Strategies = [],
        };
}
