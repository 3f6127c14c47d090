using Trawl.Failures;
using Trawl.Http;
using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Http;

public class CookieFileTests
{
    const string Text =
        "# Netscape HTTP Cookie File\n\n.tiktok.com\tTRUE\t/\tTRUE\t1900000000\tttwid\tsecret\n#HttpOnly_www.tiktok.com\tFALSE\t/x\tFALSE\t0\tmsToken\t=a=\r\n";

    [Fact]
    public void What_others_write_is_read()
    {
        var cookies = CookieFile.Parse(Text);

        cookies.ShouldBe([
            new SessionCookie("ttwid", "secret", "tiktok.com", false, "/", true, DateTimeOffset.FromUnixTimeSeconds(1900000000)),
            new SessionCookie("msToken", "=a=", "www.tiktok.com", true, "/x", false, null),
        ]);
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        CookieFile.Parse(CookieFile.Write(CookieFile.Parse(Text))).ShouldBe(CookieFile.Parse(Text));

    [Theory]
    [InlineData("tiktok.com\tTRUE\t/\tTRUE\t0\tsecret")]
    [InlineData("com\tTRUE\t/\tTRUE\t0\tname\tsecret")]
    [InlineData(".tiktok.com\tyes\t/\tTRUE\t0\tname\tsecret")]
    [InlineData(".tiktok.com\tTRUE\t\tTRUE\t0\tname\tsecret")]
    [InlineData(".tiktok.com\tTRUE\t/\tTRUE\tnever\tname\tsecret")]
    [InlineData(".tiktok.com\tTRUE\t/\tTRUE\t0\tname\tsecret; other=1")]
    [InlineData("{\"cookies\": \"secret\"}")]
    public void What_is_none_is_refused_without_being_shown(string line)
    {
        var failure = Should.Throw<TrawlException>(() => CookieFile.Parse("# a\n" + line));

        failure.Kind.ShouldBe(FailureKind.Configuration);
        failure.Message.ShouldContain("Line 2");
        failure.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Cookies_go_to_their_host_and_nowhere_else()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var trawl = new TrawlClient(
            new TrawlOptions
            {
                Strategies = ["web", "tikwm"],
                Http = new()
                {
                    Proxies = [world.Proxy],
                    CertificateFile = world.CertificateFile,
                    Cookies = CookieFile.Parse(".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tsecret"),
                },
            }
        );

        await trawl.Videos.GetAsync(world.Links[5]); // the page is a challenge, so TikWM is asked as well

        Sent("www.tiktok.com").ShouldAllBe(c => c.Contains("sessionid=secret"));
        Sent("www.tikwm.com").ShouldAllBe(c => !c.Contains("secret"));

        List<string> Sent(string host) =>
            [.. world.Requests.Where(r => r.Host == host && r.Method != "CONNECT").Select(r => r.Headers.GetValueOrDefault("cookie", ""))];
    }
}
