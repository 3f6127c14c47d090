using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Trawl.Failures;
using Trawl.Platforms;
using Trawl.Sandbox;
using Trawl.Strategies;
using Trawl.Tests.Downloads.Faults;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Downloads;

public sealed class WebFaultTests() : FaultTableTests("web");

public sealed class TikwmFaultTests() : FaultTableTests("tikwm");

public sealed class ResolverFaultTests() : FaultTableTests("scrapling-api");

public sealed class YtDlpFaultTests() : FaultTableTests("yt-dlp");

/// <summary>
/// Every fault against one strategy: what is reported, after how many requests, how much media and how long a time, and whether the next
/// strategy is asked. The table stands in docs/faults.md; every run checks one seed, the nightly one three.
/// </summary>
public abstract partial class FaultTableTests(string strategy)
{
    const int Cast = 1; // an ordinary post with two clean formats
    const long Cap = 8 << 20;

    static int Seeds => Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1" ? 3 : 1;

    public static TheoryData<Fault> Rows => [.. FaultList.All];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Every_cell_is_as_documented(Fault fault)
    {
        if (fault.Why is not null)
        {
            FaultTable.Check(fault, strategy, $"n/a: {fault.Why}");
            return;
        }
        for (var seed = 0; seed < Seeds; seed++)
            FaultTable.Check(fault, strategy, await CellAsync(fault, seed));
    }

    [Fact]
    public void Every_row_is_of_a_fault() => FaultTable.Numbers.ShouldBe(FaultList.All.Select(f => f.Number), ignoreOrder: true);

    async Task<string> CellAsync(Fault fault, int seed)
    {
        using var tools = new TempFolder();
        var next = new Bystander();
        var options = new TrawlOptions
        {
            Strategies = [strategy, next.Name],
            ExtraStrategies = [("tiktok", _ => next)],
            LargestFile = Cap,
            Resolver = new ResolverOptions { Address = SandboxWorld.Resolver },
            YtDlp = new YtDlpOptions { Program = tools.File("yt-dlp") },
        };
        await using var run = fault.BelowHttp ? await SandboxRun.StartDirectAsync(options) : await SandboxRun.StartAsync(options);
        var post = await run.World.DescribeAsync(Cast);
        var stage = new FaultStage(strategy, post.Url.Split('/')[^1], run, seed);
        fault.Strike(stage);
        StubOfYtDlp.Write(tools, stage, fault, post);

        var started = run.Clock.GetUtcNow();
        var outcome = await OutcomeAsync(run, post);
        var seconds = (run.Clock.GetUtcNow() - started).TotalSeconds;
        await run.SettleAsync();

        FinalFiles(run).ShouldAllBe(f => post.Variants.Any(v => v.Sha256 == Sha256Of(f)));
        var then =
            outcome == "ok" ? ""
            : next.WasAsked ? ", next"
            : ", stop";
        return $"{outcome}, {run.Requests} requests, {(fault.SentByChance ? "some media" : Share(run.MediaBytes, post))}, {seconds:0} s{then}";
    }

    static async Task<string> OutcomeAsync(SandboxRun run, SandboxPost post)
    {
        try
        {
            var file = await run.GetAsync(post.Url);
            post.Variants.ShouldContain(v => v.Sha256 == file.Sha256, "a file nobody promised");
            return "ok";
        }
        catch (TrawlException e)
        {
            FinalFiles(run).ShouldBeEmpty();
            return e.Kind.Name() + (e.Detail is null ? "" : $" ({ServerError().Replace(e.Detail, "_5xx")})");
        }
    }

    static IEnumerable<string> FinalFiles(SandboxRun run) => Directory.EnumerateFiles(run.Folder, "*.mp4");

    static string Sha256Of(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    // where a connection is cut is left to chance
    static string Share(long bytes, SandboxPost post)
    {
        var files = bytes / (double)post.Variants[0].Size;
        return bytes > Cap ? "cut at the cap"
            : bytes == 0 ? "no media"
            : files < 0.99 ? "part of a file"
            : files < 1.01 ? "1 file"
            : files < 2.01 ? "1 to 2 files"
            : $"{files:0} files";
    }

    [GeneratedRegex(@"_5\d\d$", RegexOptions.NonBacktracking)]
    private static partial Regex ServerError();

    // Comes after the strategy at hand and knows nothing, so that its failure is the one that is reported.
    sealed class Bystander : Strategy
    {
        public bool WasAsked { get; private set; }

        public override string Name => "bystander";

        public override Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
        {
            WasAsked = true;
            throw new TrawlException(FailureKind.Unavailable, "I know nothing.");
        }
    }
}
