using System.Text.Json.Nodes;
using Trawl.Browser;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Browser;

public class BrowserProfileTests
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clone_is_a_copy_of_its_own_and_goes_with_its_user()
    {
        using var folder = new TempFolder();
        var profile = Warm(folder);

        using (var one = await profile.CloneAsync(None))
        using (var other = await profile.CloneAsync(None))
        {
            one.Folder.ShouldNotBe(other.Folder);
            File.WriteAllText(Path.Combine(one.Folder, "Default", "Cookies"), "changed");
            File.ReadAllText(Path.Combine(other.Folder, "Default", "Cookies")).ShouldBe("cookies");
        }

        File.ReadAllText(Path.Combine(profile.Master, "Default", "Cookies")).ShouldBe("cookies");
        Directory.GetDirectories(profile.Clones).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_browser_left_behind_that_crashed_is_not_copied()
    {
        using var folder = new TempFolder();
        var profile = Warm(folder);
        File.CreateSymbolicLink(Path.Combine(profile.Master, "SingletonLock"), "nowhere-4711");
        File.CreateSymbolicLink(Path.Combine(profile.Master, "SingletonSocket"), "/tmp/not/there");
        Directory.CreateDirectory(Path.Combine(profile.Master, "Default", "Cache"));

        using var clone = await profile.CloneAsync(None);

        Directory
            .EnumerateFileSystemEntries(clone.Folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(clone.Folder, f))
            .Order()
            .ShouldBe([".in-use", "Default", "Default/Cookies"]);
    }

    [Fact]
    public async Task While_somebody_writes_copies_are_made_of_what_was_before()
    {
        using var folder = new TempFolder();
        var profile = Warm(folder);
        using var session = await profile.WriteAsync(None);
        File.WriteAllText(Path.Combine(session.Folder, "Default", "Cookies"), "half writ");

        using var clone = await profile.CloneAsync(None);

        File.ReadAllText(Path.Combine(clone.Folder, "Default", "Cookies")).ShouldBe("cookies");
    }

    [Fact]
    public async Task A_second_writer_waits_half_a_minute_and_is_told()
    {
        using var folder = new TempFolder();
        var clock = new FakeClock();
        var profile = Warm(folder, time: clock);
        using var session = await profile.WriteAsync(None);

        var second = profile.WriteAsync(None);
        var began = clock.GetUtcNow();
        while (!second.IsCompleted)
        {
            if (clock.NextDue is not null)
                clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        var failure = await Should.ThrowAsync<TrawlException>(() => second);
        failure.Detail.ShouldBe("PROFILE_LOCKED");
        failure.Message.ShouldBe("Error: Failed to acquire lock for write mode: Timeout waiting for exclusive user-data lock");
        (clock.GetUtcNow() - began).ShouldBe(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_lock_is_held_for_the_whole_session_and_then_given_back()
    {
        using var folder = new TempFolder();
        var profile = Warm(folder);
        using (await profile.WriteAsync(None))
            ProfileLock.Try(Path.Combine(profile.Root, "chromium_profile.lock"), shared: true).ShouldBeNull();

        using var next = await profile.WriteAsync(None);

        next.Folder.ShouldBe(profile.Master);
    }

    [Fact]
    public async Task Pruning_spares_what_is_in_use_and_removes_what_was_left_behind()
    {
        using var folder = new TempFolder();
        var profile = Warm(folder, most: 2);
        using var used = await profile.CloneAsync(None);
        Directory.SetLastWriteTimeUtc(used.Folder, DateTime.UnixEpoch);
        var leftBehind = Clone("left-behind", hours: 0);
        File.WriteAllText(Path.Combine(leftBehind, ".in-use"), "");
        Clone("old", hours: 25);
        foreach (var i in Enumerable.Range(0, 4))
            Clone($"recent-{i}", hours: i);

        var report = profile.Prune();

        Directory
            .GetDirectories(profile.Clones)
            .Select(Path.GetFileName)
            .Order()
            .ShouldBe([Path.GetFileName(used.Folder), "recent-0", "recent-1"], ignoreOrder: true);
        report.Cleaned.ShouldBe(4);
        report.Remaining.ShouldBe(3);
        ProfileMetadata.Read(profile.Master)["remaining_clones"]!.GetValue<int>().ShouldBe(3);

        string Clone(string name, int hours)
        {
            var path = Directory.CreateDirectory(Path.Combine(profile.Clones, name)).FullName;
            File.WriteAllText(Path.Combine(path, "x"), "x");
            Directory.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hours).AddMinutes(-1));
            return path;
        }
    }

    [Fact]
    public async Task Notes_written_at_the_same_time_are_all_kept()
    {
        using var folder = new TempFolder();

        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i => Task.Run(() => ProfileMetadata.Update(folder.Path, TimeProvider.System, ($"key{i}", (JsonNode)i)), None))
        );

        var notes = ProfileMetadata.Read(folder.Path);
        Enumerable.Range(0, 40).Select(i => notes[$"key{i}"]!.GetValue<int>()).ShouldBe(Enumerable.Range(0, 40));
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order().ShouldBe(["metadata.json", "metadata.json.lock"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    public void Without_a_folder_there_is_none(string? root)
    {
        var profile = new BrowserProfile(BrowserEngine.Camoufox, root);

        profile.IsEnabled.ShouldBeFalse();
        profile.IsWarm.ShouldBeFalse();
        profile.Usage().Enabled.ShouldBeFalse();
        profile.Prune().ShouldBe(new PruneReport(0, 0, 0, 0));
    }

    [Theory]
    [InlineData("profiles/master", "profiles")]
    [InlineData("profiles/clones/", "profiles")]
    [InlineData("profiles", "profiles")]
    public void A_folder_that_is_named_too_deep_is_understood(string given, string root)
    {
        using var folder = new TempFolder();

        new BrowserProfile(BrowserEngine.Camoufox, folder.File(given)).Root.ShouldBe(folder.File(root));
    }

    static BrowserProfile Warm(TempFolder folder, int most = 50, TimeProvider? time = null)
    {
        var profile = new BrowserProfile(BrowserEngine.Chromium, folder.Path, most: most, time: time);
        Directory.CreateDirectory(Path.Combine(profile.Master, "Default"));
        File.WriteAllText(Path.Combine(profile.Master, "Default", "Cookies"), "cookies");
        return profile;
    }
}
