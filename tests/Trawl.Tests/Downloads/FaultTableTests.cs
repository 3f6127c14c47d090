using System.Text;
using Trawl.Failures;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Downloads;

/// <summary>
/// Every fault against every strategy alone: what is reported, after how many requests and how many bytes of media. The table is approved as
/// text in docs/faults.md; a changed cell is a changed promise.
/// </summary>
public class FaultTableTests
{
    const int Cast = 1; // an ordinary post with two clean formats
    const long Cap = 8 << 20;

    static readonly string[] Strategies = ["web", "tikwm", "scrapling-api"];

    sealed record Fault(int Number, string What, Func<string, FaultRule[]> Rules);

    static readonly Fault[] Faults =
    [
        new(
            4,
            "the media hosts cannot be reached",
            s => [.. MediaHosts(s).Select(host => new FaultRule { Host = host, Fault = "unreachable" })]
        ),
        new(9, "headers arrive a byte every 5 s", s => [Page(s, "slow-headers")]),
        new(13, "the body arrives at a byte a second", s => [Media(s, "drip")]),
        new(14, "the body stalls", s => [Media(s, "stall")]),
        new(15, "the connection is reset once", s => [Media(s, "reset") with { Times = 1 }]),
        new(16, "the connection ends early once", s => [Media(s, "early-end") with { Times = 1 }]),
        new(19, "Content-Length is too small", s => [Media(s, "length-too-small")]),
        new(20, "Content-Length is too large", s => [Media(s, "length-too-large")]),
        new(23, "endless bytes without a length", s => [Media(s, "endless")]),
        new(25, "a gzip bomb instead of the page", s => [Page(s, "gzip-bomb")]),
        new(28, "Range is ignored after a cut", s => [Media(s, "early-end") with { Times = 1 }, Media(s, "range-ignored")]),
        new(
            29,
            "wrong Content-Range after a cut",
            s => [Media(s, "early-end") with { Times = 1 }, Media(s, "range-wrong") with { Times = 1 }]
        ),
        new(30, "another version after a cut", s => [Media(s, "early-end") with { Times = 1 }, Media(s, "tag-changed")]),
        new(31, "416 after a cut", s => [Media(s, "early-end") with { Times = 1 }, Media(s, "range-refused") with { Times = 1 }]),
        new(32, "the address expires in mid-file", s => [Media(s, "expires-midway") with { Times = 1 }]),
        new(33, "a redirect loop", s => [Page(s, "redirect-loop")]),
        new(35, "a redirect to a private address", s => [Page(s, "redirect", ("to", "http://[::ffff:10.0.0.5]/"))]),
        new(37, "a redirect to file:", s => [Page(s, "redirect", ("to", "file:///etc/passwd"))]),
        new(42, "403 for the media", s => [Media(s, "status", ("status", "403"))]),
        new(43, "404 for the media", s => [Media(s, "status", ("status", "404"))]),
        new(44, "429 with Retry-After 7, once", s => [Page(s, "status", ("status", "429"), ("retry-after", "7")) with { Times = 1 }]),
        new(48, "503 for the page", s => [Page(s, "status", ("status", "503"))]),
        new(49, "HTML instead of the media", s => [Media(s, "html")]),
        new(53, "an empty file", s => [Media(s, "empty")]),
        new(56, "a truncated file of consistent length", s => [Media(s, "truncated")]),
    ];

    public static TheoryData<int> Numbers => [.. Faults.Select(f => f.Number)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Every_cell_is_as_documented(int number)
    {
        var fault = Faults.Single(f => f.Number == number);
        var row = new StringBuilder($"| {fault.Number} | {fault.What} |");
        foreach (var strategy in Strategies)
            row.Append($" {await CellAsync(fault, strategy)} |");

        var page = await File.ReadAllLinesAsync(Path.Combine(House.Root, "docs", "faults.md"), TestContext.Current.CancellationToken);

        page.ShouldContain(row.ToString(), $"the table says: {page.FirstOrDefault(l => l.StartsWith($"| {number} |"))}");
    }

    static async Task<string> CellAsync(Fault fault, string strategy)
    {
        await using var run = await SandboxRun.StartAsync(
            new TrawlOptions
            {
                Strategies = [strategy],
                LargestFile = Cap,
                Resolver = new ResolverOptions { Address = SandboxWorld.Resolver },
            }
        );
        var post = await run.World.DescribeAsync(Cast);
        foreach (var rule in fault.Rules(strategy))
            run.World.Add(rule);

        string outcome;
        try
        {
            var file = await run.GetAsync(post.Url);
            outcome = "ok";
            post.Variants.ShouldContain(v => v.Sha256 == file.Sha256, "a file nobody promised");
        }
        catch (TrawlException e)
        {
            outcome = e.Kind.Name() + (e.Detail is null ? "" : $" ({e.Detail})");
            FinalFiles(run).ShouldBeEmpty();
        }
        await run.SettleAsync();
        FinalFiles(run).ShouldAllBe(f => post.Variants.Any(v => v.Sha256 == Sha256Of(f)));
        return $"{outcome}, {run.Requests} requests, {Share(fault, run.MediaBytes, post)}";
    }

    static IEnumerable<string> FinalFiles(SandboxRun run) => Directory.EnumerateFiles(run.Folder, "*.mp4");

    static string Sha256Of(string path) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));

    // what a reset connection still held is left to chance, and so is what a host sends beyond the length it named
    static string Share(Fault fault, long bytes, SandboxPost post)
    {
        var file = post.Variants[0].Size;
        if (fault.Number is 15 or 19)
            return bytes >= file && bytes <= 2 * file ? "1 to 2 files" : $"{bytes} bytes";
        return bytes > Cap ? "cut at the cap" : $"{Math.Round(bytes / (double)file, 1):0.0} files";
    }

    static string[] MediaHosts(string strategy) =>
        strategy == "web" ? ["v16-webapp-prime.tiktok.com", "v19-webapp-prime.tiktok.com"] : ["v16m.tiktokcdn.com"];

    static (string Host, string Path) Door(string strategy) =>
        strategy switch
        {
            "web" => ("www.tiktok.com", "^/@"),
            "tikwm" => ("www.tikwm.com", "^/api/"),
            _ => ("resolver.sandbox.test", "^/tiktok/download"),
        };

    static FaultRule Page(string strategy, string fault, params (string, string)[] args) =>
        new()
        {
            Host = Door(strategy).Host,
            Path = Door(strategy).Path,
            Fault = fault,
            Args = args.ToDictionary(a => a.Item1, a => a.Item2),
        };

    static FaultRule Media(string strategy, string fault, params (string, string)[] args) =>
        new()
        {
            Host = strategy == "web" ? null : "v16m.tiktokcdn.com",
            Path = strategy == "web" ? "/video/tos/|/aweme/" : "/video/tos/",
            Method = "GET",
            Fault = fault,
            Args = args.ToDictionary(a => a.Item1, a => a.Item2),
        };
}
