using System.Diagnostics;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.TikTok;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Sandbox;
using Trawl.Sandbox.Manners;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Browser;

/// <summary>Pages that are shown to a real browser only: it opens one, and what it was given is used for the others.</summary>
[Collection(Browsers.Name)]
public class SessionTests
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    static int Posts => Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1" ? 100 : 25;

    [Theory]
    [InlineData(BrowserEngine.Chromium, FirstAnswer.ProofOfWork)]
    [InlineData(BrowserEngine.Chromium, FirstAnswer.OtherProof)]
    [InlineData(BrowserEngine.Camoufox, FirstAnswer.ProofOfWork)]
    [InlineData(BrowserEngine.Camoufox, FirstAnswer.OtherProof)]
    public async Task A_real_browser_passes_the_stub(BrowserEngine engine, FirstAnswer stub)
    {
        await using var run = await BrowserRun.StartAsync();
        run.World.TikTok = TikTokManners.All(stub);
        var visit = new PageVisit(run.Pool, engine);

        var page = await visit.OpenAsync(new Uri(run.World.Links[1]), null, html => html.Span.IndexOf("itemStruct"u8) > 0, None);

        page.Session.Cookies.Select(c => c.Name).ShouldContain("_waftokenid");
        page.Session.Navigation.Select(h => h.Key.ToLowerInvariant()).ShouldContain("sec-fetch-mode");
    }

    [Fact]
    public async Task Only_the_page_itself_can_ask_for_an_authors_list()
    {
        await using var run = await BrowserRun.StartAsync();
        run.World.TikTok = new TikTokManners();
        var author = (await run.World.DescribeAsync(1)).Author;

        var cards = await run.Pool.UseAsync(
            new BrowserWish(BrowserEngine.Chromium, false),
            null,
            async (page, token) =>
            {
                await page.GotoAsync($"https://www.tiktok.com/@{author}");
                await page.Locator(".card").First.WaitForAsync();
                return await page.Locator(".card").CountAsync();
            },
            None
        );

        cards.ShouldBeGreaterThan(1);
        var stranger = await run
            .Network.Visit(Session.Desktop)
            .GetPageAsync(new VisitRequest(new Uri("https://www.tiktok.com/api/post/item_list/?secUid=MS4w&count=15&cursor=0")), None);
        stranger.Body.Length.ShouldBe(0);
    }

    [Fact]
    public async Task Risk_control_lets_no_browser_in_and_that_is_said()
    {
        await using var run = await BrowserRun.StartAsync();
        run.World.TikTok = TikTokManners.All(FirstAnswer.RiskControl);

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            new PageVisit(run.Pool).OpenAsync(new Uri(run.World.Links[1]), null, html => html.Span.IndexOf("itemStruct"u8) > 0, None)
        );

        failure.Kind.ShouldBe(FailureKind.Challenged);
    }

    [Theory]
    [InlineData("D, every page a stub", "desktop=proof-of-work,phone=proof-of-work,embed=proof-of-work,player=refused,pages=60")]
    [InlineData("F, all of the site a stub", "all=proof-of-work,pages=60")]
    public async Task One_visit_of_a_browser_serves_many_posts(string world, string answers)
    {
        await using var sandbox = await SandboxWorld.StartAsync(
            new SandboxOptions
            {
                Posts = Posts,
                Plain = true,
                TikTok = new TikTokManners().With(answers),
                TikwmPerDay = 0,
            }
        );
        using var folder = new TempFolder();
        var store = new Remembered();
        await using (var trawl = Client(sandbox, store))
        {
            for (var i = 0; i < Posts; i++)
                (await trawl.Videos.GetAsync(sandbox.Links[i], cancellation: None)).Strategy.ShouldBe("web", world);
            // the address it named is good for the session only
            var last = await trawl.Videos.GetAsync(sandbox.Links[Posts - 1], cancellation: None);
            (await trawl.Downloads.RunAsync(last, folder.Path, cancellation: None)).Size.ShouldBeGreaterThan(0);
        }

        var visits = sandbox.Requests.Count(r => r.Host == "www.tiktok.com" && r.Headers.ContainsKey("sec-ch-ua") && r.Status == 200);
        Visits(sandbox).ShouldBeLessThanOrEqualTo(3, world);
        store.Kept.ShouldHaveSingleItem().Posts.ShouldBeGreaterThan(0);
        sandbox
            .Requests.Count(r => r.Host == "www.tiktok.com" && r.Path.StartsWith("/@"))
            .ShouldBeLessThan((int)(Posts * 1.3) + 8, $"{visits}");
    }

    [Fact]
    public async Task The_next_program_goes_on_in_the_session_of_the_one_before()
    {
        await using var sandbox = await SandboxWorld.StartAsync(
            new SandboxOptions { TikTok = TikTokManners.All(FirstAnswer.ProofOfWork), TikwmPerDay = 0 }
        );
        var store = new Remembered();
        await using (var first = Client(sandbox, store))
            await first.Videos.GetAsync(sandbox.Links[1], cancellation: None);
        var before = Visits(sandbox);

        await using (var second = Client(sandbox, store))
            (await second.Videos.GetAsync(sandbox.Links[2], cancellation: None)).Door.ShouldBe("session");

        (before, Visits(sandbox)).ShouldBe((1, 1));
        store.Kept.ShouldHaveSingleItem().Posts.ShouldBe(2);
    }

    [Fact]
    public async Task A_session_is_bound_to_its_way_out()
    {
        await using var sandbox = await SandboxWorld.StartAsync(
            new SandboxOptions
            {
                TikTok = TikTokManners.All(FirstAnswer.ProofOfWork),
                TikwmPerDay = 0,
                Ways = 2,
            }
        );
        var store = new Remembered();
        await using (var trawl = Client(sandbox, store))
            for (var i = 0; i < 3; i++)
                (await trawl.Videos.GetAsync(sandbox.Links[14 + i], cancellation: None)).Strategy.ShouldBe("web");

        store.Kept.Select(s => s.Way).Order().ShouldBe(sandbox.Proxies.Select(p => $"{p.Host}:{p.Port}").Order());
        Visits(sandbox).ShouldBe(2);
    }

    [Fact]
    public async Task A_browser_that_is_not_let_in_either_is_left_alone_for_a_while()
    {
        await using var sandbox = await SandboxWorld.StartAsync(
            new SandboxOptions { TikTok = TikTokManners.All(FirstAnswer.ProofOfWork), TikwmPerDay = 0 }
        );
        var refused = new Refused();
        await using var trawl = Client(sandbox, null, _ => refused);

        for (var i = 0; i < 5; i++)
            await Should.ThrowAsync<TrawlException>(trawl.Videos.GetAsync(sandbox.Links[14 + i], cancellation: None));

        refused.Visits.ShouldBe(1);
    }

    static TrawlClient Client(
        SandboxWorld sandbox,
        SessionStore? store,
        Func<Trawl.Platforms.PlatformParts, PageRenderer>? renderer = null
    ) =>
        new(
            new TrawlOptions
            {
                YtDlp = new() { Program = "/nowhere/yt-dlp" },
                Http = new()
                {
                    Proxies = sandbox.Proxies,
                    CertificateFile = sandbox.CertificateFile,
                    Pace = new Dictionary<string, HostPace>(),
                },
                SessionStore = store,
                Renderer =
                    renderer
                    ?? (
                        parts => new PageVisit(
                            new BrowserPool(new BrowserOptions { TrustAnyCertificate = true }, parts.Network, parts.Time)
                        )
                    ),
            }
        );

    // each visit begins with a page that is asked for without any cookie, by a browser
    static int Visits(SandboxWorld sandbox) =>
        sandbox.Requests.Count(r =>
            r.Host == "www.tiktok.com"
            && r.Path.StartsWith("/@")
            && !r.Headers.ContainsKey("cookie")
            && r.Headers.ContainsKey("sec-ch-ua")
            && r.Headers.ContainsKey("upgrade-insecure-requests")
        );

    sealed class Remembered : SessionStore
    {
        public IReadOnlyList<BrowserSession> Kept { get; private set; } = [];

        public override Task<IReadOnlyList<BrowserSession>> ReadAsync(CancellationToken cancellation) => Task.FromResult(Kept);

        public override Task WriteAsync(IReadOnlyList<BrowserSession> sessions, CancellationToken cancellation)
        {
            Kept = sessions;
            return Task.CompletedTask;
        }
    }

    // a browser whose page never shows the post
    sealed class Refused : PageRenderer
    {
        public int Visits { get; private set; }

        public override string Name => "refused";

        public override string? Obstacle => null;

        public override Task<RenderedPage> OpenAsync(
            Uri address,
            Uri? way,
            Func<ReadOnlyMemory<byte>, bool> isShown,
            CancellationToken cancellation
        )
        {
            Visits++;
            throw new TrawlException(FailureKind.Challenged, "The page does not let the browser in, either.");
        }
    }
}
