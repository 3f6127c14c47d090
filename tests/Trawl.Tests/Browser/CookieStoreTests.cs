using System.Text.Json.Nodes;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Browser.TikTok;
using Trawl.Failures;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Browser;

[Collection(Browsers.Name)]
public class CookieStoreTests
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    static string Import(string value, string expires = "4102444800") =>
        $$"""
            {"cookies":[{"name":"sessionid","value":"{{value}}","domain":".tiktok.com","path":"/","expires":{{expires}},"httpOnly":true,"secure":true,"sameSite":"None"}]}
            """;

    [Theory]
    [InlineData(BrowserEngine.Chromium)]
    [InlineData(BrowserEngine.Camoufox)]
    public async Task What_is_put_in_comes_out_replaces_what_was_there_and_logs_in(BrowserEngine engine)
    {
        await using var run = await BrowserRun.StartAsync();
        using var folder = new TempFolder();
        var profile = new BrowserProfile(engine, folder.Path);
        var store = new CookieStore(run.Pool, profile);

        (await store.ImportAsync(Import("first"), None)).ShouldBe(1);
        (await store.ImportAsync(Import("prvé ✓".Replace("é ✓", "%20")), None)).ShouldBe(1);

        var cookie = JsonNode.Parse(await store.ExportStateAsync(None))!["cookies"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)cookie["value"]).ShouldBe("prv%20");
        ((double)cookie["expires"]!).ShouldBeInRange(1.75e9, 4102444800, "a browser may keep it for less long");
        var export = JsonNode.Parse(await store.ExportAsync(None))!;
        ((bool)export["cookies_available"]!).ShouldBeTrue();
        ((string?)export["profile_metadata"]!["cookie_import_status"]).ShouldBe("success");
        var login = await new LoginState(run.Pool).SeeAsync(new BrowserWish(engine, false), profile, TimeSpan.FromSeconds(8), None);
        login.ShouldBe(Login.In);
        Directory.GetDirectories(profile.Clones).ShouldBeEmpty();
    }

    [Fact]
    public async Task Times_of_older_exports_are_understood()
    {
        await using var run = await BrowserRun.StartAsync();
        using var folder = new TempFolder();
        var store = new CookieStore(run.Pool, new BrowserProfile(BrowserEngine.Chromium, folder.Path));
        // microseconds since 1601, of a day in 2027
        await store.ImportAsync(Import("x", "13444444800000000"), None);

        var cookie = JsonNode.Parse(await store.ExportStateAsync(None))!["cookies"]![0]!;

        ((double)cookie["expires"]!).ShouldBe(1_799_971_200, 200);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("""{"cookies":[{"name":"a"}]}""")]
    public async Task What_is_no_list_of_cookies_is_refused(string text)
    {
        await using var run = await BrowserRun.StartAsync();
        using var folder = new TempFolder();
        var store = new CookieStore(run.Pool, new BrowserProfile(BrowserEngine.Chromium, folder.Path));

        (await Should.ThrowAsync<TrawlException>(() => store.ImportAsync(text, None))).Kind.ShouldBe(FailureKind.Configuration);
    }

    [Fact]
    public async Task A_profile_always_says_the_same_of_itself_and_it_is_true()
    {
        await using var run = await BrowserRun.StartAsync();
        using var folder = new TempFolder();
        var profile = new BrowserProfile(BrowserEngine.Chromium, folder.Path);
        await new BrowserWindow(run.Pool).UseAsync(profile, headful: false, _ => Task.FromResult(true), None);
        var written = (await Fingerprint.ReadAsync(profile.Master))!;

        const string Question =
            "() => JSON.stringify([navigator.userAgent, innerWidth, innerHeight, screen.width, screen.height, navigator.language])";
        var (said, headless) = (
            await run.Pool.UseAsync(
                new BrowserWish(BrowserEngine.Chromium, true),
                profile,
                (page, _) => page.EvaluateAsync<string>(Question),
                None
            ),
            await run.Pool.UseAsync(
                new BrowserWish(BrowserEngine.Chromium, false),
                profile,
                (page, _) => page.EvaluateAsync<string>(Question),
                None
            )
        );

        said.ShouldBe(headless);
        JsonNode
            .Parse(said)!
            .AsArray()
            .Select(n => n!.ToString())
            .ShouldBe([
                written.UserAgent!,
                $"{written.Viewport.Width}",
                $"{written.Viewport.Height}",
                $"{written.Screen.Width}",
                $"{written.Screen.Height}",
                written.Locale,
            ]);
        var version = await run.Pool.UseAsync(
            new BrowserWish(BrowserEngine.Chromium, false),
            null,
            (page, _) => Task.FromResult(page.Context.Browser!.Version),
            None
        );
        written.UserAgent!.ShouldContain($"Chrome/{version.Split('.')[0]}.");
    }
}
