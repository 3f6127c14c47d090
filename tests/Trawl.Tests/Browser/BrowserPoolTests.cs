using Trawl.Browser;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Browser;

[Collection(Browsers.Name)]
public class BrowserPoolTests
{
    static readonly BrowserWish Headless = new(BrowserEngine.Chromium, Headful: false);
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_pages_are_open_at_once_than_allowed()
    {
        await using var run = await BrowserRun.StartAsync(new BrowserOptions { Concurrency = 3 });
        var (open, most) = (0, 0);
        var three = new TaskCompletionSource();

        await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(_ =>
                    run.Pool.UseAsync(
                        Headless,
                        null,
                        async (page, _) =>
                        {
                            var now = Interlocked.Increment(ref open);
                            lock (run)
                                most = Math.Max(most, now);
                            if (now == 3)
                                three.TrySetResult();
                            await three.Task;
                            await page.SetContentAsync("<p>x</p>");
                            return Interlocked.Decrement(ref open);
                        },
                        None
                    )
                )
        );

        most.ShouldBe(3);
        run.Pool.Free.ShouldBe(3);
    }

    [Fact]
    public async Task Pages_know_nothing_of_each_other()
    {
        await using var run = await BrowserRun.StartAsync();
        await run.Pool.UseAsync(
            Headless,
            null,
            async (page, _) =>
            {
                await page.Context.AddCookiesAsync([
                    new()
                    {
                        Name = "a",
                        Value = "b",
                        Url = "https://www.tiktok.com/",
                    },
                ]);
                return true;
            },
            None
        );

        var cookies = await run.Pool.UseAsync(Headless, null, async (page, _) => await page.Context.CookiesAsync(), None);

        cookies.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_spent_browser_is_replaced()
    {
        await using var run = await BrowserRun.StartAsync(new BrowserOptions { PagesPerBrowser = 2 });

        var browsers = new List<int>();
        for (var i = 0; i < 4; i++)
            browsers.Add(await run.Pool.UseAsync(Headless, null, (_, _) => Task.FromResult(MainProcess()), None));

        browsers[0].ShouldBe(browsers[1]);
        browsers[2].ShouldNotBe(browsers[1]);
        browsers[2].ShouldBe(browsers[3]);
        BrowserProcesses.All().Count(p => IsMain(p.Command)).ShouldBe(1);
    }

    [Fact]
    public async Task Work_that_never_ends_is_ended()
    {
        await using var run = await BrowserRun.StartAsync(new BrowserOptions { WorkTimeout = TimeSpan.FromSeconds(2), Concurrency = 1 });

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            run.Pool.UseAsync(
                Headless,
                null,
                async (page, token) =>
                {
                    await page.EvaluateAsync("() => { while (true); }").WaitAsync(token);
                    return true;
                },
                None
            )
        );

        failure.Kind.ShouldBe(FailureKind.Timeout);
        run.Pool.Free.ShouldBe(1);
        (await run.Pool.UseAsync(Headless, null, (page, _) => page.EvaluateAsync<int>("() => 6 * 7"), None)).ShouldBe(42);
    }

    [Fact]
    public async Task Who_gets_no_turn_is_told()
    {
        await using var run = await BrowserRun.StartAsync(
            new BrowserOptions { Concurrency = 1, Patience = TimeSpan.FromMilliseconds(200) }
        );
        var done = new TaskCompletionSource<bool>();
        var first = run.Pool.UseAsync(Headless, null, (_, _) => done.Task, None);

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            run.Pool.UseAsync(Headless, null, (_, _) => Task.FromResult(true), None)
        );
        done.SetResult(true);

        failure.Kind.ShouldBe(FailureKind.Timeout);
        (await first).ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    public async Task A_page_cannot_reach_what_we_would_not_visit(string address)
    {
        await using var run = await BrowserRun.StartAsync();

        var reached = await run.Pool.UseAsync(
            Headless,
            null,
            async (page, _) =>
            {
                await page.GotoAsync("https://www.tiktok.com/");
                return await page.EvaluateAsync<string>(
                    $"() => fetch('{address}', {{ mode: 'no-cors' }}).then(r => 'reached ' + r.type, e => 'refused')"
                );
            },
            None
        );

        // the guard's own refusal is an answer of the proxy to a page that may not read it
        reached.ShouldBeOneOf("refused", "reached opaque");
        run.World.Requests.ShouldNotContain(r => r.Host.StartsWith(new Uri(address).Host));
    }

    [Theory]
    [InlineData("browser", 2)]
    [InlineData("renderer", 2)]
    [InlineData("driver", 2)]
    public Task What_dies_costs_at_most_one_request(string victim, int times) => KillAsync(victim, times);

    [Theory]
    [InlineData("browser", 10)]
    [InlineData("renderer", 10)]
    [InlineData("driver", 10)]
    public async Task What_dies_costs_at_most_one_request_ten_times_over(string victim, int times)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only");
        await KillAsync(victim, times);
    }

    static async Task KillAsync(string victim, int times)
    {
        using var folder = new TempFolder();
        var profile = new BrowserProfile(BrowserEngine.Chromium, folder.Path);
        Directory.CreateDirectory(profile.Master);
        await using (var run = await BrowserRun.StartAsync())
        {
            for (var i = 0; i < times; i++)
            {
                var clone = i % 2 == 0 ? profile : null;

                var failure = await Should.ThrowAsync<TrawlException>(() =>
                    run.Pool.UseAsync(
                        Headless,
                        clone,
                        async (page, token) =>
                        {
                            await page.GotoAsync("https://www.tiktok.com/");
                            BrowserProcesses.Kill(command => IsVictim(command, victim));
                            await page.WaitForSelectorAsync("#never", new() { Timeout = 20_000 }).WaitAsync(token);
                            return true;
                        },
                        None
                    )
                );

                failure.Kind.ShouldBe(FailureKind.ToolFailed, $"{victim} {i}: {failure.Message}");
                (await run.Pool.UseAsync(Headless, clone, (page, _) => page.EvaluateAsync<int>("() => 6 * 7"), None)).ShouldBe(42);
                Directory.GetDirectories(profile.Clones).ShouldBeEmpty();
            }
        }
        (await BrowserProcesses.LeftAsync()).ShouldBeEmpty();
    }

    static bool IsVictim(string command, string victim) =>
        victim switch
        {
            "browser" => IsMain(command),
            "renderer" => command.Contains("--type=renderer"),
            _ => command.Contains("run-driver"),
        };

    static bool IsMain(string command) => command.Contains("/chromium ") && !command.Contains("--type=");

    static int MainProcess() => BrowserProcesses.All().First(p => IsMain(p.Command)).Id;
}
