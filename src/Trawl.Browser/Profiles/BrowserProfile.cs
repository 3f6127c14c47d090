using Trawl.Failures;

namespace Trawl.Browser.Profiles;

/// <summary>
/// A browser's user data: the master, which one writer at a time may change, and clones, of which each user has one to itself. A clone is made
/// of the master at rest; while a writer is at work, of the copy made just before.
/// </summary>
public sealed class BrowserProfile
{
    static readonly TimeSpan WritersPatience = TimeSpan.FromSeconds(30);

    readonly TimeProvider _time;
    readonly string _lock;
    readonly TimeSpan _oldest;
    readonly int _most;

    /// <summary>Describes a profile; nothing is made before it is needed.</summary>
    /// <param name="engine">The family of browser it belongs to.</param>
    /// <param name="root">The folder that holds it; null or blank for none.</param>
    /// <param name="oldest">How old a clone may get that nobody uses; null for 24 h.</param>
    /// <param name="most">How many of those may be left.</param>
    /// <param name="time">The clock.</param>
    public BrowserProfile(BrowserEngine engine, string? root, TimeSpan? oldest = null, int most = 50, TimeProvider? time = null)
    {
        (_oldest, _most) = (oldest ?? TimeSpan.FromHours(24), most);
        Engine = engine;
        _time = time ?? TimeProvider.System;
        IsEnabled = !string.IsNullOrWhiteSpace(root);
        Root = IsEnabled ? Sensible(Path.GetFullPath(root!)) : "";
        _lock = Path.Combine(Root, engine == BrowserEngine.Chromium ? "chromium_profile.lock" : "master.lock");
    }

    /// <summary>The family of browser.</summary>
    public BrowserEngine Engine { get; }

    /// <summary>Whether there is one at all.</summary>
    public bool IsEnabled { get; }

    /// <summary>The folder that holds master and clones.</summary>
    public string Root { get; }

    /// <summary>The profile itself.</summary>
    public string Master => Path.Combine(Root, "master");

    /// <summary>Where clones lie.</summary>
    public string Clones => Path.Combine(Root, "clones");

    /// <summary>Whether somebody has used the master yet.</summary>
    public bool IsWarm => IsEnabled && Directory.Exists(Master) && Directory.EnumerateFileSystemEntries(Master).Any();

    string Snapshot => Path.Combine(Root, "snapshot");

    /// <summary>A copy for one user; it is removed when it is disposed of.</summary>
    /// <exception cref="TrawlException">It cannot be made.</exception>
    public Task<ProfileClone> CloneAsync(CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                var clone = ProfileClone.Create(Path.Combine(Clones, Guid.NewGuid().ToString()));
                try
                {
                    // while this is held no writer begins
                    using var quiet = ProfileLock.Try(_lock, shared: true);
                    var source = quiet is null ? Snapshot : Master;
                    if (Directory.Exists(source))
                        ProfileCopy.Make(source, clone.Folder);
                    return clone;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    clone.Dispose();
                    throw new TrawlException(FailureKind.StorageDenied, $"Failed to create a clone of {Master}: {e.Message}", e);
                }
            },
            cancellation
        );

    /// <summary>The master for one writer, until the session is disposed of. Others wait 30 s, then they are told that it is locked.</summary>
    /// <exception cref="TrawlException">It is in use; the detail is <c>PROFILE_LOCKED</c>.</exception>
    public async Task<ProfileSession> WriteAsync(CancellationToken cancellation)
    {
        if (!IsEnabled)
            return new ProfileSession(Directory.CreateTempSubdirectory("chromium_temp_").FullName, held: null, temporary: true);
        Directory.CreateDirectory(Master);
        var held = await ProfileLock.TakeAsync(_lock, WritersPatience, _time, cancellation).ConfigureAwait(false);
        try
        {
            // what readers copy meanwhile: whole or not there
            await Task.Run(
                    () =>
                    {
                        Remove(Snapshot);
                        ProfileCopy.Make(Master, Snapshot + ".new");
                        Directory.Move(Snapshot + ".new", Snapshot);
                    },
                    cancellation
                )
                .ConfigureAwait(false);
            return new ProfileSession(Master, held, temporary: false);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Removes clones nobody uses any more: those whose users have died, those older than an age, and all but the newest of the rest.</summary>
    public PruneReport Prune()
    {
        var (removed, remaining, errors, bytes) = (0, 0, 0, 0L);
        if (!IsEnabled || !Directory.Exists(Clones))
            return new PruneReport(0, 0, 0, 0);
        var youngest = (_time.GetUtcNow() - _oldest).UtcDateTime;
        foreach (var clone in new DirectoryInfo(Clones).EnumerateDirectories().OrderByDescending(d => d.LastWriteTimeUtc))
        {
            if (
                ProfileClone.IsInUse(clone.FullName)
                || (clone.LastWriteTimeUtc > youngest && remaining < _most && !ProfileClone.IsLeftBehind(clone.FullName))
            )
            {
                remaining++;
                continue;
            }
            try
            {
                var size = SizeOf(clone.FullName);
                Remove(clone.FullName);
                removed++;
                bytes += size;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                errors++;
                remaining++;
            }
        }
        ProfileMetadata.Update(
            Master,
            _time,
            ("last_cleanup", _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0),
            ("last_cleanup_count", removed),
            ("last_cleanup_size_saved", Megabytes(bytes)),
            ("remaining_clones", remaining)
        );
        return new PruneReport(removed, remaining, errors, Megabytes(bytes));
    }

    /// <summary>How much room it takes, in MB.</summary>
    public ProfileUsage Usage()
    {
        if (!IsEnabled)
            return new ProfileUsage(false, 0, 0, 0);
        var clones = Directory.Exists(Clones) ? Directory.GetDirectories(Clones).Length : 0;
        return new ProfileUsage(true, Megabytes(SizeOf(Master)), Megabytes(SizeOf(Clones)), clones);
    }

    internal static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    // a setting that names the master or the clones means what holds them
    static string Sensible(string root) =>
        Path.GetFileName(root.TrimEnd('/')) is "master" or "clones" ? Path.GetDirectoryName(root.TrimEnd('/'))! : root;

    static double Megabytes(long bytes) => Math.Round(bytes / 1048576.0, 2);

    static long SizeOf(string folder) =>
        Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.LinkTarget is null).Sum(f => f.Length)
            : 0;
}

/// <summary>What pruning did.</summary>
public sealed record PruneReport(int Cleaned, int Remaining, int Errors, double SizeSavedMb);

/// <summary>How much room a profile takes.</summary>
public sealed record ProfileUsage(bool Enabled, double MasterSizeMb, double ClonesSizeMb, int CloneCount)
{
    /// <summary>All of it.</summary>
    public double TotalSizeMb => Math.Round(MasterSizeMb + ClonesSizeMb, 2);
}
