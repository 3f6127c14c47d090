using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Trawl.App.Resolver.Doors;
using Trawl.App.Resolver.Json;

namespace Trawl.App.Tests.Resolver;

/// <summary>The wire of the resolver service where no recording says what is right.</summary>
public class WireTests
{
    static readonly Fields Nothing = new() { ["search_service_returns"] = new Fields { ["results"] = new List<object?>() } };

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("1.0", true)]
    [InlineData("\"YES\"", true)]
    [InlineData("\"t\"", true)]
    [InlineData("\"on\"", true)]
    [InlineData("0", false)]
    [InlineData("\"N\"", false)]
    [InlineData("\"off\"", false)]
    public async Task What_is_taken_for_true_or_false(string value, bool headful)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));

        var (status, body) = await run.PostAsync("/tiktok/search", $$"""{"query":"a","force_headful":{{value}}}""");

        status.ShouldBe(200);
        ((string?)JsonNode.Parse(body)!["execution_mode"]).ShouldBe(headful ? "headful" : "headless");
    }

    [Theory]
    [InlineData("2", "bool_parsing")]
    [InlineData("2.0", "bool_parsing")]
    [InlineData("\" yes\"", "bool_parsing")]
    [InlineData("{}", "bool_type")]
    public async Task What_is_not(string value, string type) =>
        (await FaultAsync($$"""{"query":"a","force_headful":{{value}}}""")).ShouldBe(type);

    [Theory]
    [InlineData("\" +05.00 \"")]
    [InlineData("\"0_5\"")]
    [InlineData("5.0")]
    [InlineData("\"5.\"")]
    public async Task What_is_taken_for_five(string value)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));

        var (_, body) = await run.PostAsync("/tiktok/search", $$"""{"query":"test","numVideos":{{value}}}""");
        var (_, five) = await run.PostAsync("/tiktok/search", """{"query":"test","numVideos":5}""");

        Hash(body).ShouldBe(Hash(five));
    }

    [Theory]
    [InlineData("\"abc\"", "int_parsing")]
    [InlineData("\"5e0\"", "int_parsing")]
    [InlineData("\"0x5\"", "int_parsing")]
    [InlineData("\"1__0\"", "int_parsing")]
    [InlineData("\"+-5\"", "int_parsing")]
    [InlineData("NaN", "finite_number")]
    [InlineData("[]", "int_type")]
    [InlineData("1e300", "less_than_equal")]
    [InlineData("123456789012345678901234567890", "less_than_equal")]
    [InlineData("-1", "greater_than_equal")]
    public async Task What_is_no_number(string value, string type) =>
        (await FaultAsync($$"""{"query":"a","numVideos":{{value}}}""")).ShouldBe(type);

    [Theory]
    [InlineData("{", 1, "Expecting property name enclosed in double quotes")]
    [InlineData("{\"a\":1,}", 7, "Expecting property name enclosed in double quotes")]
    [InlineData("{\"a\"}", 4, "Expecting ':' delimiter")]
    [InlineData("{\"a\":1 2}", 7, "Expecting ',' delimiter")]
    [InlineData("{\"a\":}", 5, "Expecting value")]
    [InlineData("[1,]", 3, "Expecting value")]
    [InlineData("[1", 2, "Expecting ',' delimiter")]
    [InlineData("{\"a", 1, "Unterminated string starting at")]
    [InlineData("{\"a\\", 1, "Unterminated string starting at")]
    [InlineData("{\"a\nb\":1}", 3, "Invalid control character at")]
    [InlineData("{\"a\\x\":1}", 3, "Invalid \\escape: ")]
    [InlineData("{\"a\\u12x4\":1}", 4, "Invalid \\uXXXX escape")]
    [InlineData("[01]", 2, "Expecting ',' delimiter")]
    [InlineData("-", 0, "Expecting value")]
    [InlineData("[.5]", 1, "Expecting value")]
    [InlineData("\"😀\" x", 4, "Extra data")]
    [InlineData("  nul", 2, "Expecting value")]
    public async Task What_is_no_JSON_is_told_with_its_place(string body, int place, string message)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (status, answer) = await run.PostAsync("/browse", body);

        status.ShouldBe(422);
        var fault = JsonNode.Parse(answer)!["detail"]![0]!;
        fault.ToJsonString().ShouldNotContain("\"url\":");
        ((string?)fault["ctx"]!["error"]).ShouldBe(message);
        ((int)fault["loc"]![1]!).ShouldBe(place);
    }

    [Fact]
    public async Task Of_equal_keys_the_last_counts_and_a_byte_order_mark_is_passed_over()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));

        var (_, body) = await run.PostAsync(
            "/tiktok/search",
            [0xEF, 0xBB, 0xBF, .. """{"query":"x","query":"test"}"""u8],
            "application/vnd.api+json"
        );

        Hash(body).ShouldBe("2286335519501c7847acfcf59d584b24");
    }

    [Fact]
    public async Task Faults_are_told_in_the_order_of_the_fields_then_unknown_keys_as_they_came()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (_, body) = await run.PostAsync("/tiktok/search", """{"z":1,"force_headful":null,"numVideos":0,"a":2.50}""");

        JsonNode.Parse(body)!["detail"]!
            .AsArray()
            .Select(f => (string?)f!["loc"]![1])
            .ShouldBe(["query", "numVideos", "force_headful", "z", "a"]);
        body.ShouldContain(
            """{"type":"missing","loc":["body","query"],"msg":"Field required","input":{"z":1,"force_headful":null,"numVideos":0,"a":2.5}"""
        );
    }

    [Theory]
    [InlineData("1e16", "1e+16")]
    [InlineData("123456789012345680.0", "1.2345678901234568e+17")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1.5e-7", "1.5e-07")]
    [InlineData("100.25", "100.25")]
    [InlineData("Infinity", "null")]
    [InlineData("\"\\u00e9\\ud83d\\ude00\\u001f\\u007f\\\"\"", "\"é😀\\u001f\u007f\\\"\"")]
    public async Task What_was_given_is_shown_as_Python_shows_it(string given, string shown)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (_, body) = await run.PostAsync("/browse", $$"""{"engine":{{given}}}""");

        body.ShouldContain($"\"input\":{shown},");
    }

    [Theory]
    [InlineData("https://www.tiktok.com/@Us er/profile", "https://www.tiktok.com/@Us%20er/profile")]
    [InlineData("HTTPS://WWW.TikTok.com:443", "https://www.tiktok.com/")]
    [InlineData(" http:\\\\a.b\\c/../d?q='x y'#é ", "http://a.b/d?q=%27x%20y%27#%C3%A9")]
    [InlineData("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC")]
    [InlineData("http://0x7f.1/", "http://127.0.0.1/")]
    [InlineData("http://[0:0::1]:80/", "http://[::1]/")]
    [InlineData("http://u:p@a.b:8080", "http://u:p@a.b:8080/")]
    public async Task Addresses_are_normalised(string given, string normal)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (status, body) = await run.PostAsync("/tiktok/download", $$"""{"url":{{PythonText.Json(given)}}}""");

        status.ShouldBe(400);
        ((string?)JsonNode.Parse(body)!["error_details"]!["url"]).ShouldBe(normal);
    }

    [Theory]
    [InlineData("http://", "empty host")]
    [InlineData("http://a b/", "invalid domain character")]
    [InlineData("http://1.2.3.400/", "invalid IPv4 address")]
    [InlineData("http://a:b/", "invalid port number")]
    [InlineData("//a.b/", "relative URL without a base")]
    [InlineData("1:2", "relative URL without a base")]
    public async Task What_is_no_address_is_told(string given, string error)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (_, body) = await run.PostAsync("/tiktok/download", $$"""{"url":{{PythonText.Json(given)}}}""");

        ((string?)JsonNode.Parse(body)!["detail"]![0]!["ctx"]!["error"]).ShouldBe(error);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("chrome://settings")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("about:config")]
    public async Task Only_the_web_is_browsed(string address)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (status, body) = await run.PostAsync("/browse", $$"""{"url":{{PythonText.Json(address)}}}""");

        status.ShouldBe(422);
        body.ShouldContain("url_scheme");
    }

    [Theory]
    [InlineData("https://eviltiktok.com/@u/video/1")]
    [InlineData("https://tiktok.com.evil.example/@u/video/1")]
    public async Task A_host_that_only_looks_like_TikTok_is_none(string address)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (status, body) = await run.PostAsync("/tiktok/download", $$"""{"url":"{{address}}"}""");

        (status, (string?)JsonNode.Parse(body)!["error_code"]).ShouldBe((400, "INVALID_URL"));
    }

    [Fact]
    public async Task Where_tests_run_no_window_is_opened_or_reported()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing), environment: name => name == "CI" ? "True" : null);

        var (_, body) = await run.PostAsync("/tiktok/search", """{"query":"a","force_headful":true}""");

        body.ShouldContain("\"executed_path\":\"headless\"");
        body.ShouldContain("\"execution_mode\":\"headless\"");
    }

    [Theory]
    [InlineData("origin", "https://evil.example", 403)]
    [InlineData("origin", "null", 403)]
    [InlineData("host", "rebound.evil.example", 403)]
    [InlineData("origin", "https://ours.example", 200)]
    [InlineData("host", "resolver", 200)]
    [InlineData("host", "192.168.1.7:5680", 200)]
    public async Task Not_every_page_may_make_the_browser_act(string header, string value, int expected)
    {
        var doorkeeper = new Doorkeeper(["https://ours.example"], [], null, isOpen: false);
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing), doorkeeper);

        var (status, body) = await run.PostAsync("/tiktok/search", """{"query":"a"}""", (header, value));

        status.ShouldBe(expected);
        if (expected == 403)
            JsonNode.Parse(body)!.AsObject().Select(f => f.Key).ShouldBe(["detail"]);
    }

    [Theory]
    [InlineData(null, null, 403)]
    [InlineData("secret", null, 403)]
    [InlineData("secret", "Bearer wrong!", 403)]
    [InlineData("secret", "Bearer secret", 200)]
    public async Task From_other_machines_browsing_needs_a_token(string? token, string? given, int expected)
    {
        var work = new Fields
        {
            ["browse_returns"] = new Fields { ["status"] = "success", ["message"] = "m" },
        };
        await using var run = await ResolverRun.StartAsync(new RecordedWork(work), new Doorkeeper([], [], token, isOpen: true));

        var (status, _) = await run.PostAsync("/browse", "{}", given is null ? [] : [("authorization", given)]);

        status.ShouldBe(expected);
    }

    [Theory]
    [InlineData(
        "text/event-stream",
        "event: hit\ndata: {\"type\":\"hit\",\"found\":1,",
        "event: done\ndata: {\"type\":\"done\",\"status\":200,"
    )]
    [InlineData(
        "application/x-ndjson",
        "{\"type\":\"hit\",\"found\":1,",
        "{\"type\":\"done\",\"status\":200,\"answer\":{\"results\":[{\"id\":\"7\""
    )]
    public async Task Hits_arrive_as_they_are_found_for_who_asks(string accept, string first, string last)
    {
        var hits = new List<object?>
        {
            new Fields { ["id"] = "7" },
            new Fields { ["id"] = "8" },
        };
        var work = new Fields { ["search_service_returns"] = new Fields { ["results"] = hits } };
        await using var run = await ResolverRun.StartAsync(new RecordedWork(work));

        var (status, body) = await run.PostAsync("/tiktok/search", """{"query":"a"}""", ("accept", accept));

        status.ShouldBe(200);
        body.ShouldStartWith(first);
        body.ShouldContain(last);
    }

    [Theory]
    [InlineData("GET", "/tiktok/search", 405, "POST", "Method Not Allowed")]
    [InlineData("DELETE", "/health", 405, "GET", "Method Not Allowed")]
    [InlineData("GET", "/HEALTH", 404, null, "Not Found")]
    [InlineData("OPTIONS", "/browse", 405, "POST", "Method Not Allowed")]
    public async Task What_is_not_there_is_told(string method, string path, int status, string? allow, string detail)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        using var reply = await run.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        ((int)reply.StatusCode).ShouldBe(status);
        reply.Content.Headers.Allow.ShouldBe(allow is null ? [] : [allow]);
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe($$"""{"detail":"{{detail}}"}""");
    }

    [Theory]
    [InlineData("/tiktok/session/?a=b", "/tiktok/session?a=b")]
    [InlineData("/health/", "/health")]
    public async Task A_slash_too_many_is_led_back(string path, string target)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        using var reply = await run.SendAsync(new HttpRequestMessage(HttpMethod.Post, path));

        ((int)reply.StatusCode).ShouldBe(307);
        reply.Headers.Location.ShouldBe(new Uri(run.Address, target));
    }

    [Fact]
    public async Task With_a_cookie_the_origin_is_named_and_a_strange_method_is_not_allowed()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));
        var simple = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        simple.Headers.Add("Origin", "http://a.b");
        simple.Headers.Add("Cookie", "c=d");
        var preflight = new HttpRequestMessage(HttpMethod.Options, "/nowhere");
        preflight.Headers.Add("Origin", "http://a.b");
        preflight.Headers.Add("Access-Control-Request-Method", "BREW");

        using var reply = await run.SendAsync(simple);
        using var refusal = await run.SendAsync(preflight);

        reply.Headers.GetValues("access-control-allow-origin").ShouldBe(["http://a.b"]);
        reply.Headers.Vary.ShouldBe(["Origin"]);
        ((int)refusal.StatusCode).ShouldBe(400);
        (await refusal.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("Disallowed CORS method");
    }

    [Theory]
    [InlineData("clock skew", 500)]
    [InlineData("deadlock found", 500)]
    [InlineData("The profile is locked.", 409)]
    [InlineData("could not take the LOCK", 409)]
    [InlineData("its lock file is there", 409)]
    public async Task Only_the_word_lock_means_that_the_profile_is_in_use(string message, int expected)
    {
        var work = new Fields
        {
            ["browse_returns"] = new Fields { ["status"] = "failure", ["message"] = message },
        };
        await using var run = await ResolverRun.StartAsync(new RecordedWork(work));

        var (status, _) = await run.PostAsync("/browse", "{}");

        status.ShouldBe(expected);
    }

    [Fact]
    public async Task A_huge_body_is_refused_before_it_is_read()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));
        using var socket = new TcpClient();
        await socket.ConnectAsync(run.Address.Host, run.Address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();

        await stream.WriteAsync(
            Encoding.ASCII.GetBytes("POST /tiktok/search HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n{"),
            TestContext.Current.CancellationToken
        );

        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("HTTP/1.1 413 Payload Too Large");
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldEndWith("""{"detail":"Request body too large"}""");
    }

    static string? Hash(string body) => (string?)JsonNode.Parse(body)!["search_metadata"]!["request_hash"];

    static async Task<string?> FaultAsync(string body)
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork(Nothing));
        var (status, answer) = await run.PostAsync("/tiktok/search", body);
        status.ShouldBe(422);
        return (string?)JsonNode.Parse(answer)!["detail"]![0]!["type"];
    }
}
