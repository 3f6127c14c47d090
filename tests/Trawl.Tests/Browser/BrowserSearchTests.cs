using Trawl.Browser;
using Trawl.Browser.TikTok;
using Trawl.Failures;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;

namespace Trawl.Tests.Browser;

[Collection(Browsers.Name)]
public class BrowserSearchTests
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BrowserEngine.Chromium, false, 15)]
    [InlineData(BrowserEngine.Chromium, true, 50)]
    [InlineData(BrowserEngine.Camoufox, false, 15)]
    [InlineData(BrowserEngine.Camoufox, true, 50)]
    public async Task Hits_are_what_the_catalogue_says(BrowserEngine engine, bool headful, int limit)
    {
        await using var run = await BrowserRun.StartAsync();
        var told = new List<SearchHit>();

        var hits = await run.Search.RunAsync("street cat", limit, new BrowserWish(engine, headful), null, new Told(told), None);

        hits.Count.ShouldBe(limit);
        told.ShouldBe(hits);
        hits.Select(h => h.Id).Distinct().Count().ShouldBe(limit);
        foreach (var hit in hits)
            await ShouldBeInCatalogueAsync(run.World, hit);
    }

    [Theory]
    [InlineData("hydrated earbuds")]
    [InlineData("drawn earbuds")]
    public async Task Pages_that_ask_for_nothing_are_read_as_they_stand(string phrase)
    {
        await using var run = await BrowserRun.StartAsync();

        var hits = await run.Search.RunAsync(phrase, 10, new BrowserWish(BrowserEngine.Chromium, false), null, null, None);

        hits.Count.ShouldBe(10);
        foreach (var hit in hits)
            await ShouldBeInCatalogueAsync(run.World, hit, drawn: phrase.StartsWith("drawn"));
    }

    [Fact]
    public async Task Finding_nothing_is_no_failure()
    {
        await using var run = await BrowserRun.StartAsync();

        var hits = await run.Search.RunAsync("nothing at all", 10, new BrowserWish(BrowserEngine.Chromium, false), null, null, None);

        hits.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("members only", null, FailureKind.LoginRequired)]
    [InlineData("cat", "429", FailureKind.RateLimited)]
    [InlineData("cat", "503", FailureKind.Blocked)]
    public async Task Failing_has_its_true_reason(string phrase, string? status, FailureKind kind)
    {
        await using var run = await BrowserRun.StartAsync();
        if (status is not null)
            run.World.Add(
                new FaultRule
                {
                    Host = "www.tiktok.com",
                    Path = "^/api/search/",
                    Fault = "status",
                    Args = new Dictionary<string, string> { ["status"] = status },
                }
            );

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            run.Search.RunAsync(phrase, 10, new BrowserWish(BrowserEngine.Chromium, false), null, null, None)
        );

        failure.Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData("874", 874)]
    [InlineData("1,204", 1204)]
    [InlineData("25.5K", 25_500)]
    [InlineData("4.1M", 4_100_000)]
    [InlineData("1,2 M", 1_200_000)]
    [InlineData("1.3B", 1_300_000_000)]
    [InlineData("2h", null)]
    [InlineData("", null)]
    public void Counts_are_read_exactly(string text, int? count) => SearchDocument.Count(text).ShouldBe(count);

    static async Task ShouldBeInCatalogueAsync(SandboxWorld world, SearchHit hit, bool drawn = false)
    {
        var index = world.Links.ToList().IndexOf(hit.Address);
        index.ShouldBeGreaterThanOrEqualTo(0, hit.Address);
        var post = await world.DescribeAsync(index);
        hit.Author.ShouldBe(post.Author);
        hit.Caption.ShouldBe(post.Caption);
        hit.Likes.ShouldBe(post.Likes);
        hit.Uploaded.ShouldBe(post.CreatedAt.ToString(drawn ? "yyyy-M-d" : "yyyy-MM-dd"));
    }

    sealed class Told(List<SearchHit> hits) : IProgress<SearchHit>
    {
        public void Report(SearchHit value) => hits.Add(value);
    }
}
