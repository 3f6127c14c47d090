using System.Text;
using System.Text.Json;
using Trawl.Failures;
using Trawl.Json;

namespace Trawl.Tests.Json;

/// <summary>Documents that keep no promise.</summary>
public class ForeignJsonTests
{
    [Fact]
    public void Half_a_character_in_a_name_hides_no_other_member()
    {
        using var document = Parse("""{"\ud800": 1, "id": "7", "\udc00\ud800x": 2, "\u0069d2": "8"}""");

        document.RootElement.Text("id"u8).ShouldBe("7");
        document.RootElement.Text("id2"u8).ShouldBe("8", "a name may be written with escapes");
        document.RootElement.Text("missing"u8).ShouldBeNull();
        document.RootElement.Members().Select(m => m.Name).ShouldBe(["\uFFFD", "id", "\uFFFD\uFFFDx", "id2"]);
    }

    [Theory]
    [InlineData("\\ud83d", "\uFFFD")]
    [InlineData("a\\ude00b", "a\uFFFDb")]
    [InlineData("\\ud83d\\ud83d\\ude00", "\uFFFD😀")]
    [InlineData("\\ud83d \\\" \\\\ \\n \\/ \\t\\b\\f\\r", "\uFFFD \" \\ \n / \t\b\f\r")]
    [InlineData("a\\u0000b", "a\uFFFDb")]
    [InlineData("\\u0000\\ud800", "\uFFFD\uFFFD")]
    [InlineData("whole 😀", "whole 😀")]
    public void What_is_no_character_is_read_as_one_that_says_so(string raw, string expected)
    {
        using var document = Parse($"{{\"t\":\"{raw}\"}}");

        document.RootElement.Text("t"u8).ShouldBe(expected);
        document.RootElement.String("t"u8).ShouldBe(expected);
    }

    [Fact]
    public void Of_a_name_that_is_there_twice_the_last_counts()
    {
        using var document = Parse("""{"a": 1, "a": 2, "\ud800": 0}""");

        document.RootElement.Whole("a"u8).ShouldBe(2);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("99999999999999999999999999")]
    [InlineData("1.5")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"9e99\"")]
    [InlineData("\"\\ud800\"")]
    public void A_value_of_another_sort_is_nothing_and_breaks_nothing(string value)
    {
        using var document = Parse($"{{\"v\":{value}}}");
        var root = document.RootElement;

        root.Whole("v"u8).ShouldBeNull();
        root.Int("v"u8).ShouldBeNull();
        root.Time("v"u8).ShouldBeNull();
        root.Day("v"u8).ShouldBeNull();
        root.Moment("v"u8).ShouldBeNull();
        (root.Seconds("v"u8) is null || value == "1.5").ShouldBeTrue();
        root.Items("v"u8).ShouldBeEmpty();
        root.Get("v"u8).Get("x"u8).ValueKind.ShouldBe(JsonValueKind.Undefined);
        root.Get("v"u8).Members().ShouldBeEmpty();
        Should.NotThrow(() => (root.Real("v"u8), root.Flag("v"u8), root.Number("v"u8), root.Text("v"u8)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{\"a\":")]
    [InlineData("\"\u0001\"")]
    public void What_is_no_document_is_a_failure_of_the_readers_choice(string text)
    {
        ForeignJson.TryParse(text).ShouldBeNull();

        Should
            .Throw<TrawlException>(() =>
                ForeignJson.Parse(Encoding.UTF8.GetBytes(text), e => new TrawlException(FailureKind.UpstreamError, "no", e))
            )
            .Kind.ShouldBe(FailureKind.UpstreamError);
    }

    [Fact]
    public void What_is_nested_too_deep_is_no_document() =>
        ForeignJson.TryParse(new string('[', 5000) + new string(']', 5000)).ShouldBeNull();

    static JsonDocument Parse(string json) => ForeignJson.TryParse(json).ShouldNotBeNull();
}
