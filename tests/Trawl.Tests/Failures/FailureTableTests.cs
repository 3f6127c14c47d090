using System.Text.RegularExpressions;
using Trawl.Failures;

namespace Trawl.Tests.Failures;

public class FailureTableTests
{
    [Fact]
    public void Every_kind_has_one_row() => FailureTable.Rules.Select(r => r.Kind).ShouldBe(Enum.GetValues<FailureKind>());

    [Fact]
    public void Every_row_says_what_happened_and_what_to_do()
    {
        foreach (var rule in FailureTable.Rules)
        {
            rule.Name.ShouldBe(Regex.Replace(rule.Kind.ToString(), "(?<!^)([A-Z])", "-$1").ToLowerInvariant());
            rule.Sentence.ShouldEndWith(".");
            rule.Suggestion.ShouldEndWith(".");
            rule.ExitCode.ShouldBeOneOf(2, 4, 5, 6, 7, 8, 9, 10, 130);
            rule.HttpStatus.ShouldBeInRange(400, 511);
        }
    }

    [Fact]
    public void Every_kind_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(House.Root, "docs", "failures.md"));

        foreach (var rule in FailureTable.Rules)
            page.ShouldContain(
                $"| `{rule.Name}` | {rule.Sentence} | {rule.Suggestion} | {rule.ExitCode} | {rule.HttpStatus} | {(rule.RetryLater ? "yes" : "no")} |"
            );
    }

    [Theory]
    [InlineData(
        "https://v16.example/4cc86938b3e2a3695b9127eb86b397b6/61aa0823/video/?a=1&signature=SECRET&tk=x",
        "https://v16.example/…/61aa0823/video/?…"
    )]
    [InlineData("https://user:SECRET@host.example/path", "https://host.example/path")]
    [InlineData("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x")]
    public void Addresses_lose_their_secrets(string address, string masked) => new Uri(address).Masked().ShouldBe(masked);
}
