namespace Trawl.App.Storage;

/// <summary>What a clean-up did, or would do.</summary>
/// <param name="Removed">The files.</param>
/// <param name="Bytes">What they took.</param>
/// <param name="Folders">Folders that were empty then.</param>
/// <param name="Kept">Files that are old and stay, because their video is to be kept.</param>
/// <param name="Errors">What could not be removed, and why.</param>
sealed record RetentionReport(IReadOnlyList<string> Removed, long Bytes, int Folders, int Kept, IReadOnlyList<string> Errors);

/// <summary>
/// Removes videos, with what lies beside them, that are older than wanted. Keyframes stay. A video beside which a file <c>ID.keep</c> lies stays, too.
/// The age is reckoned at each run, so that a program that runs for years goes on removing.
/// </summary>
sealed class Retention(string folder, TimeSpan age, TimeProvider time)
{
    /// <summary>What the name of a file ends in that keeps the video beside it.</summary>
    public const string Pin = ".keep";

    /// <summary>Removes what is too old.</summary>
    /// <param name="dry">Whether it is only told what would be removed.</param>
    public RetentionReport Run(bool dry)
    {
        var (removed, errors, bytes, kept) = (new List<string>(), new List<string>(), 0L, 0);
        if (!Directory.Exists(folder))
            return new RetentionReport([], 0, 0, 0, []);
        var youngest = (time.GetUtcNow() - age).UtcDateTime;
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var files = new DirectoryInfo(folder).EnumerateFiles("*", options).ToList();
        var pinned = files
            .Where(f => f.Name.EndsWith(Pin, StringComparison.Ordinal))
            .Select(f => StemOf(f))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var file in files.Where(f => f.LastWriteTimeUtc < youngest))
        {
            if (pinned.Contains(StemOf(file)))
            {
                kept++;
                continue;
            }
            try
            {
                var size = file.Length;
                if (!dry)
                    file.Delete();
                removed.Add(file.FullName);
                bytes += size;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                errors.Add($"{file.FullName}: {e.Message}");
            }
        }
        return new RetentionReport(removed, bytes, dry ? 0 : RemoveEmptyFolders(errors), kept, errors);
    }

    // 7106798200794926362.info.json and 7106798200794926362.mp4 belong together
    static string StemOf(FileInfo file) => Path.Combine(file.DirectoryName!, file.Name.Split('.')[0]);

    // a download may be putting something into a folder at this moment
    int RemoveEmptyFolders(List<string> errors)
    {
        var removed = 0;
        foreach (var child in Directory.GetDirectories(folder))
            try
            {
                if (Directory.EnumerateFileSystemEntries(child).Any())
                    continue;
                Directory.Delete(child);
                removed++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                errors.Add($"{child}: {e.Message}");
            }
        return removed;
    }
}
