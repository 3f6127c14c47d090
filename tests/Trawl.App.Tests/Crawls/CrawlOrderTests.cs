using System.Text;
using Trawl.App.Crawls;
using Trawl.App.Jobs;

namespace Trawl.App.Tests.Crawls;

/// <summary>Orders as they come, and what is wrong with some.</summary>
public class CrawlOrderTests
{
    const string Good = """{"job_id":"a","industry":"toys","queries":{"vi":["cat"],"zh":[]},"platforms":["tiktok"],"recency_days":30}""";

    [Theory]
    [InlineData("\"job_id\":\"a\"", "\"job_id\":\"\\ud800\"", "job_id")]
    [InlineData("\"job_id\":\"a\"", "\"job_id\":\"a\\u0000\"", "job_id")]
    [InlineData("\"job_id\":\"a\"", "\"job_id\":\"a\\nb\"", "job_id")]
    [InlineData("\"job_id\":\"a\"", "\"job_id\":5", "job_id")]
    [InlineData("\"toys\"", "\"\\udc00\"", "cannot be used")]
    [InlineData("\"cat\"", "\"c\\u0000t\"", "cannot be used")]
    [InlineData("\"cat\"", "\"\\ud800\"", "cannot be used")]
    [InlineData("\"zh\"", "\"\\ud800\"", "cannot be used")]
    [InlineData("30}", "2147483647}", "recency_days")]
    [InlineData("30}", "99999999999}", "recency_days")]
    [InlineData("30}", "0}", "recency_days")]
    [InlineData("30}", "\"30\"}", "recency_days")]
    [InlineData("\"tiktok\"", "\"myspace\"", "myspace")]
    [InlineData("[\"tiktok\"]", "{}", "platforms")]
    [InlineData("{\"job_id\"", "[\"job_id\"", "JSON")]
    public void One_that_cannot_be_kept_says_why(string part, string instead, string says) =>
        Should.Throw<FormatException>(() => Parse(Good.Replace(part, instead, StringComparison.Ordinal))).Message.ShouldContain(says);

    [Fact]
    public void Ids_and_phrases_have_a_length()
    {
        Should.Throw<FormatException>(() => Parse(Good.Replace("\"a\"", $"\"{new string('a', 300_000)}\"", StringComparison.Ordinal)));
        Should.Throw<FormatException>(() => Parse(Good.Replace("cat", new string('a', 1001), StringComparison.Ordinal)));
        Parse(Good.Replace("cat", new string('a', 1000), StringComparison.Ordinal)).Queries["vi"][0].Length.ShouldBe(1000);
    }

    [Theory]
    [InlineData(",\"_count\":2000000000}")]
    [InlineData(",\"_count\":\"x\"}")]
    [InlineData(",\"\\ud800\":1,\"more\":{\"a\":[]}}")]
    [InlineData(",\"recency_days\":30}")]
    public void What_is_not_for_the_wire_to_say_and_names_twice_change_nothing(string end)
    {
        var order = Parse(Good[..^1] + end);

        (order.JobId, order.RecencyDays, order.Count).ShouldBe(("a", 30, null));
    }

    [Fact]
    public void What_is_kept_is_read_as_it_was() =>
        CrawlOrder.Read(Encoding.UTF8.GetBytes((Parse(Good) with { Count = 7 }).ToJson())).Count.ShouldBe(7);

    static CrawlOrder Parse(string json) => CrawlOrder.Parse(Encoding.UTF8.GetBytes(json));
}
