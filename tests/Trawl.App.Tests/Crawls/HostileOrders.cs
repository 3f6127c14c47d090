using System.Text;

namespace Trawl.App.Tests.Crawls;

/// <summary>Orders that cannot be used, each in a way of its own.</summary>
static class HostileOrders
{
    const string Good = """{"job_id":"JOB","industry":"toys","queries":{"vi":["cat"]},"platforms":["tiktok"],"recency_days":30}""";

    /// <summary>One that can be used.</summary>
    public static byte[] GoodOne(string job) => Encoding.UTF8.GetBytes(Good.Replace("JOB", job, StringComparison.Ordinal));

    /// <summary>The bodies, by what is wrong with them.</summary>
    public static IReadOnlyList<(string What, byte[] Body)> All { get; } =
    [
        ("nothing", []),
        ("no JSON", "cat"u8.ToArray()),
        ("half of it", Encoding.UTF8.GetBytes(Good[..60])),
        ("two of them", Encoding.UTF8.GetBytes(Good + Good)),
        ("bytes that are no text", [.. Encoding.UTF8.GetBytes(Good[..11]), 0xFF, 0xFE, .. Encoding.UTF8.GetBytes(Good[14..])]),
        ("UTF-16", Encoding.Unicode.GetBytes(Good)),
        ("a zero byte", [0, .. Encoding.UTF8.GetBytes(Good)]),
        ("deep", Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000))),
        ("deep in a field nobody reads", With("\"toys\"", "\"toys\",\"x\":" + new string('[', 200) + new string(']', 200))),
        ("an array", "[1]"u8.ToArray()),
        ("null", "null"u8.ToArray()),
        ("a number", "7"u8.ToArray()),
        ("a text", "\"cat\""u8.ToArray()),
        ("an empty object", "{}"u8.ToArray()),
        ("no job", With("\"job_id\":\"JOB\",", "")),
        ("a job that is a number", With("\"JOB\"", "5")),
        ("a job that is half a character", With("JOB", "\\ud800")),
        ("a job with a zero", With("JOB", "a\\u0000b")),
        ("a job of two lines", With("JOB", "a\\nb")),
        ("a long job", With("JOB", new string('j', 300_000))),
        ("no industry", With("\"industry\":\"toys\",", "")),
        ("an industry that is an object", With("\"toys\"", "{}")),
        ("an industry that is half a character", With("toys", "\\udc00")),
        ("a long industry", With("toys", new string('i', 2000))),
        ("no queries", With("\"queries\":{\"vi\":[\"cat\"]},", "")),
        ("queries that are an array", With("{\"vi\":[\"cat\"]}", "[\"cat\"]")),
        ("queries without phrases", With("{\"vi\":[\"cat\"]}", "{}")),
        ("phrases that are a text", With("[\"cat\"]", "\"cat\"")),
        ("a phrase that is a number", With("\"cat\"", "5")),
        ("a phrase that is null", With("\"cat\"", "null")),
        ("a phrase with a zero", With("cat", "c\\u0000t")),
        ("a phrase that is half a character", With("cat", "\\ud83d")),
        ("a long phrase", With("cat", new string('c', 100_000))),
        ("many phrases", With("\"cat\"", string.Join(',', Enumerable.Repeat("\"cat\"", 20_000)))),
        ("a language that is half a character", With("\"vi\"", "\"\\ud800\"")),
        ("a long language", With("\"vi\"", $"\"{new string('v', 2000)}\"")),
        ("no platforms", With("\"platforms\":[\"tiktok\"],", "")),
        ("platforms that are a text", With("[\"tiktok\"]", "\"tiktok\"")),
        ("a platform that is a number", With("[\"tiktok\"]", "[5]")),
        ("a platform nobody knows", With("tiktok", "myspace")),
        ("a platform that is half a character", With("tiktok", "\\ud800")),
        ("no days", With(",\"recency_days\":30", "")),
        ("no time at all", With("30}", "0}")),
        ("the future", With("30}", "-7}")),
        ("half a day", With("30}", "0.5}")),
        ("days as a text", With("30}", "\"30\"}")),
        ("days beyond a calendar", With("30}", "2147483647}")),
        ("days beyond an integer", With("30}", "99999999999}")),
        ("days beyond a number", With("30}", "1e400}")),
    ];

    static byte[] With(string part, string instead) => Encoding.UTF8.GetBytes(Good.Replace(part, instead, StringComparison.Ordinal));
}
