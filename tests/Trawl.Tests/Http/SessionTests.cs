using Trawl.Http;

namespace Trawl.Tests.Http;

public class SessionTests
{
    static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly Uri Sender = new("https://www.tiktok.com/@u/video/1");

    [Theory]
    [InlineData("a=1", "https://www.tiktok.com/", true)]
    [InlineData("a=1", "https://v16.tiktok.com/", false)]
    [InlineData("a=1; Domain=.tiktok.com", "https://v16.tiktok.com/", true)]
    [InlineData("a=1; Domain=tiktok.com", "https://eviltiktok.com/", false)]
    [InlineData("a=1; Domain=tiktok.com", "https://tiktok.com.evil.example/", false)]
    [InlineData("a=1; Domain=evil.example", "https://evil.example/", false)]
    [InlineData("a=1; Domain=com", "https://example.com/", false)]
    [InlineData("a=1; Secure", "http://www.tiktok.com/", false)]
    [InlineData("a=1; Path=/only", "https://www.tiktok.com/other", false)]
    [InlineData("a=1; Path=/only", "https://www.tiktok.com/only/here", true)]
    [InlineData("a=1; Max-Age=0", "https://www.tiktok.com/", false)]
    [InlineData("a=1; Expires=Thu, 05 Jun 2025 15:59:30 GMT", "https://www.tiktok.com/", false)]
    [InlineData("a=1; Expires=Thu, 05 Jun 2031 15:59:30 GMT", "https://www.tiktok.com/", true)]
    [InlineData("=1", "https://www.tiktok.com/", false)]
    public void A_cookie_goes_where_it_may(string header, string address, bool goes)
    {
        var session = Session.Desktop.Receive([header], Sender, Now);

        session.CookieHeader(new Uri(address), Now).ShouldBe(goes ? "a=1" : null);
    }

    [Fact]
    public void A_new_value_replaces_the_old_one()
    {
        var session = Session.Desktop.Receive(["a=1", "a=2"], Sender, Now);

        session.CookieHeader(Sender, Now).ShouldBe("a=2");
    }

    [Fact]
    public void A_thousand_cookies_are_not_kept() =>
        Session
            .Desktop.Receive(Enumerable.Range(0, 1000).Select(i => $"c{i}=1"), Sender, Now)
            .Cookies.Length.ShouldBeLessThanOrEqualTo(100);

    [Fact]
    public void A_session_does_not_tell_its_secrets() =>
        Session.Desktop.Receive(["tt_chain_token=SECRET"], Sender, Now).ToString().ShouldNotContain("SECRET");
}
