using System.Text;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Tests.Shared;
using static Trawl.Tests.Shared.ScriptedHost;

namespace Trawl.Tests.Http;

public class VisitTests
{
    static readonly Uri Start = new("http://first.example/start");

    [Fact]
    public async Task Follows_five_redirects_and_no_more()
    {
        await using var host = new ScriptedHost([.. Enumerable.Repeat(Redirect("/again"), 6)]);
        using var network = host.Network();

        var failure = await Should.ThrowAsync<TrawlException>(() => GetAsync(network));

        failure.Kind.ShouldBe(FailureKind.UpstreamError);
        host.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Sends_no_cookie_to_another_host()
    {
        await using var host = new ScriptedHost(
            Redirect("http://www.first.example/", "Set-Cookie: own=1", "Set-Cookie: wide=2; Domain=first.example"),
            Redirect("http://second.example/"),
            Answer()
        );
        using var network = host.Network();

        await GetAsync(network);

        host.Requests[1].ShouldContain("Cookie: wide=2\r\n");
        host.Requests[2].ShouldNotContain("Cookie");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://first.example/")]
    [InlineData("data:text/html,x")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("//10.0.0.5/")]
    public async Task Does_not_follow_a_redirect_to_where_we_do_not_go(string target)
    {
        await using var host = new ScriptedHost(Redirect(target));
        using var network = host.Network();

        var failure = await Should.ThrowAsync<TrawlException>(() => GetAsync(network));

        failure.Kind.ShouldBe(FailureKind.RefusedAddress);
        host.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_stalls_ends_after_the_idle_time_on_the_clock()
    {
        var clock = new FakeClock();
        await using var host = new ScriptedHost("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf[silence]");
        using var network = host.Network(time: clock);
        var visit = network.Visit(Session.Desktop);
        await using var reply = await visit.OpenAsync(new VisitRequest(Start), CancellationToken.None);
        var buffer = new byte[100];
        (await reply.ReadAsync(buffer)).ShouldBe(4);

        var stalled = reply.ReadAsync(buffer).AsTask();
        stalled.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(20));

        (await Should.ThrowAsync<TrawlException>(() => stalled)).Kind.ShouldBe(FailureKind.Timeout);
    }

    [Fact]
    public async Task An_answer_that_never_comes_ends_after_its_time_on_the_clock()
    {
        var clock = new FakeClock();
        await using var host = new ScriptedHost("[silence]");
        using var network = host.Network(time: clock);

        var waiting = GetAsync(network);
        while (host.Requests.Count == 0)
            await Task.Yield();
        clock.Advance(TimeSpan.FromSeconds(30));

        (await Should.ThrowAsync<TrawlException>(() => waiting)).Kind.ShouldBe(FailureKind.Timeout);
    }

    [Fact]
    public async Task A_body_shorter_than_promised_is_a_broken_connection()
    {
        await using var host = new ScriptedHost("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        using var network = host.Network();

        var failure = await Should.ThrowAsync<TrawlException>(() => GetAsync(network));

        failure.Kind.ShouldBe(FailureKind.Network);
    }

    [Fact]
    public async Task An_unterminated_chunked_body_is_a_broken_connection()
    {
        await using var host = new ScriptedHost("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        using var network = host.Network();

        (await Should.ThrowAsync<TrawlException>(() => GetAsync(network))).Kind.ShouldBe(FailureKind.Network);
    }

    [Fact]
    public async Task Headers_beyond_64_KiB_are_an_upstream_error()
    {
        await using var host = new ScriptedHost(Answer("x", "200 OK", "X-Long: " + new string('a', 70_000)));
        using var network = host.Network();

        (await Should.ThrowAsync<TrawlException>(() => GetAsync(network))).Kind.ShouldBe(FailureKind.UpstreamError);
    }

    [Fact]
    public async Task A_page_beyond_the_limit_is_not_read_on()
    {
        await using var host = new ScriptedHost(Answer(new string('a', 200_000)));
        using var network = host.Network(new HttpOptions { PageLimit = 100_000 });

        (await Should.ThrowAsync<TrawlException>(() => GetAsync(network))).Kind.ShouldBe(FailureKind.TooLarge);
    }

    [Fact]
    public async Task Server_errors_are_repeated_twice()
    {
        await using var host = new ScriptedHost(Answer("", "503 No"), Answer("", "502 No"), Answer("there"));
        using var network = host.Network();

        (await GetAsync(network)).ShouldBe("there");

        host.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_short_Retry_After_is_sat_out_on_the_clock()
    {
        var clock = new FakeClock();
        await using var host = new ScriptedHost(Answer("", "429 Slow", "Retry-After: 7"), Answer("there"));
        using var network = host.Network(time: clock);
        var begun = clock.GetUtcNow();

        var page = GetAsync(network);
        while (!clock.IsAwaited(begun + TimeSpan.FromSeconds(7)))
            await Task.Yield();
        clock.Advance(TimeSpan.FromSeconds(6.999));
        host.Requests.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(0.001));

        (await page).ShouldBe("there");
    }

    [Fact]
    public async Task A_long_Retry_After_is_reported_and_silences_the_host()
    {
        await using var host = new ScriptedHost(Answer("", "429 Slow", "Retry-After: 600"));
        using var network = host.Network();
        await using (var reply = await network.Visit(Session.Desktop).OpenAsync(new VisitRequest(Start), CancellationToken.None))
            reply.RetryAfter.ShouldBe(TimeSpan.FromMinutes(10));

        var failure = await Should.ThrowAsync<TrawlException>(() => GetAsync(network));

        failure.Kind.ShouldBe(FailureKind.RateLimited);
        host.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("-5", 1)]
    [InlineData("99999999", 3600)]
    public async Task An_absurd_Retry_After_is_clamped(string header, int seconds)
    {
        await using var host = new ScriptedHost(Answer("", "429 Slow", $"Retry-After: {header}"));
        using var network = host.Network(new HttpOptions { Retries = 0 });

        await using var reply = await network.Visit(Session.Desktop).OpenAsync(new VisitRequest(Start), CancellationToken.None);

        if (reply.RetryAfter is { } wait)
            wait.TotalSeconds.ShouldBe(seconds);
        else
            header.ShouldBe("-5"); // the parser drops it
    }

    static async Task<string> GetAsync(Network network)
    {
        var (_, body) = await network.Visit(Session.Desktop).GetPageAsync(new VisitRequest(Start), CancellationToken.None);
        return Encoding.UTF8.GetString(body.Span);
    }
}
