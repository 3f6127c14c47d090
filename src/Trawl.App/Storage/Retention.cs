namespace Trawl.App.Storage;

/// <summary>What a clean-up did, or would do.</summary>
/// <param name="Removed">The files.</param>
/// <param name="Bytes">What they took.</param>
/// <param name="Folders">Folders that were empty then.</param>
/// <param name="Kept">Files that would go and stay, because their video is to be kept.</param>
/// <param name="Errors">What could not be read or removed, and why.</param>
sealed record RetentionReport(IReadOnlyList<string> Removed, long Bytes, int Folders, int Kept, IReadOnlyList<string> Errors)
{
    /// <summary>Nothing.</summary>
    public static RetentionReport None { get; } = new([], 0, 0, 0, []);

    /// <summary>Both together.</summary>
    public static RetentionReport operator +(RetentionReport one, RetentionReport other) =>
        new(
            [.. one.Removed, .. other.Removed],
            one.Bytes + other.Bytes,
            one.Folders + other.Folders,
            one.Kept + other.Kept,
            [.. one.Errors, .. other.Errors]
        );
}

/// <summary>
/// Removes files that are older than wanted: videos with what lies beside them, or keyframes. What belongs to a video beside which a file
/// <c>ID.keep</c> lies stays. The age is reckoned at each run, so that a program that runs for years goes on removing.
/// </summary>
sealed class Retention(string folder, TimeSpan age, TimeProvider time)
{
    /// <summary>What the name of a file ends in that keeps the video beside it.</summary>
    public const string Pin = ".keep";

    /// <summary>Where the pins lie; null for the same folder.</summary>
    public string? Pins { get; init; }

    /// <summary>Whose files may go; null for everybody's.</summary>
    public Func<string, bool>? Chosen { get; init; }

    /// <summary>Removes what several of them want removed.</summary>
    public static RetentionReport RunAll(IEnumerable<Retention> retentions, bool dry) =>
        retentions.Aggregate(RetentionReport.None, (sum, r) => sum + r.Run(dry));

    /// <summary>Removes what is too old.</summary>
    /// <param name="dry">Whether it is only told what would be removed.</param>
    public RetentionReport Run(bool dry)
    {
        var (removed, errors, bytes, kept) = (new List<string>(), new List<string>(), 0L, 0);
        var youngest = (time.GetUtcNow() - age).UtcDateTime;
        var pinned = FilesBelow(Pins ?? folder, errors)
            .Where(f => f.Name.EndsWith(Pin, StringComparison.Ordinal))
            .Select(f => f.Name.Split('.')[0])
            .ToHashSet(StringComparer.Ordinal);
        foreach (var file in FilesBelow(folder, errors).Where(f => f.LastWriteTimeUtc < youngest).ToList())
        {
            var ids = Ids(file);
            if (Chosen is not null && !Array.TrueForAll(ids, i => Chosen(i)))
                continue;
            if (ids.Any(pinned.Contains))
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
        return new RetentionReport(removed, bytes, dry ? 0 : RemoveEmptyFolders(errors), kept, [.. errors.Distinct()]);
    }

    // 7106798200794926362.info.json belongs to the video 7106798200794926362, as 7106798200794926362/frame_1_50s.jpg and 7106798200794926362.photos/1.jpg do
    static string[] Ids(FileInfo file) => [file.Name.Split('.')[0], file.Directory!.Name.Split('.')[0]];

    // links are not followed, and a folder that cannot be read is told of
    static IEnumerable<FileInfo> FilesBelow(string folder, List<string> errors)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (DirectoryNotFoundException)
        {
            yield break;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{folder}: {e.Message}");
            yield break;
        }
        foreach (var entry in entries.Where(e => !e.Attributes.HasFlag(FileAttributes.ReparsePoint)))
            if (entry is FileInfo file)
                yield return file;
            else
                foreach (var below in FilesBelow(entry.FullName, errors))
                    yield return below;
    }

    // a download may be putting something into a folder at this moment
    int RemoveEmptyFolders(List<string> errors)
    {
        var removed = 0;
        foreach (var child in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
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
