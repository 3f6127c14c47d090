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
            rule.Suggestions.ShouldNotBeEmpty();
            rule.Suggestions.ShouldAllBe(suggestion => suggestion.EndsWith('.'));
            rule.ExitCode.ShouldBeOneOf(1, 2, 4, 5, 6, 7, 8, 9, 10, 130);
            rule.HttpStatus.ShouldBeInRange(400, 511);
        }
    }

    [Theory]
    [InlineData(
        "https://v16.example/4cc86938b3e2a3695b9127eb86b397b6/61aa0823/video/?a=1&signature=SECRET&tk=x",
        "https://v16.example/…/61aa0823/video/?…"
    )]
    [InlineData("https://user:SECRET@host.example/path", "https://host.example/path")]
    [InlineData("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x")]
    public void Addresses_lose_their_secrets(string address, string masked) => new Uri(address).Masked().ShouldBe(masked);

    [Theory]
    [InlineData(
        "GET https://v16.example/a?sig=SECRET failed: Cookie: tt_chain_token=SECRET; sid=SECRET",
        "GET https://v16.example/a?… failed: Cookie: …"
    )]
    [InlineData("Authorization: Bearer SECRET\nnext line", "Authorization: …\nnext line")]
    [InlineData("msToken=SECRET, status 403", "msToken=…, status 403")]
    [InlineData("nothing to hide: 404", "nothing to hide: 404")]
    public void Texts_lose_their_secrets(string text, string masked) => Masking.Masked(text).ShouldBe(masked);

    [Theory]
    [InlineData("https://u:pw@www.tiktok.com/@a/video/1?x=2", "https://www.tiktok.com/@a/video/1?x=2")]
    [InlineData("https://youtu.be/abc?v=abc&access_token=T0K&t=1#x", "https://youtu.be/abc?v=abc&access_token=…&t=1#x")]
    [InlineData("look: https://a.example/?X-Amz-Signature=00ff and more", "look: https://a.example/?X-Amz-Signature=… and more")]
    [InlineData("mail@example.org", "mail@example.org")]
    public void Links_are_shown_without_passwords_and_tokens(string link, string shown) => Masking.MaskedLink(link).ShouldBe(shown);

    [Fact]
    public void A_failure_tells_all_there_is_to_say_without_secrets()
    {
        var cause = new HttpRequestException("https://v16.example/a?signature=SECRET broke off");
        var failure = new TrawlException(FailureKind.RateLimited, "TikWM's daily limit is used up.", cause)
        {
            Detail = "HTTP_429",
            RetryAfter = TimeSpan.FromHours(1),
        }.During("resolve", new Uri("https://www.tiktok.com/@u/video/1?token=SECRET"));

        var told = failure.Context.ToDictionary();

        told["operation"].ShouldBe("resolve");
        told["link"].ShouldBe("https://www.tiktok.com/@u/video/1?…");
        told["kind"].ShouldBe("rate-limited");
        told["retry_after_s"].ShouldBe(3600.0);
        told["technical"].ShouldBe("TikWM's daily limit is used up. <- HttpRequestException: https://v16.example/a?… broke off");
        ((string[])told["suggestions"]!).Length.ShouldBeGreaterThan(1);
        string.Join("", told.Values).ShouldNotContain("SECRET");
    }
}
