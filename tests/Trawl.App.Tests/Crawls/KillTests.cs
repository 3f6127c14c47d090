using System.Diagnostics;
using Trawl.App.Tests.Shared;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Crawls;

/// <summary><c>kill -9</c> at random moments of a batch of twenty, each followed by a run to the end.</summary>
public class KillTests(WorldFixture fixture)
{
    const int Videos = 20;

    [Fact]
    public async Task Kills_lose_nothing_and_leave_nothing_torn() => await KillAsync(rounds: 6, seed: 1);

    [Fact]
    public async Task Forty_more_kills_lose_nothing_and_leave_nothing_torn()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only");
        await KillAsync(rounds: 40, seed: 2);
    }

    async Task KillAsync(int rounds, int seed)
    {
        var chance = new Random(seed);
        var links = fixture
            .Posts.Where(p => p is { Kind: "video", Expect: "ok", Condition: "fine" })
            .Take(Videos)
            .Select(p => p.Url)
            .ToList();
        for (var round = 0; round < rounds; round++)
        {
            using var folder = new TempFolder();
            var list = folder.File("list.txt");
            await File.WriteAllLinesAsync(list, links);
            string[] get = ["get", "-a", list, "-P", folder.File("out"), "--json", "--sleep-requests", "0"];

            var seen = await KillAfterAsync(chance.Next(2, 120), TimeSpan.FromMilliseconds(chance.Next(150)), get);
            Survivors(folder.Path).ShouldBeEmpty($"round {round}: a child outlived its parent");
            Finished(folder.File("out")).ShouldAllBe(f => fixture.IsGenuine(f));

            var rerun = await AppProgram.TrawlAsync(fixture.World, get);

            rerun.ExitCode.ShouldBe(0, $"round {round}: {rerun.Messages} {rerun.Output}");
            var done = rerun.OfType("item.done");
            done.Count.ShouldBe(Videos);
            var files = Finished(folder.File("out"));
            files.Count.ShouldBe(Videos, "nothing double");
            files.ShouldAllBe(f => fixture.IsGenuine(f) && IsComplete(f));
            Directory.EnumerateFileSystemEntries(folder.File("out/.trawl/staging")).ShouldBeEmpty();
            // what the killed run announced as done was not fetched again
            var already = done.Count(e => e.GetProperty("data").GetProperty("already").GetBoolean());
            already.ShouldBeGreaterThanOrEqualTo(seen);
        }
    }

    /// <summary>Kills the run a moment after so many event lines, which lie all over the work.</summary>
    /// <returns>How many videos it had announced as done.</returns>
    async Task<int> KillAfterAsync(int lines, TimeSpan moment, string[] arguments)
    {
        using var process = AppProgram.Start(AppProgram.Path, fixture.World, arguments);
        var done = 0;
        while (lines-- > 0 && await process.StandardOutput.ReadLineAsync() is { } line)
            done += line.Contains("\"item.done\"") ? 1 : 0;
        await Task.Delay(moment, TimeProvider.System);
        process.Kill(); // SIGKILL, and only the one process
        await process.WaitForExitAsync();
        return done;
    }

    static List<string> Finished(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.mp4", SearchOption.AllDirectories).Where(f => !f.Contains("/.trawl/"))]
            : [];

    static bool IsComplete(string mp4)
    {
        var stem = mp4[..^4];
        return File.Exists(stem + ".info.json")
            && File.Exists(stem + ".sheet.jpg")
            && File.Exists(Path.Combine(stem + ".keyframes", "keyframes.json"))
            && Directory.EnumerateFiles(stem + ".keyframes", "*.jpg").Any();
    }

    // the kernel needs a moment to take the children down
    static IReadOnlyList<string> Survivors(string folder)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            var alive = Directory
                .EnumerateDirectories("/proc")
                .Where(p => int.TryParse(Path.GetFileName(p), out _))
                .Select(CommandLine)
                .Where(c => c.Contains(folder, StringComparison.Ordinal))
                .ToList();
            if (alive.Count == 0 || deadline.Elapsed > TimeSpan.FromSeconds(5))
                return alive;
        }
    }

    static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended while we looked
        }
    }
}
