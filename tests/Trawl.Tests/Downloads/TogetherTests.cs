using Trawl.Failures;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Downloads;

public class TogetherTests
{
    [Fact]
    public async Task What_stands_there_is_replaced_only_on_request_or_when_it_is_damaged()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var first = await run.GetAsync(run.World.Links[1]);

        await run.UntilDoneAsync(FetchAsync(run, run.World.Links[1]));
        Transfers(run).ShouldBe(1);
        await run.UntilDoneAsync(FetchAsync(run, run.World.Links[1], overwrite: true));
        Transfers(run).ShouldBe(2);
        await File.WriteAllTextAsync(first.Path, "damaged", TestContext.Current.CancellationToken);
        (await run.UntilDoneAsync(FetchAsync(run, run.World.Links[1]))).Sha256.ShouldBe(first.Sha256);
        Transfers(run).ShouldBe(3);
    }

    [Fact]
    public async Task Another_format_than_the_best_says_why()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var best = await run.GetAsync(run.World.Links[1]);
        best.Degraded.ShouldBeNull();
        run.World.Add(
            new FaultRule
            {
                Path = "/video/tos/sandbox/[0-9]+/h264|/aweme/.*h264",
                Fault = "status",
                Args = new Dictionary<string, string> { ["status"] = "404" },
            }
        );

        var other = await run.UntilDoneAsync(FetchAsync(run, run.World.Links[1], overwrite: true));

        other.Format.Id.ShouldNotBe(best.Format.Id);
        other.Degraded!.ShouldStartWith($"{best.Format.Id} could not be had: ");
    }

    [Fact]
    public async Task Of_many_links_one_that_fails_stops_no_other_and_the_order_is_kept()
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        string[] links = [run.World.Links[0], "nonsense", run.World.Links[8], run.World.Links[1]];

        var all = await run.UntilDoneAsync(run.Trawl.Videos.GetAllAsync(links, parallel: 2));

        all.Select(r => r.Link).ShouldBe(links);
        all.Select(r => r.Failure?.Kind).ShouldBe([null, FailureKind.InvalidLink, FailureKind.Private, null]);
        all[3].Video!.Id.ShouldBe(links[3].Split('/')[^1]);
    }

    static int Transfers(SandboxRun run) =>
        run.World.Requests.Count(r => r.Path.Contains("/video/tos/", StringComparison.Ordinal) && r.Status == 200);

    static async Task<VideoFile> FetchAsync(SandboxRun run, string link, bool overwrite = false) =>
        await run.Trawl.Downloads.RunAsync(await run.Trawl.Videos.GetAsync(link), run.Folder, overwrite);
}
