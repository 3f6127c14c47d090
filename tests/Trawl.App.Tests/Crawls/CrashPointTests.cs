using System.Globalization;
using System.Text.RegularExpressions;
using Trawl.App.Jobs;
using Trawl.App.Messaging;
using Trawl.App.Operations;
using Trawl.App.Storage;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Crawls;

/// <summary>
/// Killed right before a change to its folder is made: every write, flush, rename and removal a crawl makes is such a point. The list is taken from a
/// crawl that is watched, so that no new one is forgotten. What follows is always the same: the next run ends with everything, once.
/// </summary>
public sealed partial class CrashPointTests : IAsyncLifetime
{
    const string Changes = "rename,fsync,fdatasync,write,pwrite64,unlink,rmdir,mkdir,ftruncate";
    const int Killed = 137;

    static readonly Dictionary<string, string> ShortLease = new() { ["Trawl__Work__Lease"] = "1" };

    readonly TempFolder _folder = new();
    SandboxWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await SandboxWorld.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public Task Killed_before_a_change_it_loses_nothing() => KillAsync(most: 4);

    [Fact]
    public async Task Killed_before_any_change_it_loses_nothing()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only");
        await KillAsync(most: int.MaxValue);
    }

    async Task KillAsync(int most)
    {
        var watched = _folder.File("watched");
        (
            await StraceAsync(watched, ["-e", $"trace=execve,clone,clone3,fork,vfork,{Changes}", "-o", _folder.File("log")])
        ).ExitCode.ShouldBe(0);
        var expected = FilesIn(watched);
        var points = PointsIn(_folder.File("log"), watched);
        points.Count.ShouldBeGreaterThanOrEqualTo(40);

        var killed = 0;
        for (var i = 0; i < Math.Min(most, points.Count); i++)
        {
            // all over the work, from its first change to its last
            var point = points[most >= points.Count ? i : i * (points.Count - 1) / (most - 1)];
            var folder = _folder.File($"{i}");
            string[] kill =
            [
                "-o",
                "/dev/null",
                "-e",
                $"trace={point.Call}",
                "-P",
                Path.Combine(folder, point.Path),
                "-e",
                $"inject={point.Call}:signal=KILL:when={point.Time}",
            ];
            var first = await StraceAsync(folder, kill);
            first.ExitCode.ShouldBeOneOf(Killed, 0);
            killed += first.ExitCode == Killed ? 1 : 0;

            var next = await AppProgram.TrawlAsync(_world, ShortLease, Crawl(folder));

            next.ExitCode.ShouldBe(0, $"{point}: {next.Messages}");
            FilesIn(folder).ShouldBe(expected, $"{point}");
            await AuditAsync(folder, $"{point}");
        }
        killed.ShouldBeGreaterThan(Math.Min(most, points.Count) / 2, "a few are not met again, as threads take turns");
    }

    static async Task AuditAsync(string folder, string point)
    {
        await using var database = Database.At(Path.Combine(folder, "trawl.db"));
        var store = new DiskStore(folder, new OutputTemplate("videos/%(platform)s/%(id)s.%(ext)s"), TimeProvider.System);
        (await new Audit(database, store).RunAsync(deep: true, CancellationToken.None)).ShouldBeEmpty(point);
        (await new JobDesk(database).StatusAsync(null, CancellationToken.None)).ShouldHaveSingleItem().Done.ShouldBe(1, point);
        (await Catalog.VideosAsync(database, null, 10, CancellationToken.None)).Count.ShouldBe(1, point);
        var events = await new Outbox(database).ListAsync(null, unsent: false, 100, CancellationToken.None);
        events.ShouldAllBe(e => e.IsSent, point);
        events
            .Select(e => e.Topic)
            .Distinct()
            .ShouldBe([Messages.Completed, Messages.Batch, Messages.KeyframesReady], ignoreOrder: true, point);
    }

    Task<Run> StraceAsync(string folder, string[] how) =>
        AppProgram.RunAsync("strace", _world, ShortLease, ["-f", "-y", .. how, AppProgram.Path, .. Crawl(folder)]);

    static string[] Crawl(string folder) => ["crawl", "street cat", "-n", "1", "-P", folder];

    // but for the database, which has no two runs the same
    static IReadOnlyList<string> FilesIn(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(folder, f))
                .Where(f => !f.StartsWith("trawl.db", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The changes of a log, in the order they were made, those of programs it started left out; of the many writes to the database some.</summary>
    static IReadOnlyList<CrashPoint> PointsIn(string log, string folder)
    {
        var (points, seen, others) = (new List<CrashPoint>(), new Dictionary<(string, string), int>(), new HashSet<string>());
        string? main = null;
        foreach (var line in File.ReadLines(log))
        {
            if (Birth().Match(line) is { Success: true } birth)
            {
                // a thread or child of a program that was started belongs to it
                if (others.Contains(birth.Groups["process"].Value))
                    others.Add(birth.Groups["child"].Value);
                continue;
            }
            if (Line().Match(line) is not { Success: true } match)
                continue;
            var (process, call) = (match.Groups["process"].Value, match.Groups["call"].Value);
            main ??= process;
            if (call == "execve" && process != main)
                others.Add(process);
            if (others.Contains(process) || Where().Match(match.Groups["rest"].Value) is not { Success: true } found)
                continue;
            var path = Path.GetRelativePath(folder, found.Groups["path"].Value);
            if (call == "execve" || path.StartsWith("..", StringComparison.Ordinal) || path.Contains(".drafts-"))
                continue;
            var time = seen[(call, path)] = seen.GetValueOrDefault((call, path)) + 1;
            if (time == 1 || (path == "trawl.db-wal" && time is 2 or 4 or 8 or 16))
                points.Add(new CrashPoint(call, path, time));
        }
        return points;
    }

    sealed record CrashPoint(string Call, string Path, int Time)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"before {Call} {Time} of {Path}");
    }

    // 4711 rename("/a/b.new", "/a/b") = 0 | 4711 fsync(12</a/b>) = 0
    [GeneratedRegex(@"^(?<process>\d+) +(?<call>\w+)\((?<rest>.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^(?<process>\d+) .*\b(clone3?|v?fork)\b.* = (?<child>\d+)$")]
    private static partial Regex Birth();

    [GeneratedRegex("[\"<](?<path>/[^\">]+)[\">]")]
    private static partial Regex Where();
}
