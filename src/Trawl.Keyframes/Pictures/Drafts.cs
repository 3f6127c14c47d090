namespace Trawl.Keyframes;

/// <summary>A folder for files on the way, inside the one they end in and so on the same disk; that one may be anybody's. Gone in the end.</summary>
sealed class Drafts(string folder) : IDisposable
{
    const string Name = ".drafts-";

    readonly DirectoryInfo _drafts = Directory.CreateDirectory(Path.Combine(folder, $"{Name}{Guid.NewGuid():n}"));

    /// <summary>Deletes what one who died has left in a folder.</summary>
    public static void Sweep(string folder)
    {
        if (Directory.Exists(folder))
            foreach (var left in Directory.GetDirectories(folder, Name + "*"))
                Directory.Delete(left, recursive: true);
    }

    /// <summary>The folder.</summary>
    public string FolderPath => _drafts.FullName;

    /// <summary>Deletes what is left in it.</summary>
    public void Dispose() => _drafts.Delete(recursive: true);
}
