using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Http;

/// <summary>What another program, here curl, can and cannot reach by the way we lend it.</summary>
public class EgressTests
{
    [Fact]
    public async Task A_public_host_is_reached()
    {
        await using var host = new ScriptedHost(ScriptedHost.Answer("there"), ScriptedHost.Answer("again"));
        using var network = host.Network();

        (await CurlAsync(network, "http://site.example/a?b=c", "http://site.example/")).Text.ShouldBe("thereagain");

        host.Requests[0].ShouldStartWith("GET /a?b=c HTTP/1.1\r\n");
        host.Requests[0].ShouldContain("Connection: close");
        host.Requests[0].ShouldNotContain("Proxy-");
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://localhost/")]
    [InlineData("http://site.example:22/")]
    public async Task Where_we_do_not_go_it_does_not_go(string address)
    {
        await using var host = new ScriptedHost(ScriptedHost.Answer());
        using var network = host.Network();
        await using var egress = new Egress(network, counts: false);

        (await CurlAsync(egress, address)).ExitCode.ShouldNotBe(0);

        egress.Refusal!.Kind.ShouldBe(FailureKind.RefusedAddress);
        host.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_leads_to_a_private_address_is_refused()
    {
        await using var host = new ScriptedHost(ScriptedHost.Answer()) { Addresses = [System.Net.IPAddress.Parse("10.0.0.5")] };
        using var network = host.Network();
        await using var egress = new Egress(network, counts: false);

        await CurlAsync(egress, "https://inside.example/");

        egress.Refusal!.Message.ShouldContain("inside.example");
        host.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(254)]
    [InlineData(300)]
    [InlineData(5000)]
    public async Task A_name_no_host_can_have_is_refused_and_the_next_connection_is_served(int length)
    {
        await using var host = new ScriptedHost(ScriptedHost.Answer("there"));
        using var network = host.Network();
        await using var egress = new Egress(network, counts: false, asksPass: false);

        var refused = await AskAsync(egress, $"GET http://{new string('a', length)}/ HTTP/1.1\r\n\r\n");
        var served = await AskAsync(egress, "GET http://site.example/ HTTP/1.1\r\n\r\n");

        refused.ShouldStartWith("HTTP/1.1 4");
        served.ShouldEndWith("there");
        egress.Refusal?.Kind.ShouldBe(FailureKind.RefusedAddress);
    }

    static async Task<string> AskAsync(Egress egress, string question)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(egress.Way.Host, egress.Way.Port);
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(question));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }

    [Fact]
    public async Task Each_connection_is_a_request_of_the_item_and_the_budget_ends_it()
    {
        await using var host = new ScriptedHost([.. Enumerable.Repeat(ScriptedHost.Answer("x"), 5)]);
        using var network = host.Network();
        using var item = RequestBudget.Begin(2);
        await using var egress = new Egress(network, counts: true);

        for (var i = 0; i < 3; i++)
            await CurlAsync(egress, "http://site.example/");

        host.Requests.Count.ShouldBe(2);
        egress.Refusal!.Detail.ShouldBe("REQUEST_BUDGET");
    }

    [Fact]
    public async Task It_goes_out_by_the_proxy_we_go_out_by()
    {
        await using var run = await SandboxRun.StartAsync();
        var proxy = run.World.Proxy;
        using var network = new Network(new HttpOptions { Proxies = [proxy] }, NullLogger.Instance, TimeProvider.System);
        await using var egress = new Egress(network, counts: false);

        var page = await CurlAsync(egress, "--cacert", run.World.CertificateFile, run.World.Links[1]);

        page.Text.ShouldContain("__UNIVERSAL_DATA_FOR_REHYDRATION__");
    }

    [Fact]
    public async Task Nobody_else_on_the_machine_can_use_it()
    {
        await using var host = new ScriptedHost(ScriptedHost.Answer());
        using var network = host.Network();
        await using var egress = new Egress(network, counts: false);
        var port = new Uri(egress.Variables[0].Value).Port;

        var result = await new ChildProcess(
            "curl",
            ["-sS", "-x", $"http://trawl:guess@127.0.0.1:{port}", "-o", "-", "-w", "%{http_code}", "http://site.example/"]
        ).RunAsync(TestContext.Current.CancellationToken);

        result.Text.ShouldEndWith("407");
        host.Requests.ShouldBeEmpty();
    }

    static async Task<ChildResult> CurlAsync(Network network, params string[] arguments)
    {
        await using var egress = new Egress(network, counts: false);
        return await CurlAsync(egress, arguments);
    }

    static Task<ChildResult> CurlAsync(Egress egress, params string[] arguments) =>
        new ChildProcess("curl", ["-sSf", .. arguments]) { Variables = egress.Variables }.RunAsync(TestContext.Current.CancellationToken);
}
