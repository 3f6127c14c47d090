using Trawl.Failures;
using Trawl.Platforms;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Platforms;

/// <summary>Many at once through a resolver service: none hangs, none is lost.</summary>
public class ManyAtOnceTests
{
    [Fact]
    public async Task Two_hundred_rounds_of_three_with_random_resets_all_end_well()
    {
        await using var world = await SandboxWorld.StartAsync();
        using var trawl = Client(world);
        using var folder = new TempFolder();
        var posts = new[] { await world.DescribeAsync(14), await world.DescribeAsync(15), await world.DescribeAsync(16) };
        var chance = new Random(5);

        for (var round = 0; round < 200; round++)
        {
            world.Reset();
            if (round % 2 == 0)
                world.Add(
                    new FaultRule
                    {
                        Host = round % 4 == 0 ? "resolver.sandbox.test" : "v16m.tiktokcdn.com",
                        Fault = "reset",
                        Times = 1,
                        Seed = chance.Next(),
                    }
                );
            var files = await Task.WhenAll(posts.Select((p, i) => GetAsync(trawl, p.Url, folder.File($"{round}-{i}"))))
                .WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, TestContext.Current.CancellationToken);

            files.ShouldBe(posts.Select(p => p.Variants[0].Sha256));
            Directory.Delete(folder.File($"{round}-0"), recursive: true);
        }
    }

    [Fact]
    public async Task Three_hundred_questions_at_once_are_all_answered()
    {
        await using var world = await SandboxWorld.StartAsync(new SandboxOptions { Posts = 330 });
        using var trawl = Client(world);
        foreach (var place in (int[])[14, 15, 16, 17, 18, 19])
            await world.DescribeAsync(place); // makes the clips

        var videos = await Task.WhenAll(world.Links.Skip(14).Take(300).Select(l => trawl.Videos.GetAsync(l)))
            .WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, TestContext.Current.CancellationToken);

        videos.Select(v => v.Id).Distinct().Count().ShouldBe(300);
    }

    static TrawlClient Client(SandboxWorld world) =>
        new(
            new TrawlOptions
            {
                Strategies = ["scrapling-api"],
                Cache = new() { Enabled = false },
                Resolver = new ResolverOptions { Address = SandboxWorld.Resolver },
                Http = new()
                {
                    Proxies = [world.Proxy],
                    CertificateFile = world.CertificateFile,
                    RetryDelay = TimeSpan.FromMilliseconds(10),
                },
            }
        );

    static async Task<string> GetAsync(TrawlClient trawl, string link, string folder)
    {
        var video = await trawl.Videos.GetAsync(link);
        return (await trawl.Downloads.RunAsync(video, folder)).Sha256;
    }
}
