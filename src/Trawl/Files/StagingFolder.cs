using Trawl.Failures;

namespace Trawl.Files;

/// <summary>
/// Where a video grows until it is whole: <c>.trawl/staging/IDENTITY/</c> inside the library, so that the last step is a rename on one file
/// system. Named by identity, so that a later run finds what an earlier one left. Held by one process at a time.
/// </summary>
public sealed class StagingFolder : IDisposable
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    readonly FileStream _lock;

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
        DurableFile.MakeFolder(path);
        while (true)
        {
            try
            {
                return new StagingFolder(path, Lock(path));
            }
            catch (IOException e) when (IsHeld(e))
            {
                await Task.Delay(Poll, time, cancellation).ConfigureAwait(false);
                DurableFile.MakeFolder(path);
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
            Directory.Delete(FolderPath, recursive: true);
        }
        catch (Exception e) when (StorageFailure.From(e, FolderPath) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Lets go of the folder; what is in it waits for a later run.</summary>
    public void Dispose()
    {
        if (Directory.Exists(FolderPath) && Directory.EnumerateFileSystemEntries(FolderPath).Count() == 1)
            Clear(); // nothing but the lock
        _lock.Dispose();
    }

    /// <summary>Removes folders that nobody has touched for a while and nobody holds.</summary>
    /// <returns>How many were removed.</returns>
    public static int Sweep(string library, TimeSpan age, TimeProvider time)
    {
        if (!Directory.Exists(RootOf(library)))
            return 0;
        var before = (time.GetUtcNow() - age).UtcDateTime;
        var swept = 0;
        foreach (var path in Directory.EnumerateDirectories(RootOf(library)))
        {
            if (new DirectoryInfo(path).EnumerateFiles().Any(f => f.LastWriteTimeUtc > before))
                continue;
            try
            {
                using (Lock(path))
                    Directory.Delete(path, recursive: true);
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

    static FileStream Lock(string path) => new(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    // EWOULDBLOCK of flock, or the folder was cleared between its making and its locking
    static bool IsHeld(IOException e) => e is DirectoryNotFoundException or FileNotFoundException || (e.HResult & 0xFFFF) is 11 or 32 or 33;
}
