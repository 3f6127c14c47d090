using System.Net;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Http;

public class HostGuardTests
{
    [Theory]
    [InlineData("0.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.31.196.1")]
    [InlineData("192.52.193.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("192.175.48.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("168.63.129.16")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.5")]
    [InlineData("64:ff9b::10.0.0.5")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("100:0:0:1::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Special_addresses_are_not_public(string address) => HostGuard.IsPublic(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("172.32.0.1")]
    [InlineData("8.8.8.8")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void Ordinary_addresses_are_public(string address) => HostGuard.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://１２７.0.0.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://sub.localhost./")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("https://user:pass@www.example.com/")]
    [InlineData("https://www.example.com:8443/")]
    [InlineData("ftp://www.example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("data:text/html,x")]
    [InlineData("javascript:alert(1)")]
    public async Task Forbidden_addresses_are_refused_before_anybody_is_asked(string address)
    {
        await using var host = new ScriptedHost();
        using var network = host.Network();

        var failure = await Should.ThrowAsync<TrawlException>(() => OpenAsync(network, address));

        failure.Kind.ShouldBe(FailureKind.RefusedAddress);
        host.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_leads_to_one_private_address_among_public_ones_is_refused()
    {
        await using var host = new ScriptedHost(ScriptedHost.Answer())
        {
            Addresses = [IPAddress.Parse("93.184.216.34"), IPAddress.Parse("10.0.0.5")],
        };
        using var network = host.Network();

        var failure = await Should.ThrowAsync<TrawlException>(() => OpenAsync(network, "http://rebinding.example/"));

        failure.Kind.ShouldBe(FailureKind.RefusedAddress);
        host.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_configured_service_is_reached_by_exactly_its_host_and_port()
    {
        await using var host = new ScriptedHost(ScriptedHost.Answer());
        using var network = host.Network(new HttpOptions { TrustedServices = ["127.0.0.1:9000"] });

        await OpenAsync(network, "http://127.0.0.1:9000/");
        var failure = await Should.ThrowAsync<TrawlException>(() => OpenAsync(network, "http://127.0.0.1:9001/"));

        failure.Kind.ShouldBe(FailureKind.RefusedAddress);
        host.Requests.Count.ShouldBe(1);
    }

    static async Task OpenAsync(Network network, string address)
    {
        await using var reply = await network.Visit(Session.Desktop).OpenAsync(new VisitRequest(new Uri(address)), CancellationToken.None);
    }

    [Theory]
    [InlineData("a", 254)]
    [InlineData("a", 60_000)]
    [InlineData("a.", 300)]
    public async Task No_name_is_that_long(string piece, int length)
    {
        var host = string.Concat(Enumerable.Repeat(piece, length / piece.Length))[..length];
        var guard = new HostGuard(Dialer.System, new HashSet<string>());

        var failure = await Should.ThrowAsync<TrawlException>(() => guard.ConnectAsync(host, 443, TestContext.Current.CancellationToken));

        failure.Kind.ShouldBe(FailureKind.RefusedAddress);
        failure.Message.Length.ShouldBeLessThan(200);
    }
}
