using System.Text;
using Trawl.App.Searches;
using Trawl.Failures;

namespace Trawl.App.Tests.Searches;

/// <summary>What answers of TikWM's search mean: nothing found is said only by one that looked.</summary>
public class TikwmFeedTests
{
    [Theory]
    [InlineData("[]", FailureKind.LayoutChanged)]
    [InlineData("5", FailureKind.LayoutChanged)]
    [InlineData("null", FailureKind.LayoutChanged)]
    [InlineData("", FailureKind.LayoutChanged)]
    [InlineData("{", FailureKind.LayoutChanged)]
    [InlineData("{\"code\":0}", FailureKind.LayoutChanged)]
    [InlineData("{\"code\":0,\"data\":{\"videos\":[1]}}", FailureKind.LayoutChanged)]
    [InlineData("{\"code\":0,\"data\":{\"videos\":{\"a\":1}}}", FailureKind.LayoutChanged)]
    [InlineData("{\"code\":0,\"data\":{\"videos\":[{\"video_id\":[]}]}}", FailureKind.LayoutChanged)]
    [InlineData("<html>Just a moment</html>", FailureKind.Challenged)]
    [InlineData("{\"code\":-1,\"msg\":\"limit\"}", FailureKind.RateLimited)]
    [InlineData("{\"code\":-1,\"msg\":\"Free Api Limit: 1 request/second.\"}", FailureKind.RateLimited)]
    [InlineData("{\"code\":-1,\"msg\":\"no\"}", FailureKind.UpstreamError)]
    public void An_answer_that_is_no_list_is_a_reason(string body, FailureKind kind) =>
        Should.Throw<TrawlException>(() => TikwmFeed.Read(Encoding.UTF8.GetBytes(body))).Kind.ShouldBe(kind);

    [Fact]
    public void One_that_looked_and_found_nothing_says_so() =>
        TikwmFeed.Read("""{"code":0,"data":{"videos":[]}}"""u8.ToArray()).ShouldBeEmpty();

    [Fact]
    public void Odd_members_hide_no_good_one()
    {
        var body = """{"code":0,"data":{"videos":[1,{"\ud800":1,"video_id":"7","author":{"unique_id":"u"}},null]}}"""u8.ToArray();

        TikwmFeed.Read(body).ShouldHaveSingleItem().Address.ShouldBe("https://www.tiktok.com/@u/video/7");
    }
}
