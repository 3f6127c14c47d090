using System.Text;
using Trawl.Benchmarks;
using Trawl.Keyframes;
using Trawl.Sandbox;

if (args is ["fetch", var list, var target, var concurrency, ..])
{
    await Fetch.RunAsync(list, target, int.Parse(concurrency), args.ElementAtOrDefault(4));
    return 0;
}
if (args is ["resolve", var wanted, var proxy, var certificate, var times])
{
    await ResolveBench.ResolveAsync(wanted, proxy, certificate, int.Parse(times));
    return 0;
}
if (args is ["serve-fixed", var port])
{
    await FixedWork.ServeAsync(int.Parse(port));
    return 0;
}
if (args is ["serve-bare", var barePort])
{
    await FixedWork.ServeBareAsync(int.Parse(barePort));
    return 0;
}
var reference = Environment.GetEnvironmentVariable("TRAWL_REFERENCE_DATA");
if (reference is null || !Directory.Exists(reference))
{
    Console.Error.WriteLine("The peers' CDN and the captured page are found through TRAWL_REFERENCE_DATA, which is not set.");
    return 2;
}
var only = args.FirstOrDefault();
var table = new StringBuilder("| what | ours | peer | ratio | goal |\n|---|---|---|---|---|\n");
var work = Directory.CreateTempSubdirectory("trawl-bench-").FullName;
try
{
    if (only is null or "download" or "small")
        await new DownloadBench(reference, work, Row).RunAsync(large: only is not "small", small: only is not "download");
    if (only is null or "parse")
        await ParseAsync();
    if (only is null or "waiting")
        await new ChainBench(Row).RunAsync();
    if (only is "keyframes" && Environment.GetEnvironmentVariable("TRAWL_CORPUS") is { } corpus)
        await new KeyframeBench(corpus, Row).RunAsync(
            args.Length > 1 ? [.. args[1..].Select(m => Enum.Parse<KeyframeMode>(m, ignoreCase: true))] : [KeyframeMode.Scene]
        );
    if (only is null or "resolve")
        await new ResolveBench(work, Row).RunAsync();
    if (only is null or "serve")
        await new ServeBench(reference, work, Row).RunAsync();
    if (only is null or "outbox")
        await new OutboxBench(work, Row).RunAsync();
    if (only is "siege")
        await new SiegeBench(work, TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1]) : 300), Row).RunAsync();
    if (only is null or "crawl")
        await new CrawlBench(work, Row).RunAsync();
    if (only is null or "workers")
        await new CrawlBench(work, Row).TwoWorkersAsync();
    if (only is null or "claims")
        await new ClaimBench(work, Row).RunAsync();
    if (only is null or "cold")
        await ColdAsync();
    if (only is null or "memory")
        await MemoryAsync();
}
finally
{
    Directory.Delete(work, recursive: true);
}
Console.Out.Write(table);
return 0;

void Row(string what, string ours, string peer, double ratio, string goal)
{
    table.Append($"| {what} | {ours} | {peer} | {ratio:0.00##}x | {goal} |\n");
    Console.Error.WriteLine($"{what}: {ours} against {peer}, {ratio:0.00##}x, goal {goal}");
}

async Task ParseAsync()
{
    var file = Path.Combine(reference, "captures", "tiktok-page-video.html");
    var (ours, bytes) = Parsing.Page(await File.ReadAllBytesAsync(file), "7571863205253778710");
    var python = await Parsing.PythonMicrosecondsAsync(file);
    Row("parsing a 504 KB page", $"{ours:0} us", $"Python decode, regex, json.loads {python:0} us", ours / python, "<= 0.025x");
    Row("allocated for it", $"{bytes / 1024:0.0} KiB", "20 KB", bytes / 20_000, "<= 1x");
    var links = Parsing.Links();
    Row("100,000 links parsed", $"{links:0.00} s", "1 s", links, "< 1x");
}

async Task ColdAsync()
{
    await using var world = await SandboxWorld.StartAsync();
    var post = await world.DescribeAsync(1);
    var environment = world.Environment;
    var info = $"exec {Paths.Trawl} info {post.Url} --json";
    await Measure.RunAsync(info, environment);
    var costs = await Measure.InTurnsAsync(
        9,
        () => Task.CompletedTask,
        () => Measure.RunAsync(info, environment),
        () => Measure.RunAsync("exec yt-dlp --version")
    );
    Row(
        "a cold `trawl info`, CPU",
        $"{costs[0].Cpu:0.00} s",
        $"`yt-dlp --version` {costs[1].Cpu:0.00} s",
        costs[0].Cpu / costs[1].Cpu,
        "<= 1.5x"
    );
}

async Task MemoryAsync()
{
    var peaks = new List<double>();
    foreach (var padding in (long[])[4_000_000, 400_000_000])
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { Padding = padding });
        var folder = Path.Combine(work, $"get-{padding}");
        var get = $"exec {Paths.Trawl} get {world.Links[1]} -P {folder} --no-keyframes";
        var environment = world.Environment;
        await Measure.RunAsync(get, environment);
        var runs = await Measure.InTurnsAsync(
            3,
            () => Task.Run(() => Directory.Delete(folder, true)),
            () => Measure.RunAsync(get, environment)
        );
        peaks.Add(runs[0].PeakMiB);
        Directory.Delete(folder, true);
    }
    Row(
        "peak memory of `get`, 400 MB against 4 MB",
        $"{peaks[1]:0} MiB",
        $"{peaks[0]:0} MiB",
        peaks[1] / peaks[0],
        $"within 20 MB ({(peaks[1] - peaks[0]) * 1.048576:+0.0;-0.0} MB)"
    );
}
