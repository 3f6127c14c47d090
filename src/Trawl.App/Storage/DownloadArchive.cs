using Trawl.Failures;

namespace Trawl.App.Storage;

/// <summary>A list of finished videos in yt-dlp's format, one <c>tiktok ID</c> a line.</summary>
public sealed class DownloadArchive
{
    readonly string _path;
    readonly HashSet<string> _ids;
    readonly Lock _lock = new();

    /// <summary>Opens an archive; a missing one is empty.</summary>
    public DownloadArchive(string path)
    {
        _path = path;
        try
        {
            _ids = File.Exists(path) ? [.. File.ReadLines(path).Select(l => l.Trim())] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrawlException(FailureKind.Configuration, $"The archive {path} cannot be read.", e);
        }
    }

    /// <summary>Whether a video is listed.</summary>
    public bool Contains(string id) => _ids.Contains(Line(id));

    /// <summary>Lists a video.</summary>
    public void Add(string id)
    {
        lock (_lock)
            if (_ids.Add(Line(id)))
                File.AppendAllText(_path, Line(id) + "\n");
    }

    static string Line(string id) => $"tiktok {id}";
}
