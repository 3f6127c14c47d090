using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Trawl.App.Operations;
using Trawl.App.Resolver.Json;
using Trawl.App.Tests.Shared;

namespace Trawl.App.Tests.Resolver;

/// <summary>What one request can cost, whatever is in it.</summary>
public class BoundsTests
{
    static readonly Fields Nothing = new() { ["search_service_returns"] = new Fields { ["results"] = new List<object?>() } };

    [Fact]
    public async Task Of_half_a_million_values_none_is_answered_to()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));

        var (status, body) = await run.PostAsync("/tiktok/search", $"{{\"query\":[{string.Join(',', Enumerable.Repeat("1", 500_000))}]}}");

        (status, body).ShouldBe((400, """{"detail":"There was an error parsing the body"}"""));
    }

    [Fact]
    public async Task Of_many_faults_a_hundred_are_told_and_of_each_value_the_beginning()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));
        var values = string.Join(',', Enumerable.Repeat($"[\"{new string('x', 100)}\",{{\"a\":[]}}]", 4000));

        var (status, body) = await run.PostAsync("/tiktok/search", $"{{\"query\":[{values}],\"{new string('n', 5000)}\":1}}");

        status.ShouldBe(422);
        JsonNode.Parse(body)!["detail"]!.AsArray().Count.ShouldBe(100);
        body.Length.ShouldBeLessThan(200_000);
    }

    [Theory]
    [InlineData("\\u0000", false)]
    [InlineData("\\u0000", true)]
    [InlineData("n", true)]
    public async Task What_grows_when_it_is_written_down_counts_as_it_is_written(string letter, bool named)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));
        var text = string.Concat(Enumerable.Repeat(letter, 9000 / letter.Length));
        var faults = Enumerable.Range(0, 100).Select(i => named ? $"\"{i}{text}\":1" : $"\"{i}\":\"{text}\"");

        var (status, body) = await run.PostAsync("/tiktok/search", $"{{{string.Join(',', faults)}}}");

        status.ShouldBe(422);
        body.Length.ShouldBeLessThan(300_000);
    }

    [Theory]
    [InlineData("http://*/")]
    [InlineData("http://a..b/")]
    [InlineData("http://(a)/")]
    [InlineData("http://a!b/")]
    public async Task A_host_nobody_can_be_sent_to_is_refused(string address)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));

        var (status, body) = await run.PostAsync("/browse", $"{{\"url\":\"{address}\"}}");

        status.ShouldBe(422);
        body.ShouldContain("invalid domain character");
    }

    [Fact]
    public async Task One_connection_too_many_is_told_so_and_the_others_are_served()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));
        var held = new List<TcpClient>();
        try
        {
            for (var i = 0; i < WebServer.MostConnections; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync(run.Address.Host, run.Address.Port, TestContext.Current.CancellationToken);
                held.Add(client);
            }
            // the first of them are served, however long the line is
            (await AskAsync(held[0])).ShouldStartWith("HTTP/1.1 200");

            using var late = new TcpClient();
            await late.ConnectAsync(run.Address.Host, run.Address.Port, TestContext.Current.CancellationToken);

            (await AskAsync(late)).ShouldStartWith("HTTP/1.1 503");
        }
        finally
        {
            held.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_without_a_stack()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        var run = await AppProgram.TrawlAsync(null, "serve", "--port", $"{port}");

        run.ExitCode.ShouldBe(2, run.Messages);
        run.Messages.ShouldContain($"127.0.0.1:{port} cannot be listened on");
        (run.Output + run.Messages).ShouldNotContain("   at ");
    }

    static async Task<string> AskAsync(TcpClient client)
    {
        var stream = client.GetStream();
        await stream.WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        var buffer = new byte[1024];
        return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
    }
}
