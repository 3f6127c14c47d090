using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Trawl.App.Resolver.Json;
using Trawl.App.Tests.Shared;

namespace Trawl.App.Tests.Resolver;

/// <summary>Bodies nobody thought of.</summary>
public class FuzzTests
{
    static readonly string[] Paths = ["/tiktok/search", "/tiktok/download", "/tiktok/session", "/browse"];
    static readonly string?[] Types =
    [
        "application/json",
        "application/json",
        "application/json",
        null,
        "text/plain",
        "application/x+json; charset=x",
        "a",
    ];

    static readonly string[] Seeds =
    [
        """{"query":"street cat","numVideos":10,"force_headful":false}""",
        """{"query":["a","b"],"numVideos":"7"}""",
        """{"url":"https://www.tiktok.com/@u/video/7530618987760209170","force_headful":1}""",
        """{"url":"about:blank","engine":"chromium"}""",
        "{}",
        "[]",
        "null",
        "",
    ];

    static readonly string[] Pieces =
    [
        "null",
        "true",
        "NaN",
        "-Infinity",
        "1e999",
        "-0.0",
        "123456789012345678901234567890",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\" \"",
        "[[[[]]]]",
        "{\"a\":{}}",
        "\"http://[::1]:99999/\"",
        "\"HTTP://\\u00fc@%zz:80/../..//?#\"",
        "\"http://xn--\"",
        "\"http://0x7f.1/%\"",
        "\"http://1.2.3.4.5/\"",
        "\"file:///etc/passwd\"",
        "\"http:\\\\\\\\a\"",
        "\"query\"",
        "\"numVideos\"",
        "\"😀\"",
        ",",
        ":",
        "}",
        "\\",
        "\n",
        "\uFEFF",
    ];

    [Fact]
    public async Task Ten_thousand_bodies_are_answered_as_documented()
    {
        var work = new Fields
        {
            ["search_service_returns"] = new Fields { ["results"] = new List<object?>() },
            ["resolved"] = "https://example.com/video.mp4",
            ["head_content_length"] = 1L,
            ["execution_time"] = 1.0,
            ["session_service_returns"] = new Fields { ["status"] = "success", ["message"] = "m" },
            ["browse_returns"] = new Fields { ["status"] = "success", ["message"] = "m" },
        };
        await using var run = await ResolverRun.StartAsync(new RecordedWork(work));
        using var reply = await run.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/openapi.json"));
        using var description = JsonDocument.Parse(await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var chance = new Random(20261121);
        var statuses = new Dictionary<int, int>();

        for (var i = 0; i < 10_000; i++)
        {
            var (path, type, body) = (Pick(Paths), Pick(Types), Body());

            var (status, answer) = await run.PostAsync(path, body, type);

            var case_ = $"{i}: POST {path} as {type}: {Encoding.UTF8.GetString(body)} -> {status} {answer}";
            status.ShouldBeLessThan(500, case_);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            var schema = description
                .RootElement.GetProperty("paths")
                .GetProperty(path)
                .GetProperty("post")
                .GetProperty("responses")
                .GetProperty(status.ToString(CultureInfo.InvariantCulture))
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("schema");
            using var json = JsonDocument.Parse(answer);
            Schema.Violations(json.RootElement, schema, description.RootElement).ShouldBeEmpty(case_);
        }

        statuses.Keys.Order().ShouldBe([200, 400, 422]);
        statuses[200].ShouldBeGreaterThan(500, "some must get through");

        T Pick<T>(T[] choices) => choices[chance.Next(choices.Length)];

        byte[] Body()
        {
            var text = new StringBuilder(Pick(Seeds));
            for (var n = chance.Next(4); n > 0; n--)
            {
                var at = chance.Next(text.Length + 1);
                var end = Math.Min(text.Length, at + chance.Next(8));
                _ = chance.Next(3) switch
                {
                    0 => text.Insert(at, Pick(Pieces)),
                    1 => text.Remove(at, end - at),
                    _ => text.Remove(at, end - at).Insert(at, Pick(Pieces)),
                };
            }
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            if (bytes.Length > 0 && chance.Next(20) == 0)
                bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256);
            return bytes;
        }
    }

    [Fact]
    public async Task A_body_nested_without_end_is_refused()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (status, body) = await run.PostAsync("/tiktok/search", new string('[', 500_000));

        (status, body).ShouldBe((400, """{"detail":"There was an error parsing the body"}"""));
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_refused()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));
        using var socket = new TcpClient();
        await socket.ConnectAsync(run.Address.Host, run.Address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();

        await stream.WriteAsync(
            "POST /tiktok/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray(),
            TestContext.Current.CancellationToken
        );

        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("HTTP/1.1 408 Request Timeout");
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldEndWith("""{"detail":"The body did not arrive"}""");
    }
}
