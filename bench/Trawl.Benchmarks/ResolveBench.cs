using System.Diagnostics;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.TikTok;
using Trawl.Http;
using Trawl.Sandbox;
using Trawl.Sandbox.Manners;

namespace Trawl.Benchmarks;

/// <summary>Questions about links against yt-dlp: one process for each link, and one for the whole list.</summary>
sealed class ResolveBench(string work, Report report)
{
    const int Links = 200;
    const int Operations = 10_000;

    public async Task RunAsync()
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { Posts = Links, Plain = true });
        string[] links = [.. world.Links];
        var list = Path.Combine(work, "links");
        await File.WriteAllLinesAsync(list, links);
        using (var trawl = Client(world))
            foreach (var link in links)
                await trawl.Videos.GetAsync(link); // makes every clip

        await CacheAsync(world, links);
        await ProcessesAsync(world, list);
        await SessionAsync(world, list);
        await MemoryAsync(world, links);
    }

    async Task CacheAsync(SandboxWorld world, string[] links)
    {
        using var trawl = Client(world);
        await trawl.Videos.GetAsync(links[0]);
        var watch = Stopwatch.StartNew();
        foreach (var link in links)
            await trawl.Videos.GetAsync(link, refresh: true);
        var asked = watch.Elapsed / links.Length;
        const int Rounds = 500;
        watch.Restart();
        for (var round = 0; round < Rounds; round++)
            foreach (var link in links)
                await trawl.Videos.GetAsync(link);
        var known = watch.Elapsed / links.Length / Rounds;
        report(
            "an answer that is known, wall",
            $"{known.TotalMicroseconds:0.0} us",
            $"the same answer asked for {asked.TotalMicroseconds:0} us",
            known / asked,
            "<= 0.001x"
        );
    }

    async Task ProcessesAsync(SandboxWorld world, string list)
    {
        // warm: the slope between one and three repetitions cancels start-up
        var rounds = await Measure.RoundsAsync(3, () => Task.CompletedTask, () => OursAsync(1), () => OursAsync(3));
        var ours = new Cost(
            (rounds.Min(r => r[1].Wall) - rounds.Min(r => r[0].Wall)) / 2,
            (rounds.Min(r => r[1].Cpu) - rounds.Min(r => r[0].Cpu)) / 2,
            0
        );
        const string YtDlp = "yt-dlp --ignore-config --no-update -q --compat-options no-certifi -j";
        var each = await Measure.RunAsync($"xargs -n 1 -P 2 {YtDlp} < {list} > /dev/null", world.Environment);
        var one = await Measure.RunAsync($"{YtDlp} -a {list} > /dev/null", world.Environment);
        Row("wall", ours.Wall, each.Wall, one.Wall);
        Row("CPU", ours.Cpu, each.Cpu, one.Cpu);

        Task<Cost> OursAsync(int times) =>
            Measure.RunAsync($"exec {Paths.Self} resolve {list} {world.Proxy} {world.CertificateFile} {times}");

        void Row(string what, double mine, double many, double single)
        {
            report(
                $"{Links} links resolved, warm, {what}",
                $"{mine:0.00} s",
                $"a yt-dlp process each, two at a time {many:0.00} s",
                mine / many,
                "<= 0.01x"
            );
            report(
                $"{Links} links resolved, warm, {what}",
                $"{mine:0.00} s",
                $"one yt-dlp process for all {single:0.00} s",
                mine / single,
                "<= 0.2x"
            );
        }
    }

    // The same page, for everybody, and in the session of a browser that was shown it; the browser's own work is not in the slope.
    async Task SessionAsync(SandboxWorld world, string list)
    {
        world.TikTok = new TikTokManners();
        var open = await SlopeAsync();
        world.TikTok = TikTokManners.All(FirstAnswer.ProofOfWork) with { ProofLasts = TimeSpan.FromHours(1) };
        var inSession = await SlopeAsync();
        report(
            "posts resolved in a CPU second, in a browser's session",
            $"{Links / inSession:0}",
            $"without one {Links / open:0}",
            open / inSession,
            ">= 0.9x"
        );

        async Task<double> SlopeAsync()
        {
            var rounds = await Measure.RoundsAsync(3, () => Task.CompletedTask, () => OursAsync(2), () => OursAsync(6));
            return (rounds.Min(r => r[1].Cpu) - rounds.Min(r => r[0].Cpu)) / 4;
        }

        Task<Cost> OursAsync(int times) =>
            Measure.RunAsync($"exec {Paths.Self} resolve {list} {world.Proxy} {world.CertificateFile} {times}");
    }

    async Task MemoryAsync(SandboxWorld world, string[] links)
    {
        using var trawl = Client(world);
        foreach (var link in links)
            await trawl.Videos.GetAsync(link);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 20 };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Operations),
            parallel,
            async (i, cancellation) => await trawl.Videos.GetAsync(links[i % links.Length], refresh: i % 10 == 0, cancellation)
        );
        world.Reset(); // its own log is not ours
        var after = GC.GetTotalMemory(forceFullCollection: true);
        report(
            $"managed memory after {Operations} operations",
            $"{after / 1048576.0:0.0} MiB",
            $"{before / 1048576.0:0.0} MiB before",
            after / (double)before,
            $"within 50 MB ({(after - before) / 1e6:+0.0;-0.0} MB)"
        );
    }

    /// <summary>The library alone, as a command: all links of a list, so many times, sixteen at a time, none from the cache.</summary>
    public static async Task ResolveAsync(string list, string proxy, string certificate, int times)
    {
        await using var trawl = Client(new Uri(proxy), certificate);
        var links = await File.ReadAllLinesAsync(list);
        await trawl.Videos.GetAsync(links[0], refresh: true); // learns which doors are open
        await Parallel.ForEachAsync(
            Enumerable.Repeat(links, times).SelectMany(l => l),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (link, cancellation) => await trawl.Videos.GetAsync(link, refresh: true, cancellation)
        );
    }

    static TrawlClient Client(SandboxWorld world) => Client(world.Proxy, world.CertificateFile);

    static TrawlClient Client(Uri proxy, string certificate) =>
        new(
            new TrawlOptions
            {
                Strategies = ["web"],
                Renderer = parts => new PageVisit(
                    new BrowserPool(new BrowserOptions { TrustAnyCertificate = true }, parts.Network, parts.Time)
                ),
                Http = new()
                {
                    Proxies = [proxy],
                    CertificateFile = certificate,
                    Pace = new Dictionary<string, HostPace>(),
                },
            }
        );
}
