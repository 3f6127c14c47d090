using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Resolver;
using Trawl.App.Searches;
using Trawl.Browser;
using Trawl.Browser.Profiles;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Browser;

namespace Trawl.App.Tests.Resolver;

/// <summary>The work behind the routes: true answers, and true reasons when there is none.</summary>
[Collection(Browsers.Name)]
public class BrowserWorkTests
{
    [Theory]
    [InlineData("members only", null, 409, "NOT_LOGGED_IN")]
    [InlineData("cat", "429", 429, "RATE_LIMITED")]
    [InlineData("cat", "503", 500, "SCRAPE_FAILED")]
    public async Task A_search_that_fails_says_why(string phrase, string? fault, int status, string code)
    {
        await using var run = await WorkRun.StartAsync(Chromium);
        if (fault is not null)
            run.Add("www.tiktok.com", "^/api/search/", "status", ("status", fault));

        var (given, body) = await run.PostAsync("/tiktok/search", $$"""{"query":"{{phrase}}"}""");

        given.ShouldBe(status);
        ((string?)JsonNode.Parse(body)!["error"]!["code"]).ShouldBe(code);
    }

    [Fact]
    public async Task Without_any_browser_that_is_said()
    {
        await using var run = await WorkRun.StartAsync(o =>
            o with
            {
                Browser = o.Browser with { Chromium = "/not/there", Firefox = "/not/there" },
            }
        );

        var (status, body) = await run.PostAsync("/tiktok/search", """{"query":"cat"}""");

        status.ShouldBe(500);
        ((string?)JsonNode.Parse(body)!["error"]!["code"]).ShouldBe("BROWSER_AUTOMATION_ERROR");
        body.ShouldContain("apt-get install chromium");
    }

    [Fact]
    public async Task A_failed_search_can_be_answered_as_before()
    {
        await using var run = await WorkRun.StartAsync(o => Chromium(o) with { EmptyOnFailure = true });
        run.Add("www.tiktok.com", "^/api/search/", "status", ("status", "503"));

        var (status, body) = await run.PostAsync("/tiktok/search", """{"query":"cat"}""");

        status.ShouldBe(200);
        body.ShouldStartWith("""{"results":[],"totalResults":0,"query":"cat","search_metadata":{"executed_path":"headless",""");
    }

