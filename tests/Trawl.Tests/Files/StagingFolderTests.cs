using Trawl.Files;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Files;

public class StagingFolderTests
{
    [Fact]
    public async Task Is_held_by_one_at_a_time()
    {
        using var library = new TempFolder();
        var clock = new FakeClock();
        var first = await StagingFolder.TakeAsync(library.Path, "tiktok-1", clock, CancellationToken.None);

        var second = StagingFolder.TakeAsync(library.Path, "tiktok-1", clock, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(10));
        second.IsCompleted.ShouldBeFalse();
        first.Dispose();
        while (!second.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await second).Dispose();
    }

    [Fact]
    public async Task Leaves_nothing_behind_when_nothing_came()
    {
        using var library = new TempFolder();

        (await StagingFolder.TakeAsync(library.Path, "tiktok-1", TimeProvider.System, CancellationToken.None)).Dispose();

        Directory.EnumerateDirectories(library.File(".trawl/staging")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweeps_what_is_old_and_not_held()
    {
        using var library = new TempFolder();
        using var held = await StagingFolder.TakeAsync(library.Path, "tiktok-1", TimeProvider.System, CancellationToken.None);
        using (var left = await StagingFolder.TakeAsync(library.Path, "tiktok-2", TimeProvider.System, CancellationToken.None))
            await File.WriteAllTextAsync(left.File("x.part"), "x");
        var later = new FakeClock();
        later.Advance(DateTime.MaxValue.ToUniversalTime() - later.GetUtcNow().UtcDateTime - TimeSpan.FromDays(1));

        StagingFolder.Sweep(library.Path, TimeSpan.FromDays(3), TimeProvider.System).ShouldBe(0);
        StagingFolder.Sweep(library.Path, TimeSpan.FromDays(3), later).ShouldBe(1);
        Directory.Exists(held.FolderPath).ShouldBeTrue();
    }
}
