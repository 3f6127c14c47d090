using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Platforms.TikTok;
using Trawl.Platforms.YtDlp;
using Trawl.Strategies;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Platforms;

/// <summary>The strategy yt-dlp with programs that only pass for yt-dlp.</summary>
public class YtDlpTests
{
    const string Id = "7106798200794926362";
    const string Good = $$"""{"id":"{{Id}}","title":"t","url":"https://v16.example/a.mp4","ext":"mp4"}""";

    static readonly VideoUrl Url = TikTokUrl.Post(Id);

    [Theory]
    [InlineData("hangs", "sleep 600", FailureKind.Timeout, null)]
    [InlineData("hangs in a grandchild", "(sleep 600)", FailureKind.Timeout, null)]
    [InlineData("floods its output", "head -c 200000000 /dev/zero | tr '\\0' '{'", FailureKind.ToolFailed, "BAD_JSON")]
    [InlineData("floods its messages", "head -c 200000000 /dev/zero >&2; exit 3", FailureKind.ToolFailed, "EXIT_3")]
    [InlineData("says nothing", "exit 0", FailureKind.ToolFailed, "EXIT_0")]
    [InlineData("says null", "echo null", FailureKind.ToolFailed, "BAD_JSON")]
    [InlineData("is cut off", "printf '{\"id\":\"7106'", FailureKind.ToolFailed, "BAD_JSON")]
    [InlineData("shows another video", "echo '{\"id\":\"7106798200794926999\"}'", FailureKind.WrongContent, null)]
    [InlineData("dies", "kill -9 $$", FailureKind.ToolFailed, "EXIT_137")]
    [InlineData("answers in no language", "printf '\\377\\376\\0' >&2; exit 1", FailureKind.ToolFailed, "EXIT_1")]
    [InlineData("answers with a page", "echo '<html>ERROR: 403</html>' >&2; exit 1", FailureKind.ToolFailed, "EXIT_1")]
    [InlineData("finds a list", "echo '{\"_type\":\"playlist\",\"id\":\"1\"}'", FailureKind.UnsupportedLink, null)]
    public async Task Whatever_it_does_it_is_survived(string what, string script, FailureKind kind, string? detail)
    {
        using var folder = new TempFolder();
        var strategy = Strategy(folder, script);

        var failure = await Should.ThrowAsync<TrawlException>(() => strategy.ResolveAsync(Url, new FormatWish(), CancellationToken.None));

        failure.Kind.ShouldBe(kind, what);
        failure.Detail.ShouldBe(detail);
    }

