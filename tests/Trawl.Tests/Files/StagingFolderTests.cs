using Trawl.Failures;
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
    public async Task Of_many_that_take_and_clear_it_no_two_have_it_at_once()
    {
        using var library = new TempFolder();
        var (holders, most) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => TakeOftenAsync(i % 2 == 0))));

        most.ShouldBe(1);
        Directory.EnumerateDirectories(library.File(".trawl/staging")).ShouldBeEmpty();

        async Task TakeOftenAsync(bool clears)
        {
            for (var i = 0; i < 40; i++)
            {
                // a clock that does not stand still: who has to wait looks again at once
                using var taken = await StagingFolder.TakeAsync(library.Path, "tiktok-1", new Hasty(), CancellationToken.None);
                InterlockedMax(ref most, Interlocked.Increment(ref holders));
                await File.WriteAllTextAsync(taken.File("part"), "x");
                File.Delete(taken.File("part"));
                Interlocked.Decrement(ref holders);
                if (clears)
                    taken.Clear();
            }
        }

        static void InterlockedMax(ref int most, int value)
        {
            while (Volatile.Read(ref most) is var seen && value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen)
            {
                // another one was faster
            }
        }
    }

    [Theory]
    [InlineData("library")]
    [InlineData("library/.trawl")]
    [InlineData("library/.trawl/staging")]
    [InlineData("library/.trawl/staging/tiktok-1")]
    public async Task A_file_in_its_place_is_told(string path)
    {
        using var place = new TempFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(place.File(path))!);
        File.WriteAllText(place.File(path), "");

        var taking = StagingFolder.TakeAsync(place.File("library"), "tiktok-1", new Hasty(), TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<TrawlException>(taking)).Kind.ShouldBe(FailureKind.StorageDenied);
    }

    sealed class Hasty : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
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
        Directory.CreateDirectory(library.File(".trawl/staging/name-1")); // as who was killed at once leaves it
        File.WriteAllText(library.File(".trawl/staging/name-1/lock"), "");
        var later = new FakeClock();
        later.Advance(DateTime.MaxValue.ToUniversalTime() - later.GetUtcNow().UtcDateTime - TimeSpan.FromDays(1));

        StagingFolder.Sweep(library.Path, TimeSpan.FromDays(3), TimeProvider.System).ShouldBe(1);
        Directory.Exists(library.File(".trawl/staging/name-1")).ShouldBeFalse();
        Directory.Exists(library.File(".trawl/staging/tiktok-2")).ShouldBeTrue();
        StagingFolder.Sweep(library.Path, TimeSpan.FromDays(3), later).ShouldBe(1);
        Directory.Exists(held.FolderPath).ShouldBeTrue();
    }
}
