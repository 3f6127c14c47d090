using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Configuration;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Acceptance;

/// <summary>What is promised of identities, credentials and settings.</summary>
public sealed class SettingPromises : IDisposable
{
    static readonly VisitRequest Errand = new(new Uri("http://site.test/"));

    readonly TempFolder _folder = new();

    [Fact]
    public async Task Identities_rotate_proxies_are_kept_to_and_passes_are_renewed_once_and_kept_encrypted()
    {
        var clock = new FakeClock();
        await using var site = new ScriptedHost([.. Enumerable.Repeat(ScriptedHost.Answer(), 60)]);
        var board = new Switchboard().Plug("proxy.test", site).Plug("site.test", site);
        var door = new Door(clock);
        var vault = new Vault(_folder.Path);
        var options = new HttpOptions
        {
            UserAgents = ["one", "two"],
            RotateEvery = 2,
            Headers = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["site.test"] = new Dictionary<string, string> { ["Accept-Language"] = "de" },
            },
            Proxies = [new Uri("http://proxy.test:8080/")],
            Authenticators = [door],
            Credentials = vault,
        };
        using (var network = Network(options))
        {
            for (var i = 0; i < 4; i++)
                await AskAsync(network);
            site.Requests.Select(r => Header(r, "User-Agent")).ShouldBe(["one", "one", "two", "two"]);
            site.Requests.ShouldAllBe(r => Header(r, "Accept-Language") == "de");
            board.Lookups.ShouldAllBe(host => host == "proxy.test");

            clock.Advance(TimeSpan.FromHours(1));
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(network)));
            door.LogIns.ShouldBe(2, "once at first, once for the twenty");
        }

        using (var restarted = Network(options with { Credentials = new Vault(_folder.Path) }))
            await AskAsync(restarted);
        door.LogIns.ShouldBe(2, "what was kept is read again");
        Directory
            .EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .ShouldAllBe(f => !File.ReadAllText(f).Contains("Bearer", StringComparison.Ordinal));

        board.Unplug("proxy.test");
        using (var strict = Network(options))
            (await Should.ThrowAsync<TrawlException>(() => AskAsync(strict))).Kind.ShouldBe(FailureKind.Network);
        var before = site.Requests.Count;
        using (var lenient = Network(options with { DirectWhenProxiesFail = true }))
            await AskAsync(lenient);
        (site.Requests.Count, board.Lookups[^1]).ShouldBe((before + 1, "site.test"));

        Network Network(HttpOptions http) => new(http with { RetryDelay = TimeSpan.Zero }, NullLogger.Instance, clock, board);
    }

    [Fact]
    public async Task The_environment_beats_the_file_what_cannot_be_ends_the_start_and_changes_take_effect_while_running()
    {
        await File.WriteAllTextAsync(
            _folder.File("trawl.json"),
            """{ "Cache": { "Videos": 60 }, "LargestFile": 1000 }""",
            TestContext.Current.CancellationToken
        );

        var options = Read(("Trawl__LargestFile", "2000"), ("TIKTOK_CACHE_ENABLED", "false")).Over(new TrawlOptions());

        (options.LargestFile, options.Cache.Videos, options.Cache.Enabled).ShouldBe((2000, TimeSpan.FromSeconds(60), false));
        options.Resolver.Timeout.ShouldBe(new TrawlOptions().Resolver.Timeout);
        Read(("TIKTOK_CACHE_TTL", "90")).Over(new TrawlOptions()).Cache.Videos.ShouldBe(TimeSpan.FromSeconds(90));
        foreach (
            var (name, value) in ((string, string)[])
                [("TIKTOK_CACHE_TTL", "0"), ("TIKTOK_CACHE_TTL", "abc"), ("TIKTOK_RATE_LIMIT_RPM", "1001")]
        )
            Should.Throw<TrawlException>(() => Read((name, value)).Over(new TrawlOptions())).Message.ShouldContain(name);

        using var trawl = new TrawlClient(new TrawlOptions { Strategies = ["web"] });
        trawl.Reconfigure(trawl.Options with { Strategies = ["tikwm"] });
        trawl.Platforms.ChainOf(trawl.Platforms.Named("tiktok")).Strategies.Select(s => s.Name).ShouldBe(["tikwm"]);
    }

    public void Dispose() => _folder.Dispose();

    Settings Read(params (string Name, string Value)[] environment) =>
        Settings.Read(_folder.File("trawl.json"), environment.ToDictionary(v => v.Name, v => v.Value));

    static Task AskAsync(Network network) => network.Visit(Session.Desktop).GetPageAsync(Errand, TestContext.Current.CancellationToken);

    static string? Header(string request, string name) =>
        request.Split("\r\n").FirstOrDefault(l => l.StartsWith($"{name}: ", StringComparison.Ordinal))?[(name.Length + 2)..];
}
