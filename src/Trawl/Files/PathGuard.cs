using Trawl.Failures;

namespace Trawl.Files;

/// <summary>Keeps what is written below a folder, whatever links lie in it.</summary>
public static class PathGuard
{
    const int MostLinks = 40; // as many as Linux follows

    /// <summary>Refuses a path that lies outside of a folder, or whose folder leads out of it by a link.</summary>
    /// <param name="root">The folder. It may be a link itself, or lie behind one.</param>
    /// <param name="path">A path; it need not exist.</param>
    /// <returns>The whole path.</returns>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/></exception>
    public static string Below(string root, string path)
    {
        var (top, whole) = (Path.GetFullPath(root), Path.GetFullPath(path));
        if (!IsBelow(top, whole))
            throw new TrawlException(FailureKind.Configuration, $"{path} does not lie below {root}.");
        var folder = Path.GetDirectoryName(whole)!;
        var (realTop, realFolder) = (Real(top, MostLinks), Real(folder, MostLinks));
        return realFolder == realTop || IsBelow(realTop, realFolder)
            ? whole
            : throw new TrawlException(
                FailureKind.Configuration,
                $"A link leads from {folder} out of {root}, to {realFolder}; nothing is written there."
            );
    }

    /// <summary>Whether a whole path lies below a whole path, links aside.</summary>
    public static bool IsBelow(string root, string path) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    static string Real(string path, int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        var here = Path.Combine(Real(parent, links), Path.GetFileName(path));
        if (new DirectoryInfo(here).LinkTarget is not { } target)
            return here;
        return links > 0
            ? Real(Path.GetFullPath(target, Path.GetDirectoryName(here)!), links - 1)
            : throw new TrawlException(FailureKind.Configuration, $"{path} is a link that leads to itself.");
    }
}
