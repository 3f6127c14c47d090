using Trawl.Platforms;
using Trawl.Platforms.Mock;

namespace Trawl.Tests.Platforms;

public class MockTests
{
    [Fact]
    public void A_search_has_at_least_two_items_query_after_query()
    {
        var items = Mock.Search("tiktok", ["cats", "dogs"], 4);

        items.Select(i => i.Id).ShouldBe(["mock_tiktok_0_0", "mock_tiktok_1_1", "mock_tiktok_0_2", "mock_tiktok_1_3"]);
        items[1].Title.ShouldBe("Mock Tiktok Video: dogs #2");
        items.Select(i => i.Duration!.Value.TotalSeconds).ShouldBe([30, 45, 60, 30]);
        items[0].Url.Canonical.ShouldBe(new Uri("https://tiktok.example/watch?v=mock_tiktok_0_0"));
        Mock.Search("douyin", ["one"], 1).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Its_links_resolve_without_a_network()
    {
        using var trawl = new TrawlClient(new TrawlOptions { Platforms = [Mock.Create, .. KnownPlatforms.All] });

        var video = await trawl.Videos.GetAsync("https://youtube.example/watch?v=mock_youtube_0_2");

        video.Duration.ShouldBe(TimeSpan.FromSeconds(60));
        trawl.Platforms.TryParse("https://youtube.example/watch?v=mock_tiktok_0_2").ShouldBeNull();
    }
}