    [Theory]
    [InlineData(
        "ERROR: [TikTok] 7106: Unable to extract sigi state; please report this issue on https://github.com/",
        FailureKind.Blocked,
        "ANTI_BOT"
    )]
    [InlineData(
        "ERROR: [TikTok] 7106: Unable to download webpage: HTTP Error 403: Forbidden (caused by <HTTPError 403>)",
        FailureKind.Blocked,
        "ANTI_BOT"
    )]
    [InlineData("ERROR: unable to download video data: HTTP Error 429: Too Many Requests", FailureKind.RateLimited, "ANTI_BOT")]
    [InlineData("ERROR: [TikTok] 7106: This video is private", FailureKind.Private, null)]
    [InlineData("ERROR: [TikTok] 7106: Video not available", FailureKind.Gone, null)]
    [InlineData("ERROR: [youtube] x: Sign in to confirm your age. This video may be inappropriate", FailureKind.AgeRestricted, null)]
    [InlineData(
        "ERROR: [youtube] x: Video unavailable. The uploader has not made this video available in your country",
        FailureKind.RegionLocked,
        null
    )]
    [InlineData("ERROR: [x] This video is not available from your location due to geo restriction", FailureKind.RegionLocked, null)]
    [InlineData("ERROR: [x] This video requires login to be seen", FailureKind.LoginRequired, null)]
    [InlineData("ERROR: [TikTok] Unable to download webpage: HTTP Error 404: Not Found", FailureKind.Gone, null)]
    [InlineData("ERROR: [TikTok] Unable to download webpage: HTTP Error 503: Service Unavailable", FailureKind.UpstreamError, null)]
    [InlineData("ERROR: Unable to download webpage: The read operation timed out", FailureKind.Network, null)]
    [InlineData("ERROR: <urlopen error [Errno -2] Name or service not known>", FailureKind.Network, null)]
    [InlineData("ERROR: [x] Requested format is not available. Use --list-formats", FailureKind.ToolMissing, "YTDLP_TOO_OLD")]
    [InlineData("ERROR: [youtube] x: Sign in to confirm you’re not a bot. Use --cookies", FailureKind.Challenged, "ANTI_BOT_HOST")]
    [InlineData("ERROR: [TikTok] 7: Unexpected response from webpage request", FailureKind.Challenged, "ANTI_BOT")]
    [InlineData("ERROR: [TikTok] 7: Unable to solve JS challenge", FailureKind.Challenged, "ANTI_BOT")]
    [InlineData(
        "ERROR: [BiliBili] 1x: Unable to download JSON metadata: HTTP Error 412: Precondition Failed",
        FailureKind.Blocked,
        "ANTI_BOT_HOST"
    )]
    [InlineData(
        "ERROR: [youtube] x: Join this channel to get access to members-only content like this video, and other exclusive perks.",
        FailureKind.LoginRequired,
        "MEMBERS_ONLY"
    )]
    [InlineData(
        "ERROR: [youtube] x: This video is available to this channel's members on level: Friends (or any higher level).",
        FailureKind.LoginRequired,
        "MEMBERS_ONLY"
    )]
    [InlineData("ERROR: [youtube] x: This members-only video cannot be shown", FailureKind.LoginRequired, "MEMBERS_ONLY")]
    [InlineData("ERROR: [youtube] x: Premieres in 3 hours", FailureKind.Unavailable, "NOT_YET")]
    [InlineData("ERROR: [youtube] x: This live event will begin in 2 days.", FailureKind.Unavailable, "NOT_YET")]
    [InlineData("ERROR: [youtube] x: This live recording is not available.", FailureKind.Unavailable, "NOT_YET")]
    [InlineData("ERROR: [youtube] x: This video is DRM protected", FailureKind.NoSuitableFormat, "DRM")]
    [InlineData("ERROR: [youtube] x: The page needs to be reloaded.", FailureKind.ToolMissing, "YTDLP_TOO_OLD")]
    [InlineData("ERROR: [youtube] x: Failed to extract any player response", FailureKind.ToolMissing, "YTDLP_TOO_OLD")]
    [InlineData("ERROR: [youtube] x: Precondition check failed.", FailureKind.ToolMissing, "YTDLP_TOO_OLD")]
    [InlineData("ERROR: [youtube] x: Only images are available for download", FailureKind.ToolMissing, "YTDLP_TOO_OLD")]
    [InlineData(
        "WARNING: [youtube] x: nsig extraction failed: Some formats may be missing\nERROR: unable to download video data: HTTP Error 403: Forbidden",
        FailureKind.ToolMissing,
        "YTDLP_TOO_OLD"
    )]
    [InlineData("ERROR: [TikTok] 7: Your IP address is blocked from accessing this post", FailureKind.Gone, "IP_BLOCKED")]
    [InlineData("ERROR: [TikTok] 7: You do not have permission to view this post. Log into an account", FailureKind.Private, null)]
    [InlineData("ERROR: [TikTok] 7: TikTok is requiring login for access to this content", FailureKind.LoginRequired, null)]
    [InlineData("ERROR: Unable to download webpage: curl: (35) TLS connect error: error:00000000", FailureKind.Network, null)]
    [InlineData("ERROR: Unable to download webpage: TLS connect error", FailureKind.Network, null)]
    [InlineData("ERROR: Unable to download webpage: [Errno 104] Connection reset by peer", FailureKind.Network, null)]
    [InlineData("ERROR: Unsupported URL: https://nobody.example/", FailureKind.UnsupportedLink, null)]
    [InlineData("ERROR: Failed to generate the signature", FailureKind.ToolFailed, null)]
    [InlineData("WARNING: HTTP Error 403\nERROR: nothing known", FailureKind.ToolFailed, null)]
    public async Task Its_reasons_are_understood(string message, FailureKind kind, string? detail)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("message"), message + "\n", TestContext.Current.CancellationToken);
        var strategy = Strategy(folder, $"cat '{folder.File("message")}' >&2; exit 1");

        var failure = await Should.ThrowAsync<TrawlException>(() => strategy.ResolveAsync(Url, new FormatWish(), CancellationToken.None));

        failure.Kind.ShouldBe(kind);
        failure.Detail.ShouldBe(detail);
    }

    [Fact]
    public async Task Too_old_a_program_is_told_with_the_command_that_mends_it()
    {
        using var folder = new TempFolder();
        var strategy = Strategy(folder, "echo 'ERROR: [youtube] x: Failed to extract any player response' >&2; exit 1");

        var failure = await Should.ThrowAsync<TrawlException>(() => strategy.ResolveAsync(Url, new FormatWish(), CancellationToken.None));

        failure.Message.ShouldContain("trawl deps update yt-dlp");
    }

    [Fact]
    public async Task What_it_warns_of_is_told_with_the_answer()
    {
        using var folder = new TempFolder();
        var strategy = Strategy(
            folder,
            $"echo 'WARNING: [youtube] No supported JavaScript runtime could be found' >&2; echo 'WARNING: [youtube] No supported JavaScript runtime could be found' >&2; echo '{Good}'"
        );

        var video = await strategy.ResolveAsync(Url, new FormatWish(), CancellationToken.None);

        video.Warnings.ShouldHaveSingleItem().ShouldContain("JavaScript");
    }

    [Fact]
    public async Task It_gets_the_runtimes_and_arguments_that_are_set()
    {
        using var folder = new TempFolder();
        var options = new YtDlpOptions
        {
            JsRuntimes = ["node:/opt/node"],
            ExtractorArgs = ["youtube:player_client=ios"],
            Impersonate = "chrome",
            Arguments = ["--force-ipv4", "--retries 3"],
        };
        var strategy = Strategy(folder, $"printf '%s\\n' \"$@\" > '{folder.File("arguments")}'; echo '{Good}'", options);

        await strategy.ResolveAsync(Url, new FormatWish(), CancellationToken.None);

        var arguments = string.Join(' ', await File.ReadAllLinesAsync(folder.File("arguments"), TestContext.Current.CancellationToken));
        arguments.ShouldContain(
            "--js-runtimes node:/opt/node --extractor-args youtube:player_client=ios --impersonate chrome --force-ipv4 --retries 3"
        );
    }

    [Theory]
    [InlineData("--exec rm", "is not allowed")]
    [InlineData("--retries", "needs a value")]
    [InlineData("--force-ipv4 yes", "takes no value")]
    [InlineData("--retries --exec", "cannot be used")]
    public void No_other_arguments_are_passed_on(string argument, string why) =>
        Should
            .Throw<TrawlException>(() => new TrawlOptions { YtDlp = new() { Arguments = [argument] } }.Validated())
            .Message.ShouldContain(why);

    [Fact]
    public async Task Members_only_videos_do_not_make_the_strategy_rest()
    {
        using var folder = new TempFolder();
        var strategy = Strategy(folder, "echo 'ERROR: [youtube] x: Join this channel to get access' >&2; exit 1");
        var chain = new StrategyChain("youtube", [strategy], null, new ChainOptions(), NullLogger.Instance, TimeProvider.System);

        for (var i = 0; i < 12; i++)
            await Should.ThrowAsync<TrawlException>(() => chain.ResolveAsync(Url, new FormatWish(), [], CancellationToken.None));

        chain.HealthOf(strategy).Breaker.State.ShouldBe(BreakerState.Closed);
    }

    [Fact]
    public async Task A_good_answer_becomes_a_video()
    {
        using var folder = new TempFolder();

        var video = await Strategy(folder, $"echo '{Good}'").ResolveAsync(Url, new FormatWish(), CancellationToken.None);

        video.Id.ShouldBe(Id);
        video.Formats.Select(f => (f.Addresses[0].Host, f.ByStrategy)).ShouldBe([("v16.example", false), ("www.tiktok.com", true)]);
    }

    [Fact]
    public async Task It_is_called_without_a_shell_with_every_protection_it_knows_and_the_link_last()
    {
        using var folder = new TempFolder();
        var strategy = Strategy(folder, $"printf '%s\\n' \"$@\" > '{folder.File("arguments")}'; echo '{Good}'");

        await strategy.ResolveAsync(Url, new FormatWish(), CancellationToken.None);

        var arguments = await File.ReadAllLinesAsync(folder.File("arguments"), TestContext.Current.CancellationToken);
        arguments[^2..].ShouldBe(["--", Url.Canonical.AbsoluteUri]);
        arguments.ShouldContain("--ignore-config");
        arguments.ShouldContain("--no-plugin-dirs");
        arguments.ShouldNotContain("--no-remote-components", "this version does not know it");
    }

    [Fact]
    public async Task Cookies_are_lent_in_a_file_of_the_owners_that_is_gone_afterwards()
    {
        using var folder = new TempFolder();
        var strategy = Strategy(
            folder,
            $$"""
            printf '%s\n' "$@" > '{{folder.File("arguments")}}'
            while [ "$1" != --cookies ]; do shift; done
            echo "$2 $(stat -c %a "$2") $(cut -f1,6,7 "$2" | tail -1)" > '{{folder.File("loan")}}'; echo '{{Good}}'
            """,
            null,
            new SessionCookie("sid", "SECRET", "tiktok.com", false, "/", true, null)
        );

        await strategy.ResolveAsync(Url, new FormatWish(), CancellationToken.None);

        var loan = (await File.ReadAllTextAsync(folder.File("loan"), TestContext.Current.CancellationToken)).Split([' ', '\t', '\n']);
        loan[1..5].ShouldBe(["600", ".tiktok.com", "sid", "SECRET"]);
        File.Exists(loan[0]).ShouldBeFalse();
        (await File.ReadAllTextAsync(folder.File("arguments"), TestContext.Current.CancellationToken)).ShouldNotContain("SECRET");
    }

    [Fact]
    public async Task It_downloads_itself_with_the_formats_in_order_and_tells_the_bytes()
    {
        using var folder = new TempFolder();
        // the first two wishes cannot be had; the third is written where -o says
        var strategy = Strategy(
            folder,
            $$"""
            while [ $# -gt 0 ]; do case $1 in -f) f=$2;; -o) o=$2;; esac; shift; done
            echo "$f" >> '{{folder.File("wishes")}}'
            case $f in best*) echo 'TRAWL 500 1000'; echo 'TRAWL 1000 NA'; printf 0123456789 > "$(echo "$o" | sed s/%%/%/g)";; *) echo 'ERROR: Requested format is not available' >&2; exit 1;; esac
            """
        );
        var told = new List<(long, long?)>();
        var video = new Video { Url = Url, Id = Id };
        var format = new MediaFormat
        {
            Id = "yt-dlp-whole",
            Addresses = [Url.Canonical],
            Session = Session.Desktop,
            ByStrategy = true,
        };

        await strategy.FetchAsync(video, format, folder.File("50%.part"), (done, total) => told.Add((done, total)), CancellationToken.None);

        told.ShouldBe([(500, 1000), (1000, null)]);
        (await File.ReadAllTextAsync(folder.File("50%.part"), TestContext.Current.CancellationToken)).ShouldBe("0123456789");
        (await File.ReadAllLinesAsync(folder.File("wishes"), TestContext.Current.CancellationToken)).ShouldBe([
            "b[hasvideo=true][ext=mp4]/b[hasvideo=true]",
            "bv*+ba/b[hasvideo=true]",
            "best[hasvideo=true]",
        ]);
    }

    [Fact]
    public async Task What_is_refused_is_not_downloaded()
    {
        using var folder = new TempFolder();
        var path = folder.File("yt-dlp");
        await File.WriteAllTextAsync(
            path,
            $"#!/bin/bash\n[ \"$1\" = --help ] && exit\nwhile [ $# -gt 0 ]; do [ \"$1\" = -f ] && echo \"$2\" >> '{folder.File("wishes")}'; shift; done\necho 'ERROR: Requested format is not available' >&2; exit 1\n",
            TestContext.Current.CancellationToken
        );
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var program = new YtDlpProgram(new TrawlOptions { YtDlp = new YtDlpOptions { Program = path } }, Net());
        var format = new MediaFormat
        {
            Id = "yt-dlp-whole",
            Addresses = [],
            Session = Session.Desktop,
            ByStrategy = true,
        };

        await Should.ThrowAsync<TrawlException>(() =>
            new YtDlpStrategy(program, false, "TikTok.*", refused: "download").FetchAsync(
                new Video { Url = Url, Id = Id },
                format,
                folder.File("v.part"),
                (_, _) => { },
                CancellationToken.None
            )
        );

        var wishes = await File.ReadAllLinesAsync(folder.File("wishes"), TestContext.Current.CancellationToken);
        wishes.Length.ShouldBe(4);
        wishes.SelectMany(w => w.Split('/')).ShouldAllBe(w => w.Contains("[format_id!^=download]"));
    }

    [Fact]
    public void A_missing_program_steps_aside() =>
        new YtDlpStrategy(
            new YtDlpProgram(new TrawlOptions { YtDlp = new YtDlpOptions { Program = "/nowhere/yt-dlp" } }, Net()),
            false,
            "all"
        ).Obstacle.ShouldBe("/nowhere/yt-dlp is not installed");

    [Theory]
    [InlineData("2023.03.04", 1186)]
    [InlineData("2025.04.30.232839", 398)]
    [InlineData("nightly", null)]
    public void Its_age_is_known_from_its_version(string version, int? days) =>
        YtDlpProgram.AgeOf(version, new DateTimeOffset(2026, 6, 2, 0, 0, 0, TimeSpan.Zero))?.TotalDays.ShouldBe(days!.Value);

    [Fact]
    public async Task It_is_started_at_the_pace_of_the_host_and_slower_when_that_complains()
    {
        using var folder = new TempFolder();
        var clock = new FakeClock();
        var options = new HttpOptions { Pace = new Dictionary<string, HostPace> { [Url.Canonical.Host] = new(TimeSpan.FromSeconds(5)) } };
        var network = new Network(options, NullLogger.Instance, clock);
        var strategy = Strategy(
            folder,
            $"echo x >> '{folder.File("starts")}'; echo 'ERROR: HTTP Error 429: Too Many Requests' >&2; exit 1",
            network
        );

        (await Should.ThrowAsync<TrawlException>(AskAsync)).Kind.ShouldBe(FailureKind.RateLimited);
        network.Gate.SlownessOf(Url.Canonical.Host).ShouldBe(2);
        var second = AskAsync();
        clock.NextDue.ShouldBe(TimeSpan.FromSeconds(5));
        Starts().ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(5));
        await Should.ThrowAsync<TrawlException>(() => second);
        Starts().ShouldBe(2);

        int Starts() => File.ReadAllLines(folder.File("starts")).Length;

        Task AskAsync() => strategy.ResolveAsync(Url, new FormatWish(), CancellationToken.None);
    }

    static YtDlpStrategy Strategy(TempFolder folder, string script, YtDlpOptions options) =>
        Strategy(folder, script, options, network: null, cookies: []);

    static YtDlpStrategy Strategy(TempFolder folder, string script, Network? network = null, params SessionCookie[] cookies) =>
        Strategy(folder, script, new YtDlpOptions(), network, cookies);

    static YtDlpStrategy Strategy(TempFolder folder, string script, YtDlpOptions wishes, Network? network, SessionCookie[] cookies)
    {
        var path = folder.File("yt-dlp");
        File.WriteAllText(
            path,
            $"#!/bin/bash\n[ \"$1\" = --help ] && {{ echo '--ignore-config --no-plugin-dirs --use-extractors --js-runtimes --extractor-args --impersonate'; exit; }}\n{script}\n"
        );
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = new TrawlOptions
        {
            YtDlp = wishes with { Program = path, Timeout = TimeSpan.FromSeconds(2) },
            Http = new HttpOptions { Cookies = [.. cookies] },
        };
        return new YtDlpStrategy(new YtDlpProgram(options, network ?? Net()), false, "all,-generic");
    }

    static Network Net(Dialer? dialer = null) => new(new HttpOptions(), NullLogger.Instance, TimeProvider.System, dialer);
}
