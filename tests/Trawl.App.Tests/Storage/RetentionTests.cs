using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Storage;

public class RetentionTests
{
    [Fact]
    public void What_is_too_old_goes_with_what_lies_beside_it_and_what_is_to_be_kept_stays()
    {
        using var folder = new TempFolder();
        var clock = new FakeClock();
        foreach (
            var (name, days) in new[]
            {
                ("tiktok/1.mp4", 8),
                ("tiktok/1.info.json", 8),
                ("tiktok/2.mp4", 6),
                ("tiktok/3.mp4", 9),
                ("tiktok/3.keep", 1),
                ("youtube/a.mp4", 8),
            }
        )
            Write(folder, clock, name, days);

        var told = new Retention(folder.Path, TimeSpan.FromDays(7), clock).Run(dry: true);
        var done = new Retention(folder.Path, TimeSpan.FromDays(7), clock).Run(dry: false);

        told.Removed.ShouldBe(done.Removed);
        (told.Bytes, told.Kept, told.Folders).ShouldBe((done.Bytes, done.Kept, 0));
        (done.Bytes, done.Kept, done.Folders).ShouldBe((3, 1, 1));
        Directory
            .EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder.Path, f))
            .Order(StringComparer.Ordinal)
            .ShouldBe(["tiktok", "tiktok/2.mp4", "tiktok/3.keep", "tiktok/3.mp4"]);
    }

    [Fact]
    public void The_age_is_reckoned_at_each_run()
    {
        using var folder = new TempFolder();
        var clock = new FakeClock();
        Directory.CreateDirectory(folder.File("tiktok"));
        File.WriteAllText(folder.File("tiktok/1.mp4"), "x");
        File.SetLastWriteTimeUtc(folder.File("tiktok/1.mp4"), clock.GetUtcNow().UtcDateTime);
        var retention = new Retention(folder.Path, TimeSpan.FromDays(7), clock);

        retention.Run(dry: false).Removed.ShouldBeEmpty();
        clock.Advance(TimeSpan.FromDays(8));

        retention.Run(dry: false).Removed.ShouldHaveSingleItem();
    }

    [Fact]
    public void Links_are_not_followed_and_a_folder_that_is_not_there_is_no_trouble()
    {
        using var folder = new TempFolder();
        using var other = new TempFolder();
        File.WriteAllText(other.File("precious"), "x");
        File.SetLastWriteTimeUtc(other.File("precious"), DateTime.UnixEpoch);
        Directory.CreateSymbolicLink(folder.File("link"), other.Path);

        new Retention(folder.Path, TimeSpan.FromDays(7), TimeProvider.System).Run(dry: false).Removed.ShouldBeEmpty();
        new Retention(folder.File("nowhere"), TimeSpan.FromDays(7), TimeProvider.System).Run(dry: false).Errors.ShouldBeEmpty();

        File.Exists(other.File("precious")).ShouldBeTrue();
    }

    [Fact]
    public void Keyframes_have_an_age_of_their_own_and_those_of_a_pinned_video_stay()
    {
        using var folder = new TempFolder();
        var clock = new FakeClock();
        foreach (var name in (string[])["videos/tiktok/1.mp4", "videos/tiktok/2.keep", "keyframes/1/a.jpg", "keyframes/2/a.jpg"])
            Write(folder, clock, name, days: 20);
        var options = new WorkerOptions { Data = folder.Path, Retention = TimeSpan.Zero };

        RetentionRules.Of(options, clock).ShouldBeEmpty();
        var kept = Retention.RunAll(RetentionRules.Of(options with { KeyframeRetention = TimeSpan.FromDays(30) }, clock), dry: false);
        var gone = Retention.RunAll(RetentionRules.Of(options with { KeyframeRetention = TimeSpan.FromDays(10) }, clock), dry: false);

        kept.Removed.ShouldBeEmpty();
        gone.Removed.ShouldBe([folder.File("keyframes/1/a.jpg")]);
        (gone.Kept, gone.Folders).ShouldBe((1, 1));
        File.Exists(folder.File("videos/tiktok/1.mp4")).ShouldBeTrue();
    }

    [Fact]
    public void An_orphan_is_what_lies_there_for_a_day_and_belongs_to_no_known_video()
    {
        using var folder = new TempFolder();
        var clock = new FakeClock();
        string[] old =
        [
            "videos/tiktok/1.mp4",
            "videos/tiktok/2.mp4",
            "videos/tiktok/2.info.json",
            "videos/tiktok/1.photos/001.jpg",
            "keyframes/1/a.jpg",
            "keyframes/2/a.jpg",
        ];
        foreach (var name in old)
            Write(folder, clock, name, days: 2);
        Write(folder, clock, "videos/tiktok/3.mp4", days: 0);

        var report = Retention.RunAll(
            RetentionRules.Orphans(new WorkerOptions { Data = folder.Path }, new HashSet<string> { "1" }, clock),
            dry: false
        );

        report
            .Removed.Select(f => Path.GetRelativePath(folder.Path, f))
            .Order(StringComparer.Ordinal)
            .ShouldBe(["keyframes/2/a.jpg", "videos/tiktok/2.info.json", "videos/tiktok/2.mp4"]);
    }

    [Fact]
    public void A_folder_that_cannot_be_read_is_told_of()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root reads everything");
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("closed"), UnixFileMode.UserWrite);

        new Retention(folder.Path, TimeSpan.FromDays(7), TimeProvider.System).Run(dry: false).Errors.ShouldHaveSingleItem();
    }

    static void Write(TempFolder folder, FakeClock clock, string name, int days)
    {
        var path = folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "x");
        File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime.AddDays(-days));
    }
}
