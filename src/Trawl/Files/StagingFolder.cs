using Trawl.Failures;

namespace Trawl.Files;

/// <summary>
/// Where a video grows until it is whole: <c>.trawl/staging/IDENTITY/</c> inside the library, so that the last step is a rename on one file
/// system. Named by identity, so that a later run finds what an earlier one left. Held by one process at a time.
/// </summary>
public sealed class StagingFolder : IDisposable
{
    const string LockName = "lock";

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    readonly FileStream _lock;
    bool _isRemoved;

    StagingFolder(string path, FileStream held)
    {
        FolderPath = path;
        _lock = held;
    }

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>Takes the folder of an identity; waits while another process holds it.</summary>
    /// <param name="library">The library's root.</param>
    /// <param name="identity">What is being fetched, for example <c>tiktok-7571863205253778710</c>; letters, digits, hyphen.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<StagingFolder> TakeAsync(string library, string identity, TimeProvider time, CancellationToken cancellation)
    {
        var path = PathGuard.Below(library, Path.Combine(RootOf(library), identity));
        DurableFile.MakeFolder(RootOf(library));
        while (true)
        {
            try
            {
                Directory.CreateDirectory(path);
                var held = Lock(path);
                if (!IsRemoved(held))
                    return new StagingFolder(path, held);
                await held.DisposeAsync().ConfigureAwait(false);
            }
            catch (IOException e) when (IsHeld(e, path))
            {
                await Task.Delay(Poll, time, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (StorageFailure.From(e, path) is { } failure)
            {
                throw failure;
            }
        }
    }

    /// <summary>A path inside the folder.</summary>
    public string File(string name) => Path.Combine(FolderPath, name);

    /// <summary>Removes the folder and all that was left in it.</summary>
    public void Clear()
    {
        try
        {
            Remove(FolderPath);
            _isRemoved = true;
        }
        catch (Exception e) when (StorageFailure.From(e, FolderPath) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Lets go of the folder; what is in it waits for a later run.</summary>
    public void Dispose()
    {
        if (!_isRemoved && Directory.Exists(FolderPath) && Directory.EnumerateFileSystemEntries(FolderPath).Count() == 1)
            Clear(); // nothing but the lock
        _lock.Dispose();
    }

    /// <summary>Removes folders that nobody holds and nobody has touched for a while, or that hold nothing but their lock.</summary>
    /// <returns>How many were removed.</returns>
    public static int Sweep(string library, TimeSpan age, TimeProvider time)
    {
        if (!Directory.Exists(RootOf(library)))
            return 0;
        var before = (time.GetUtcNow() - age).UtcDateTime;
        var swept = 0;
        foreach (var path in Directory.EnumerateDirectories(RootOf(library)))
        {
            try
            {
                using var held = Lock(path);
                if (!IsLeft(path, before))
                    continue;
                Remove(path);
                swept++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody works in it, or it is not ours to remove.
            }
        }
        return swept;
    }

    /// <summary>The folder all staging folders of a library lie in.</summary>
    public static string RootOf(string library) => Path.Combine(library, ".trawl", "staging");

    static FileStream Lock(string path) => new(LockOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    static string LockOf(string path) => Path.Combine(path, LockName);

    static bool IsLeft(string path, DateTime before) =>
        !new DirectoryInfo(path).EnumerateFileSystemInfos().Any(e => e.Name != LockName && e.LastWriteTimeUtc > before);

    // the lock goes last: from then on the folder may be somebody else's
    static void Remove(string path)
    {
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos().Where(e => e.Name != LockName))
            if (entry is DirectoryInfo { LinkTarget: null } folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        System.IO.File.Delete(LockOf(path));
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // it is somebody else's already
        }
    }

    // who had it may have removed the lock between our opening it and locking it: then it locks nothing
    static bool IsRemoved(FileStream held) =>
        OperatingSystem.IsLinux()
        && System
            .IO.File.ResolveLinkTarget($"/proc/self/fd/{held.SafeFileHandle.DangerousGetHandle()}", returnFinalTarget: false)
            ?.FullName.EndsWith(" (deleted)", StringComparison.Ordinal) == true;

    // EWOULDBLOCK of flock, or the folder was removed while it was made, or between that and its locking
    static bool IsHeld(IOException e, string path) =>
        e is DirectoryNotFoundException or FileNotFoundException
        || (e.HResult & 0xFFFF) is 11 or 32 or 33
        || (
            (e.HResult & 0xFFFF) is 17 or 80 /* it exists */
            && !System.IO.File.Exists(path)
        );
}
