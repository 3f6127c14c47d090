using Trawl.Failures;

namespace Trawl.Browser.Profiles;

/// <summary>A lock on a file, between processes too; the kernel gives it back when its owner dies. Older services take the same one.</summary>
sealed class ProfileLock : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    readonly FileStream _file;

    ProfileLock(FileStream file) => _file = file;

    /// <summary>Takes it for oneself, or shared with others who only read; null when that cannot be now.</summary>
    public static ProfileLock? Try(string path, bool shared)
    {
        try
        {
            // for reading a shared lock is taken, for writing an exclusive one
            return new ProfileLock(
                shared
                    ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read)
                    : new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <summary>Waits until it can be taken for oneself.</summary>
    /// <exception cref="TrawlException">Somebody kept it all the time; its detail is <c>PROFILE_LOCKED</c>.</exception>
    public static async Task<ProfileLock> TakeAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (Try(path, shared: false) is { } taken)
                return taken;
            if (time.GetElapsedTime(began) > patience)
                throw new TrawlException(
                    FailureKind.ServiceUnavailable,
                    "Error: Failed to acquire lock for write mode: Timeout waiting for exclusive user-data lock"
                )
                {
                    Detail = "PROFILE_LOCKED",
                };
            await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose() => _file.Dispose();
}
