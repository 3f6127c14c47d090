using Trawl.Failures;
using Trawl.Platforms;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Platforms;

/// <summary>The strategy scrapling-api against the sandbox's resolver service.</summary>
public class ResolverTests
{
    const string Service = "resolver.sandbox.test";

    [Fact]
    public async Task It_delivers_and_tells_what_the_service_told()
    {
        await using var run = await StartAsync();
        var post = await run.World.DescribeAsync(1);

        var file = await run.GetAsync(post.Url);
        var video = await run.UntilDoneAsync(run.Trawl.Videos.GetAsync(post.Url));

        post.Variants.ShouldContain(v => v.Sha256 == file.Sha256);
        var attempt = video.Attempts.Single();
        attempt.ServiceTime.ShouldBe(TimeSpan.FromSeconds(7.25));
        attempt.Size.ShouldBe(file.Size);
        video.Author.Handle.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_fails_without_a_window_is_asked_once_more_with_one()
    {
        await using var run = await StartAsync();
        var post = await run.World.DescribeAsync(5); // behind a challenge

        await run.GetAsync(post.Url);

        Questions(run).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"status":"error","message":"m","error_code":"NO_DOWNLOAD_LINK"}""", 200, 2, "NO_DOWNLOAD_LINK")]
    [InlineData("""{"status":"error","message":"m","error_code":"NO_DOWNLOAD_LINK"}""", 404, 2, "NO_DOWNLOAD_LINK")]
    [InlineData("""{"status":"error","message":"m","error_code":"NO_DOWNLOAD_LINK"}""", 500, 2, "NO_DOWNLOAD_LINK")]
    [InlineData("""{"status":"error","message":"m","error_code":"NAVIGATION_FAILED"}""", 200, 2, "NAVIGATION_FAILED")]
    [InlineData("""{"status":"success","message":"m","download_url":null}""", 200, 2, "NO_DOWNLOAD_LINK")]
    [InlineData("Internal Server Error", 500, 2, "HTTP_500")]
    [InlineData("""{"status":"error","message":"m","error_code":"INVALID_URL"}""", 400, 1, "INVALID_URL")]
    [InlineData("""{"status":"error","message":"m","error_code":"INVALID_VIDEO_ID"}""", 400, 1, "INVALID_VIDEO_ID")]
    [InlineData("""{"status":"error","message":"m","error_code":"INVALID_VIDEO"}""", 200, 1, "INVALID_VIDEO")]
    [InlineData("""{"detail":[]}""", 422, 1, "HTTP_422")]
    [InlineData("<html>", 200, 1, "BAD_JSON")]
    [InlineData("""{"status":"success","message":"m","download_url":"https://a.example/x","video_info":{"id":"1"}}""", 200, 1, null)]
    public async Task Every_answer_has_its_meaning(string answer, int status, int questions, string? detail)
    {
        await using var run = await StartAsync();
        run.World.Add(
            new FaultRule
            {
                Host = Service,
                Fault = "answer",
                Args = new Dictionary<string, string> { ["status"] = $"{status}", ["body"] = answer },
            }
        );

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));

        failure.Detail.ShouldBe(detail);
        Questions(run).ShouldBe(questions);
    }

    [Theory]
    [InlineData("http://10.0.0.5/x.mp4")]
    [InlineData("file:///etc/passwd")]
    public async Task An_address_we_do_not_visit_is_refused(string address)
    {
        await using var run = await StartAsync();
        run.World.Add(
            new FaultRule
            {
                Host = Service,
                Fault = "answer",
                Args = new Dictionary<string, string> { ["body"] = $$"""{"status":"success","download_url":"{{address}}"}""" },
            }
        );

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));

        failure.Kind.ShouldBe(FailureKind.RefusedAddress);
        Questions(run).ShouldBe(1);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("slow-headers")]
    public async Task Timeouts_and_broken_connections_are_asked_once_more(string fault)
    {
        await using var run = await StartAsync();
        run.World.Add(new FaultRule { Host = Service, Fault = fault });

        await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));

        await run.SettleAsync();
        Questions(run).ShouldBe(2);
    }

    [Fact]
    public async Task A_web_page_is_never_stored_as_a_video()
    {
        await using var run = await StartAsync();
        run.World.Add(new FaultRule { Host = "v16m.tiktokcdn.com", Fault = "html" });

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));

        failure.Kind.ShouldBe(FailureKind.WrongContent);
        Directory.EnumerateFiles(run.Folder, "*.mp4").ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_resolver_it_steps_aside()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["scrapling-api"] });

        var failure = await Should.ThrowAsync<TrawlException>(() => run.GetAsync(run.World.Links[1]));

        failure.Attempts.Single().Reason.ShouldBe("no resolver is configured");
    }

    static Task<SandboxRun> StartAsync() =>
        SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = ["scrapling-api"],
                Resolver = new ResolverOptions { Address = SandboxWorld.Resolver },
            }
        );

    static int Questions(SandboxRun run) => run.World.Requests.Count(r => r is { Method: "POST", Host: Service });
}
