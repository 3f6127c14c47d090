using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Tests.Browser;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Resolver;

/// <summary>The program <c>trawl serve</c> from outside, with real browsers.</summary>
[Collection(Browsers.Name)]
public class ServeTests(WorldFixture fixture)
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    SandboxWorld World => fixture.World;

    [Theory]
    [InlineData("street cat", 15, false)]
    [InlineData("wireless earbuds", 50, true)]
    public async Task A_client_that_knows_only_the_contract_searches_and_downloads(string phrase, int count, bool headful)
    {
        await using var serve = await ServedProgram.StartAsync(World);

        var client = await AppProgram.RunAsync(
            "/usr/bin/python3",
            World,
            Path.Combine(Trawl.Tests.House.Root, "tests", "clients", "resolver_client.py"),
            serve.Address.AbsoluteUri,
            phrase,
            $"{count}",
            headful ? "true" : "false"
        );

        client.ExitCode.ShouldBe(0, client.Messages + serve.Messages);
        client.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_gone_is_said_to_be_after_a_look_with_a_window()
    {
        await using var serve = await ServedProgram.StartAsync(World);
        await using var client = new ResolverRun(serve.Address);
        var deleted = fixture.Posts[4].Url;

        var (status, body) = await client.PostAsync("/tiktok/download", $$"""{"url":"{{deleted}}"}""");

        status.ShouldBe(400);
        ((string?)JsonNode.Parse(body)!["error_code"]).ShouldBe("INVALID_VIDEO");
        await serve.EndAsync("TERM");
        (await serve.OutputAsync()).ShouldContain("Failed to download: unavailable, TikVid says: Video not found.");
    }

    [Fact]
    public async Task Health_is_told_at_once_while_browsers_work_and_who_hangs_up_frees_his_browser()
    {
        await using var serve = await ServedProgram.StartAsync(
            World,
            null,
            new Dictionary<string, string> { ["Trawl__Browser__Concurrency"] = "1" }
        );
        await using var client = new ResolverRun(serve.Address);
        using var patience = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(serve.Address, "/tiktok/search"))
        {
            Content = new StringContent(
                """{"query":"cat","numVideos":50,"force_headful":true}""",
                MediaTypeHeaderValue.Parse("application/json")
            ),
        };
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var search = invoker.SendAsync(request, patience.Token);

        for (var i = 0; i < 20; i++)
        {
            using var health = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/health"));
            health.IsSuccessStatusCode.ShouldBeTrue();
        }
        search.IsCompleted.ShouldBeFalse("twenty questions were answered before one search");
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => search);

        // the only place is free again
        var (status, _) = await client.PostAsync("/tiktok/download", $$"""{"url":"{{fixture.Posts[0].Url}}"}""");
        status.ShouldBe(200);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    [InlineData("KILL", 137)]
    public async Task However_it_ends_no_browser_is_left(string signal, int code)
    {
        Assert.SkipWhen(signal == "INT" && AppProgram.IgnoresInterrupts, "we were started without Ctrl-C, and what we start inherits that");
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("data/chromium_profiles/master"));
        File.WriteAllText(folder.File("data/chromium_profiles/master/warm"), "");
        var clones = folder.File("data/chromium_profiles/clones");
        await using var serve = await ServedProgram.StartAsync(World, folder.Path);
        await using var client = new ResolverRun(serve.Address);
        var download = client.PostAsync("/tiktok/download", $$"""{"url":"{{fixture.Posts[0].Url}}","force_headful":true}""");
        await UntilAsync(() => Directory.Exists(clones) && BrowserProcesses.All().Any(p => p.Command.Contains("--type=renderer")));

        (await serve.EndAsync(signal)).ShouldBe(code);

        // who asks it to stop lets it finish what takes a moment
        if (signal == "KILL")
            await Should.ThrowAsync<HttpRequestException>(() => download);
        else
            await download.ContinueWith(_ => { }, None, TaskContinuationOptions.None, TaskScheduler.Default);
        (await BrowserProcesses.LeftAsync()).ShouldBeEmpty();
        if (signal != "KILL")
            Directory.GetDirectories(clones).ShouldBeEmpty();

        // what a killed one left behind goes when the next one starts
        await using var next = await ServedProgram.StartAsync(World, folder.Path);
        await UntilAsync(() => Directory.GetDirectories(clones).Length == 0);
    }

    [Fact]
    public async Task Old_names_of_the_environment_are_honoured_and_told()
    {
        using var folder = new TempFolder();
        await using var serve = await ServedProgram.StartAsync(
            World,
            folder.Path,
            new Dictionary<string, string>
            {
                ["APP_NAME"] = "My <resolver>",
                ["TIKTOK_DOWNLOAD_STRATEGY"] = "Camoufox",
                ["CHROMIUM_USER_DATA_DIR"] = "elsewhere",
                ["AUSPOST_TYPING_DELAY_MS_MIN"] = "60",
                ["RELOAD"] = "true",
            }
        );
        await using var client = new ResolverRun(serve.Address);

        using var page = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/docs"));

        (await page.Content.ReadAsStringAsync(None)).ShouldContain("<title>My &lt;resolver&gt;</title>");
        serve.Messages.ShouldContain("CHROMIUM_USER_DATA_DIR is an old name: use Trawl__Browser__ChromiumProfiles");
        serve.Messages.ShouldContain("TIKTOK_DOWNLOAD_STRATEGY is an old name: use Trawl__Resolver__DownloadEngine");
        serve.Messages.ShouldContain("AUSPOST_TYPING_DELAY_MS_MIN is retired");
        serve.Messages.ShouldContain("RELOAD is retired");
    }

    [Fact]
    public async Task That_there_is_no_browser_is_told()
    {
        using var folder = new TempFolder();

        await using var serve = await ServedProgram.StartAsync(
            World,
            folder.Path,
            new Dictionary<string, string> { ["PATH"] = folder.Path }
        );

        serve.Messages.ShouldContain("No browser is installed here");
    }

    [Fact]
    public async Task Browsing_ends_with_its_window_and_a_second_one_is_told_that_the_profile_is_in_use()
    {
        await using var serve = await ServedProgram.StartAsync(World);
        await using var client = new ResolverRun(serve.Address);
        var first = client.PostAsync("/browse", """{"url":"https://www.tiktok.com/","engine":"chromium"}""");
        await UntilAsync(() => BrowserProcesses.All().Any(p => p.Command.Contains("--type=renderer")));

        var (locked, body) = await client.PostAsync("/browse", """{"engine":"chromium"}""");
        first.IsCompleted.ShouldBeFalse();
        BrowserProcesses.Terminate(command => command.Contains("/chromium ") && !command.Contains("--type="));
        var (status, message) = await first;

        locked.ShouldBe(409, body);
        status.ShouldBe(200, message);
        message.ShouldContain("Chromium browser session completed successfully");
        File.Exists(Path.Combine(serve.Folder, "data/chromium_profiles/master/metadata.json")).ShouldBeFalse();
        Directory.Exists(Path.Combine(serve.Folder, "data/chromium_profiles/master/Default")).ShouldBeTrue();
    }

    [Fact]
    public async Task Profiles_are_looked_after_by_command()
    {
        using var folder = new TempFolder();
        var cookies = folder.File("cookies.json");
        File.WriteAllText(
            cookies,
            """{"cookies":[{"name":"sessionid","value":"s3cret","domain":".tiktok.com","path":"/","expires":-1,"secure":true}]}"""
        );

        var import = await AppProgram.TrawlAsync(World, "profile", "import-cookies", cookies, "-P", folder.Path);
        var export = await AppProgram.TrawlAsync(World, "profile", "export-cookies", "--format", "json", "-P", folder.Path);
        var list = await AppProgram.TrawlAsync(World, "profile", "list", "-P", folder.Path);
        var stats = await AppProgram.TrawlAsync(World, "profile", "stats", "-P", folder.Path);
        var prune = await AppProgram.TrawlAsync(World, "profile", "prune", "-P", folder.Path);
        var none = await AppProgram.TrawlAsync(World, "profile", "export-cookies", "--engine", "camoufox", "-P", folder.Path);

        import.ExitCode.ShouldBe(0, import.Messages);
        ((string?)JsonNode.Parse(export.Output)!["format"]).ShouldBe("json", export.Messages);
        list.Events[0].GetProperty("warm").GetBoolean().ShouldBeTrue();
        list.Events[1].GetProperty("enabled").GetBoolean().ShouldBeFalse();
        stats.Events[0].GetProperty("master_size_mb").GetDouble().ShouldBeGreaterThan(0);
        prune.Events[0].GetProperty("cleaned").GetInt32().ShouldBe(0);
        none.ExitCode.ShouldBe(2);
        none.Messages.ShouldContain("Browser:CamoufoxProfiles");
    }

    static async Task UntilAsync(Func<bool> isSo)
    {
        var began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
