using System.Diagnostics;
using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Benchmarks;

/// <summary>What waiting costs: for a strategy that rests, and for many slow answers at once.</summary>
sealed class ChainBench(Report report)
{
    const int Jobs = 20;
    const int Width = 5;

    static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(50);

    public async Task RunAsync()
    {
        await RestingAsync();
        await TogetherAsync();
    }

    async Task RestingAsync()
    {
        using var trawl = Client(new Slow(() => throw new TrawlException(FailureKind.Network, "down")));
        var links = Links(30);
        var asked = await TimeAsync(() => trawl.Videos.GetAllAsync(links[..5], parallel: 1)) / 5;
        await trawl.Videos.GetAllAsync(links[5..10]); // its breaker is open by now
        var refused = await TimeAsync(() => trawl.Videos.GetAllAsync(links[10..], parallel: 1)) / 20;
        report(
            "a strategy that rests says so, wall",
            $"{refused.TotalMicroseconds:0} us",
            $"asking it {asked.TotalMicroseconds:0} us",
            refused / TimeSpan.FromMilliseconds(5),
            "<= 5 ms"
        );
    }

    async Task TogetherAsync()
    {
        using var trawl = Client(new Slow(() => { }));
        var links = Links(Jobs);
        var alone = await TimeAsync(() => trawl.Videos.GetAllAsync(links, parallel: 1));
        var together = await TimeAsync(() => trawl.Videos.GetAllAsync(links, Width));
        report(
            $"{Jobs} answers of {Answer.TotalMilliseconds:0} ms, {Width} at a time, wall",
            $"{together.TotalMilliseconds:0} ms",
            $"one after the other {alone.TotalMilliseconds:0} ms",
            together / alone,
            "<= 0.25x"
        );
    }

    static string[] Links(int count) =>
        [.. Enumerable.Range(0, count).Select(i => $"https://www.tiktok.com/@u/video/71067982007949263{i:00}")];

    static TrawlClient Client(Strategy strategy) =>
        new(
            new TrawlOptions
            {
                Strategies = [strategy.Name],
                ExtraStrategies = [("tiktok", _ => strategy)],
                Cache = new CacheOptions { Enabled = false },
            }
        );

    static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed;
    }

    sealed class Slow(Action then) : Strategy
    {
        public override string Name => "slow";

        public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
        {
            await Task.Delay(Answer, TimeProvider.System, cancellation);
            then();
            return new Video { Url = url, Id = url.Id! };
        }
    }
}
