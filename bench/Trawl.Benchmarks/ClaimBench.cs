using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Trawl.App.Jobs;
using Trawl.App.Storage;

namespace Trawl.Benchmarks;

/// <summary>Taking videos from the queue and saying what became of them: many workers against one on SQLite, and against pgbench with the same statements on PostgreSQL; and out of a million.</summary>
sealed partial class ClaimBench(string work, Report report)
{
    const int Workers = 8;
    const int Seconds = 5;
    const int Many = 1_000_000;

    public async Task RunAsync()
    {
        await using (var sqlite = Database.At(Path.Combine(work, "claims.db")))
        {
            await FillAsync(sqlite);
            var (one, _) = await ClaimAsync(sqlite, 1);
            var (eight, p95) = await ClaimAsync(sqlite, Workers);
            report($"SQLite, claims a second by {Workers} workers", $"{eight:0}", $"one {one:0}", eight / one, ">= 0.8x");
            report($"SQLite, a claim out of {Many:N0}, p95 of {Workers}", $"{p95:0.00} ms", "", p95, "< 10 (ms)");
        }
        await PostgresAsync();
    }

    async Task PostgresAsync()
    {
        await using var server = await PostgresServer.StartAsync();
        var place = await server.NewDatabaseAsync();
        await using var database = Database.At(place);
        await FillAsync(database);
        var dialect = new PostgresDialect("Host=127.0.0.1");
        var claim = string.Join(
            ' ',
            dialect
                .Say(ItemQueue.ClaimItems(1))
                .Replace("@before", "''", StringComparison.Ordinal)
                .Replace("@lease", "30", StringComparison.Ordinal)
                .Replace("@platform", "'tiktok'", StringComparison.Ordinal)
                .Split('\n', StringSplitOptions.TrimEntries)
        );
        const string done =
            "update trawl_items set state = 'skipped', error = 'done' where job_id = 'j' and platform = 'tiktok' and video_id = :videoid and token = :token and state = 'running'";
        var script = Path.Combine(work, "claim.sql");
        await File.WriteAllTextAsync(script, $"{claim} \\gset\n{done};\n");
        var (ours, p95) = await ClaimAsync(database, Workers);
        var log = Path.Combine(work, "pgbench");
        await Measure.RunAsync(
            $"{PostgresServer.Programs}/pgbench {PostgresServer.Flags} -n -M prepared -c {Workers} -j 2 -T {Seconds} -f {script} {new Uri(place).AbsolutePath.Trim('/')} > {log} 2>&1"
        );
        var peer = double.Parse(PerSecond().Match(await File.ReadAllTextAsync(log)).Groups["count"].Value, CultureInfo.InvariantCulture);
        report($"PostgreSQL, claims a second by {Workers} workers", $"{ours:0}", $"pgbench {peer:0}", ours / peer, ">= 0.7x");
        report($"PostgreSQL, a claim out of {Many:N0}, p95 of {Workers}", $"{p95:0.00} ms", "", p95, "< 10 (ms)");
    }

    static async Task FillAsync(Database database)
    {
        await Migrations.ApplyAsync(database, CancellationToken.None);
        await database.InTransactionAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    "insert into trawl_jobs (job_id, correlation_id, request, state, searched, created_at) values ('j', 'j', '{}', 'running', 1, {now})"
                );
                await statements.ExecuteAsync(
                    """
                    insert into trawl_items (job_id, platform, video_id, url, title, rank, state)
                    with recursive n (i) as (select 1 union all select i + 1 from n where i < @Many)
                    select 'j', 'tiktok', '76000000000' || i, 'https://www.tiktok.com/@user/video/76000000000' || i, 'a title', i, 'queued' from n
                    """,
                    new { Many }
                );
                await statements.ExecuteAsync("analyze trawl_items");
            },
            CancellationToken.None
        );
    }

    static async Task<(double PerSecond, double P95)> ClaimAsync(Database database, int workers)
    {
        var queue = new ItemQueue(database, TimeSpan.FromSeconds(30));
        await queue.ClaimItemsAsync("tiktok", 1, null, CancellationToken.None);
        var watch = Stopwatch.StartNew();
        var waits = await Task.WhenAll(
            Enumerable
                .Range(0, workers)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var mine = new List<double>();
                        while (watch.Elapsed.TotalSeconds < Seconds)
                        {
                            var began = Stopwatch.GetTimestamp();
                            var item = (await queue.ClaimItemsAsync("tiktok", 1, null, CancellationToken.None))[0];
                            mine.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                            await queue.SkipAsync(item, "done", CancellationToken.None);
                        }
                        return mine;
                    })
                )
        );
        var all = waits.SelectMany(w => w).Order().ToList();
        return (all.Count / watch.Elapsed.TotalSeconds, all[(int)(all.Count * 0.95)]);
    }

    // tps = 1234.567 (without initial connection time)
    [GeneratedRegex(@"tps = (?<count>[0-9.]+)", RegexOptions.NonBacktracking)]
    private static partial Regex PerSecond();
}
