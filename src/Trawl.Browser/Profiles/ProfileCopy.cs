namespace Trawl.Browser.Profiles;

/// <summary>Copies a profile: what makes it the same person, without caches, and without the marks of a browser that runs or crashed in it.</summary>
static class ProfileCopy
{
    // links to a process that may be gone, sockets, and what can be had again
    static readonly HashSet<string> LeftOut = new(StringComparer.OrdinalIgnoreCase)
    {
        "SingletonLock",
        "SingletonCookie",
        "SingletonSocket",
        "lock",
        ".parentlock",
        "parent.lock",
        "Cache",
        "Code Cache",
        "GPUCache",
        "GrShaderCache",
        "GraphiteDawnCache",
        "DawnGraphiteCache",
        "DawnWebGPUCache",
        "ShaderCache",
        "Crashpad",
        "Crash Reports",
        "cache2",
        "startupCache",
    };

    public static void Make(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            if (LeftOut.Contains(entry.Name) || entry.LinkTarget is not null)
                continue;
            var copy = Path.Combine(to, entry.Name);
            if (entry is DirectoryInfo)
                Make(entry.FullName, copy);
            else if (entry is FileInfo file && file.Attributes is not FileAttributes.Device)
                file.CopyTo(copy, overwrite: true);
        }
    }
}
