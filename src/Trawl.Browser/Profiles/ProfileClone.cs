namespace Trawl.Browser.Profiles;

/// <summary>A copy of a profile for one user. While it is in use a lock says so, which the kernel gives back if the user dies.</summary>
public sealed class ProfileClone : IDisposable
{
    const int Tries = 12;

    readonly ProfileLock _use;

    ProfileClone(string folder, ProfileLock use) => (Folder, _use) = (folder, use);

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    internal static ProfileClone Create(string folder)
    {
        Directory.CreateDirectory(folder);
        return new ProfileClone(folder, ProfileLock.Try(MarkOf(folder), shared: false) ?? throw new IOException($"{folder} is in use."));
    }

    internal static bool IsInUse(string folder)
    {
        if (!File.Exists(MarkOf(folder)))
            return false;
        using var free = ProfileLock.Try(MarkOf(folder), shared: false);
        return free is null;
    }

    /// <summary>Whether one of ours used it and did not live to remove it.</summary>
    internal static bool IsLeftBehind(string folder) => File.Exists(MarkOf(folder)) && !IsInUse(folder);

    /// <summary>Removes it. A browser that has just ended may still write for a moment.</summary>
    public void Dispose()
    {
        _use.Dispose();
        for (var i = 1; ; i++)
        {
            try
            {
                BrowserProfile.Remove(Folder);
                return;
            }
            catch (IOException) when (i < Tries)
            {
                Thread.Yield(); // one of its files came into being while the others were removed
            }
        }
    }

    static string MarkOf(string folder) => Path.Combine(folder, ".in-use");
}

/// <summary>The master of a profile in the hands of its one writer.</summary>
public sealed class ProfileSession : IDisposable
{
    readonly ProfileLock? _held;
    readonly bool _temporary;

    internal ProfileSession(string folder, ProfileLock? held, bool temporary) => (Folder, _held, _temporary) = (folder, held, temporary);

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        if (_temporary)
            BrowserProfile.Remove(Folder);
        _held?.Dispose();
    }
}