    [Fact]
    public async Task When_TikTok_finds_nothing_TikWM_is_asked()
    {
        await using var run = await WorkRun.StartAsync(Chromium);

        var (_, some) = await run.PostAsync("/tiktok/search", """{"query":"nothing earbuds","numVideos":3}""");
        var (status, none) = await run.PostAsync("/tiktok/search", """{"query":"nothing whatsoever"}""");

        var hits = JsonNode.Parse(some)!["results"]!.AsArray();
        hits.Count.ShouldBe(3);
        long.Parse((string)hits[0]!["uploadTime"]!).ShouldBeGreaterThan(1_700_000_000);
        status.ShouldBe(200);
        JsonNode.Parse(none)!["results"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_phrases_are_one_search_and_each_video_stands_once()
    {
        await using var run = await WorkRun.StartAsync(Chromium);

        var (_, body) = await run.PostAsync(
            "/tiktok/search",
            """{"query":["  hydrated cat"," hydrated tram "],"numVideos":40,"force_headful":true}"""
        );

        var answer = JsonNode.Parse(body)!;
        ((string?)answer["query"]).ShouldBe("hydrated cat hydrated tram");
        var ids = answer["results"]!.AsArray().Select(h => (string)h!["id"]!).ToList();
        ids.Count.ShouldBeInRange(13, 23, "both pages show twelve, and some of them are the same");
        ids.ShouldBeUnique();
    }

    [Fact]
    public async Task Hits_are_sent_while_the_search_goes_on()
    {
        await using var run = await WorkRun.StartAsync(Chromium);

        var (_, body) = await run.PostAsync("/tiktok/search", """{"query":"cat","numVideos":15}""", ("accept", "application/x-ndjson"));

        var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        lines.Select(l => (string?)l["type"]).ShouldBe([.. Enumerable.Repeat("hit", 15), "done"]);
        lines[^1]["answer"]!["results"]!
            .AsArray()
            .Select(h => h!.ToJsonString())
            .ShouldBe(lines[..^1].Select(l => l["hit"]!.ToJsonString()));
    }

    [Fact]
    public async Task A_repeated_search_is_answered_from_the_cache_when_that_is_wanted()
    {
        await using var run = await WorkRun.StartAsync(o => Chromium(o) with { SearchCache = TimeSpan.FromMinutes(5) });
        var (_, first) = await run.PostAsync("/tiktok/search", """{"query":"cat"}""");
        var before = run.Requests;

        var (_, second) = await run.PostAsync("/tiktok/search", """{"query":"cat"}""");

        run.Requests.ShouldBe(before);
        JsonNode.Parse(second)!["results"]!.ToJsonString().ShouldBe(JsonNode.Parse(first)!["results"]!.ToJsonString());
    }

    [Theory]
    [InlineData("tikvid.io", null, "unreachable", null, 503, "NAVIGATION_FAILED")]
    [InlineData("tikvid.io", "^/api/ajaxSearch", "status", "500", 500, "DOWNLOAD_FAILED")]
    public async Task A_download_that_fails_says_why(string host, string? path, string fault, string? argument, int status, string code)
    {
        await using var run = await WorkRun.StartAsync(Chromium);
        run.Add(host, path, fault, argument is null ? [] : [("status", argument)]);

        var (given, body) = await run.PostAsync("/tiktok/download", $$"""{"url":"{{run.Links[0]}}"}""");

        (given, (string?)JsonNode.Parse(body)!["error_code"]).ShouldBe((status, code), body);
        body.ShouldContain("Resolution failed after retries: ");
    }

    [Fact]
    public async Task Without_a_link_it_is_looked_for_with_a_window_before_that_is_said()
    {
        await using var run = await WorkRun.StartAsync(Chromium);
        run.Add(
            "tikvid.io",
            "^/api/ajaxSearch",
            "answer",
            ("body", """{"status":"ok","data":"<p><a href='/help'>How to download</a></p>"}""")
        );

        var (status, body) = await run.PostAsync("/tiktok/download", $$"""{"url":"{{run.Links[0]}}"}""");

        (status, (string?)JsonNode.Parse(body)!["error_code"]).ShouldBe((404, "NO_DOWNLOAD_LINK"), body);
        body.ShouldContain("TikVid resolver returned no download URL");
        run.AskedOf("tikvid.io", "/api/ajaxSearch").ShouldBe(3);
    }

    [Fact]
    public async Task Where_no_browser_may_do_without_a_window_none_does()
    {
        await using var run = await WorkRun.StartAsync(o => Chromium(o) with { Browser = o.Browser with { AllowHeadless = false } });

        var (status, body) = await run.PostAsync("/tiktok/search", """{"query":"cat"}""");

        status.ShouldBe(200);
        body.ShouldContain("\"execution_mode\":\"headful\"");
        BrowserProcesses.All().ShouldContain(p => p.Command.Contains("Xvfb"));
    }

    static ServiceOptions Chromium(ServiceOptions options) => options with { Browser = options.Browser with { Firefox = "/not/there" } };

    sealed class WorkRun : IAsyncDisposable
    {
        readonly BrowserRun _browsers;
        readonly ResolverRun _run;

        WorkRun(BrowserRun browsers, ResolverRun run) => (_browsers, _run) = (browsers, run);

        public IReadOnlyList<string> Links => _browsers.World.Links;

        public int Requests => _browsers.World.Requests.Count;

        public static async Task<WorkRun> StartAsync(Func<ServiceOptions, ServiceOptions> set)
        {
            var options = set(new ServiceOptions());
            var browsers = await BrowserRun.StartAsync(options.Browser);
            var mode = new ExecutionMode(options.Browser.AllowHeadless, _ => null);
            var work = new BrowserWork(
                browsers.Pool,
                options,
                mode,
                new BrowserProfile(BrowserEngine.Chromium, null),
                new BrowserProfile(BrowserEngine.Camoufox, null),
                new TikwmFeed(browsers.Network),
                NullLogger.Instance
            );
            return new WorkRun(browsers, await ResolverRun.StartAsync(work, mode: mode));
        }

        public void Add(string host, string? path, string fault, params (string Name, string Value)[] arguments) =>
            _browsers.World.Add(
                new FaultRule
                {
                    Host = host,
                    Path = path,
                    Fault = fault,
                    Args = arguments.ToDictionary(a => a.Name, a => a.Value),
                }
            );

        public int AskedOf(string host, string path) => _browsers.World.Requests.Count(r => r.Host == host && r.Path == path);

        public Task<(int Status, string Body)> PostAsync(string path, string body, params (string, string)[] headers) =>
            _run.PostAsync(path, body, headers);

        public async ValueTask DisposeAsync()
        {
            await _run.DisposeAsync();
            await _browsers.DisposeAsync();
        }
    }
}
