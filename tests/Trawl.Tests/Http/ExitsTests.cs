using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Http;

public class ExitsTests
{
    static readonly VisitRequest Errand = new(new Uri("http://site.test/page"));

    [Fact]
    public async Task Proxies_take_turns_and_a_session_stays_with_its_own()
    {
        await using var a = Host(4);
        await using var b = Host(4);
        using var network = Network(new Switchboard().Plug("a.test", a).Plug("b.test", b), Options("a.test", "b.test"));

        var first = await AskAsync(network, Session.Desktop);
        await AskAsync(network, Session.Desktop);
        await AskAsync(network, Session.Desktop);
        await AskAsync(network, first.Session);
        await AskAsync(network, first.Session);

        first.Session.Exit.ShouldBe(new Uri("http://a.test:8080/"));
        (a.Requests.Count, b.Requests.Count).ShouldBe((4, 1));
        a.Requests[0].ShouldStartWith("GET http://site.test/page HTTP/1.1");
    }

    [Fact]
    public async Task A_proxy_that_cannot_be_reached_is_left_alone_for_a_minute()
    {
        var clock = new FakeClock();
        await using var b = Host(3);
        var board = new Switchboard().Unplug("a.test").Plug("b.test", b);
        using var network = Network(board, Options("a.test", "b.test"), clock);

        for (var i = 0; i < 2; i++)
            await AskAsync(network, Session.Desktop);
        board.Lookups.Count(host => host == "a.test").ShouldBe(1);
        clock.Advance(TimeSpan.FromMinutes(2));
        await AskAsync(network, Session.Desktop);

        b.Requests.Count.ShouldBe(3);
        board.Lookups.Count(host => host == "a.test").ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_proxy_that_answers_nothing_goes_out_unless_the_direct_way_is_allowed()
    {
        await using var site = Host(1);
        var board = new Switchboard().Unplug("a.test").Plug("site.test", site);
        using (var strict = Network(board, Options("a.test")))
        {
            var failure = await Should.ThrowAsync<TrawlException>(() => AskAsync(strict, Session.Desktop));
            (failure.Kind, failure.Message).ShouldBe((FailureKind.Network, "The proxy a.test:8080 cannot be reached."));
        }
        site.Requests.ShouldBeEmpty();

        using var lenient = Network(board, Options("a.test") with { DirectWhenProxiesFail = true });
        await AskAsync(lenient, Session.Desktop);

        site.Requests.ShouldHaveSingleItem().ShouldStartWith("GET /page HTTP/1.1");
    }

    [Fact]
    public async Task A_socks_proxy_is_given_the_name_of_the_host()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeSocksAsync(listener);
        var board = new Switchboard().Plug("socks.test", c => Dialer.System.ConnectAsync((IPEndPoint)listener.LocalEndpoint, c));
        using var network = Network(board, new HttpOptions { Proxies = [new Uri("socks5://socks.test:1080")] });

        await AskAsync(network, Session.Desktop);

        (await serving).ShouldBe("site.test");
        board.Lookups.ShouldBe(["socks.test"]);
    }

    [Fact]
    public async Task User_agents_take_turns_after_so_many_errands_and_a_header_of_ours_wins()
    {
        await using var site = Host(5);
        var options = new HttpOptions
        {
            UserAgents = ["one", "two"],
            RotateEvery = 2,
            Headers = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["site.test"] = new Dictionary<string, string> { ["Accept-Language"] = "de" },
            },
        };
        using var network = Network(new Switchboard().Plug("site.test", site), options);

        for (var i = 0; i < 4; i++)
            await AskAsync(network, Session.Desktop);
        await AskAsync(network, Session.Mobile); // a page for phones wants a phone

        site.Requests.Select(r => Header(r, "User-Agent")).ShouldBe(["one", "one", "two", "two", Session.Mobile.UserAgent]);
        site.Requests.ShouldAllBe(r => Header(r, "Accept-Language") == "de");
    }

    [Fact]
    public async Task A_header_of_ours_goes_to_no_other_host()
    {
        await using var site = new ScriptedHost(ScriptedHost.Redirect("http://other.test/"));
        await using var other = Host(1);
        var options = new HttpOptions
        {
            Headers = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["site.test"] = new Dictionary<string, string> { ["X-Api-Key"] = "SECRET" },
            },
        };
        using var network = Network(new Switchboard().Plug("site.test", site).Plug("other.test", other), options);

        await AskAsync(network, Session.Desktop);

        site.Requests[0].ShouldContain("X-Api-Key: SECRET");
        other.Requests[0].ShouldNotContain("SECRET");
    }

    static ScriptedHost Host(int answers) => new([.. Enumerable.Repeat(ScriptedHost.Answer(), answers)]);

    static HttpOptions Options(params string[] proxies) => new() { Proxies = [.. proxies.Select(p => new Uri($"http://{p}:8080/"))] };

    static Network Network(Dialer dialer, HttpOptions options, TimeProvider? time = null) =>
        new(options with { RetryDelay = TimeSpan.Zero }, NullLogger.Instance, time ?? TimeProvider.System, dialer);

    static async Task<Visit> AskAsync(Network network, Session session)
    {
        var visit = network.Visit(session);
        await visit.GetPageAsync(Errand, TestContext.Current.CancellationToken);
        return visit;
    }

    static string Header(string head, string name) =>
        head.Split("\r\n").Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

    // RFC 1928 as far as one request goes; returns the host the client named
    static async Task<string> ServeSocksAsync(TcpListener listener)
    {
        using var socket = await listener.AcceptSocketAsync();
        await using var stream = new NetworkStream(socket);
        var buffer = new byte[512];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 2));
        await stream.ReadExactlyAsync(buffer.AsMemory(0, buffer[1]));
        await stream.WriteAsync(new byte[] { 5, 0 });
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 5)); // version, connect, reserved, a name follows, its length
        buffer[3].ShouldBe((byte)3);
        var length = buffer[4];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, length + 2));
        var host = Encoding.ASCII.GetString(buffer, 0, length);
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 });
        _ = await stream.ReadAtLeastAsync(buffer, 1);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(ScriptedHost.Answer()));
        return host;
    }
}
