namespace Trawl.Keyframes;

/// <summary>A folder for files on the way, inside the one they end in and so on the same disk; that one may be anybody's. Gone in the end.</summary>
sealed class Drafts(string folder) : IDisposable
{
    readonly DirectoryInfo _drafts = Directory.CreateDirectory(Path.Combine(folder, $".drafts-{Guid.NewGuid():n}"));

    /// <summary>The folder.</summary>
    public string FolderPath => _drafts.FullName;

    /// <summary>Deletes what is left in it.</summary>
    public void Dispose() => _drafts.Delete(recursive: true);
}
