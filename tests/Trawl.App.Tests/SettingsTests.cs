using Trawl.App.Configuration;
using Trawl.Failures;
using Trawl.Tests;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests;

public class SettingsTests
{
    [Fact]
    public void The_environment_beats_the_file_and_the_file_beats_the_default()
    {
        using var folder = new TempFolder();
        File.WriteAllText(
            folder.File("trawl.json"),
            """{ "Strategies": ["tikwm", "web"], "Resolver": { "Address": "http://localhost:1/", "Timeout": 7 }, /* a word */ }"""
        );

        var options = Read(folder, ("Trawl__Resolver__Address", "http://localhost:2/")).Over(new TrawlOptions());

        options.Strategies.ShouldBe(["tikwm", "web"]);
        options.Resolver.Address.ShouldBe(new Uri("http://localhost:2/"));
        options.Resolver.Timeout.ShouldBe(TimeSpan.FromSeconds(7));
        options.LargestFile.ShouldBe(new TrawlOptions().LargestFile);
    }

    [Fact]
    public void Old_names_work_and_are_told_to_be_old()
    {
        using var folder = new TempFolder();

        var settings = Read(
            folder,
            ("TIKTOK_DOWNLOAD_STRATEGY", "scrapling_api"),
            ("TIKTOK_CRAWL_HOST", "resolver.local"),
            ("TIKTOK_DOWNLOAD_TIMEOUT", "90")
        );
        var options = settings.Over(new TrawlOptions());

        options.Strategies.ShouldBe(["scrapling-api"]);
        options.Resolver.Address.ShouldBe(new Uri("http://resolver.local:5680/"));
        options.Resolver.Timeout.ShouldBe(TimeSpan.FromSeconds(90));
        settings.Warnings.Count.ShouldBe(3);
        settings.Warnings[0].ShouldContain("Trawl__Strategies");
    }

    [Fact]
    public void The_old_fallback_follows_tikwm_only()
    {
        using var folder = new TempFolder();

        Read(folder, ("TIKTOK_DOWNLOAD_STRATEGY", "tikwm"), ("TIKWM_FALLBACK_STRATEGY", "scrapling-api"))
            .Over(new TrawlOptions())
            .Strategies.ShouldBe(["tikwm", "scrapling-api"]);
        Read(folder, ("TIKTOK_DOWNLOAD_STRATEGY", "yt-dlp"), ("TIKWM_FALLBACK_STRATEGY", "web"))
            .Over(new TrawlOptions())
            .Strategies.ShouldBe(["yt-dlp"]);
    }

    [Theory]
    [InlineData("Trawl__Strategie", "web", "Strategie")]
    [InlineData("Trawl__LargestFile", "0", "LargestFile")]
    [InlineData("Trawl__LargestFile", "abc", "LargestFile")]
    [InlineData("Trawl__Http__RequestsPerMinute", "1001", "Http:RequestsPerMinute")]
    [InlineData("TIKTOK_RATE_LIMIT_RPM", "1001", "TIKTOK_RATE_LIMIT_RPM")]
    [InlineData("TIKTOK_CACHE_TTL", "0", "TIKTOK_CACHE_TTL")]
    [InlineData("TIKTOK_CACHE_TTL", "abc", "TIKTOK_CACHE_TTL")]
    [InlineData("Trawl__Http__Proxies", "not an address", "Http:Proxies")]
    [InlineData("Trawl__Format__Policy", "prettiest", "Format:Policy")]
    public void What_cannot_be_is_refused_by_name(string name, string value, string named)
    {
        using var folder = new TempFolder();

        var failure = Should.Throw<TrawlException>(() => Read(folder, (name, value)).Over(new TrawlOptions()));

        failure.Kind.ShouldBe(FailureKind.Configuration);
        failure.Message.ShouldContain(named);
    }

    [Fact]
    public void Every_setting_is_documented_and_nothing_else()
    {
        var documented = File.ReadLines(Path.Combine(House.Root, "docs", "settings.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])
            .TakeWhile(name => !name.StartsWith("TIKTOK_", StringComparison.Ordinal));

        documented.ShouldBe(Settings.Names);
    }

    [Fact]
    public void A_torn_file_is_refused()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("trawl.json"), "{");

        Should.Throw<TrawlException>(() => Read(folder)).Message.ShouldContain("trawl.json");
    }

    [Theory]
    [InlineData("POSTGRES_DSN=postgresql://a:b@c:1/d;DATABASE_URL=postgresql://x/y", "Trawl__Work__Database", "postgresql://a:b@c:1/d")]
    [InlineData("POSTGRES_URI=postgresql://x/y", "Trawl__Work__Database", "postgresql://x/y")]
    [InlineData(
        "POSTGRES_HOST=db;POSTGRES_PASSWORD=p@ss",
        "Trawl__Work__Database",
        "postgresql://postgres:p%40ss@db:5432/product_video_matching?sslmode=disable"
    )]
    [InlineData("NUM_VIDEOS=7", "Trawl__Work__Count", "7")]
    [InlineData("NUM_VIDEOS=7;Trawl__Work__Count=9", "Trawl__Work__Count", "9")]
    [InlineData("VIDEO_RETENTION_DAYS=3;CLEANUP_OLD_VIDEOS=true", "Trawl__Work__RetentionDays", "3")]
    [InlineData("VIDEO_RETENTION_DAYS=3;CLEANUP_OLD_VIDEOS=false", "Trawl__Work__RetentionDays", "0")]
    public void The_environment_of_the_worker_before_is_understood(string environment, string name, string value)
    {
        var variables = environment.Split(';').Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);

        LegacyEnvironment.OfWorker(variables, out _)[name].ShouldBe(value);
    }

    [Fact]
    public void What_the_worker_before_knew_and_we_do_not_need_is_told()
    {
        LegacyEnvironment.OfWorker(new Dictionary<string, string> { ["PYAV_QUALITY"] = "90", ["USER_AGENT"] = "x" }, out var warnings);

        warnings.ShouldBe(["PYAV_QUALITY is retired: it has no effect.", "USER_AGENT is retired: it has no effect."]);
    }

    static Settings Read(TempFolder folder, params (string Name, string Value)[] environment) =>
        Settings.Read(folder.File("trawl.json"), environment.ToDictionary(v => v.Name, v => v.Value));
}
