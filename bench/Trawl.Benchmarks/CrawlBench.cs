using System.Globalization;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;

namespace Trawl.Benchmarks;

/// <summary>A crawl from the search to the last event, against yt-dlp started once for each file, and yt-dlp with ffmpeg's own scene filter; and two workers against one.</summary>
sealed class CrawlBench(string work, Report report)
{
    const int Posts = 260;
    const int Sample = 12;
    const int Rounds = 2;

    public async Task RunAsync()
    {
        // posts that both sides can have: one that only a browser is shown would cost as much as a hundred others, and yt-dlp would not get it
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { Posts = Posts, Plain = true });
        var (warm, _) = await CrawlAsync(world, "warm", "-n 50 --no-keyframes", SandboxWorld.Subjects); // makes every clip
        Console.Error.WriteLine($"{warm} videos");

        // The machine is not equally fast all the time: of two rounds by turns, the better one of each counts.
        string[] links = [.. world.Links.Take(Sample)];
        var (bare, whole, peer, pictures) = (new List<Cost>(), new List<Cost>(), new List<double>(), new List<double>());
        var videos = 0;
        for (var round = 0; round < Rounds; round++)
        {
            (videos, var cost) = await CrawlAsync(world, $"bare{round}", "-n 50 --no-keyframes", SandboxWorld.Subjects);
            bare.Add(cost);
            peer.Add(await EachAsync(world, links, ""));
            whole.Add((await CrawlAsync(world, $"whole{round}", "-n 50", SandboxWorld.Subjects)).Cost);
            pictures.Add(
                await EachAsync(
                    world,
                    links,
                    $" && ffmpeg -nostdin -v error -y -i {work}/$i.mp4 -vf \"select='gt(scene,0.3)'\" -fps_mode vfr {work}/$i-%03d.jpg"
                )
            );
        }

        Tell("crawl without keyframes, CPU a video", bare.Min(c => c.Cpu) / videos, "a yt-dlp each", peer.Min(), "<= 0.05x");
        Tell("crawl with keyframes, CPU a video", whole.Min(c => c.Cpu) / videos, "a yt-dlp and an ffmpeg each", pictures.Min(), "<= 0.5x");
        var wall = bare.Min(c => c.Wall);
        report("crawl without keyframes, wall", $"{wall:0.0} s", $"{videos} videos", wall / videos, "(s a video)");
    }

    /// <summary>Two workers on one database and folder against one, while the head of each file takes four seconds.</summary>
    public async Task TwoWorkersAsync()
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { Posts = 240, Plain = true });
        const string plain = "-n 48 --no-keyframes";
        var subjects = SandboxWorld.Subjects; // so many videos that start and end weigh little
        await CrawlAsync(world, "ready", plain, subjects);
        world.Add(
            new FaultRule
            {
                Host = "v16-webapp-prime.tiktok.com",
                Fault = "slow-headers",
                Times = int.MaxValue,
                Args = new Dictionary<string, string> { ["every"] = "0.02" },
            }
        );
        var (videos, one) = await CrawlAsync(world, "one", plain, subjects);
        var folder = Path.Combine(work, "two");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(CrawlAsync(world, "two", plain, subjects), CrawlAsync(world, "two", plain, subjects));
        var two = watch.Elapsed.TotalSeconds;
        report("two workers, a slow CDN, wall", $"{two:0.0} s", $"one {one.Wall:0.0} s, {videos} videos", one.Wall / two, ">= 1.8x");
        Directory.Delete(folder, recursive: true);
    }

    async Task<(int Videos, Cost Cost)> CrawlAsync(SandboxWorld world, string name, string more, params IEnumerable<string> subjects)
    {
        var folder = Path.Combine(work, name);
        var phrases = string.Join(' ', subjects.DefaultIfEmpty(SandboxWorld.Subjects[0]).Select(s => $"'{s}'"));
        var environment = new Dictionary<string, string>(world.Environment) { ["Trawl__Http__RequestsPerMinute"] = "1000" };
        var cost = await Measure.RunAsync($"{Paths.Trawl} crawl {phrases} -P {folder} {more} || test $? = 3", environment);
        var count = Directory.GetFiles(folder, "*.mp4", SearchOption.AllDirectories).Length;
        return (count, cost);
    }

    async Task<double> EachAsync(SandboxWorld world, string[] links, string then)
    {
        var list = Path.Combine(work, "each");
        await File.WriteAllLinesAsync(list, links);
        var get = $"yt-dlp --compat-options no-certifi -q --no-part --force-overwrites -o {work}/$i.mp4 \"$l\"";
        var cost = await Measure.RunAsync($"i=0; while read l; do i=$((i+1)); {get}{then} || exit 1; done < {list}", world.Environment);
        return cost.Cpu / links.Length;
    }

    void Tell(string what, double ours, string peerName, double peer, string goal) =>
        report(
            what,
            string.Create(CultureInfo.InvariantCulture, $"{ours * 1000:0} ms"),
            string.Create(CultureInfo.InvariantCulture, $"{peerName} {peer * 1000:0} ms"),
            ours / peer,
            goal
        );
}
