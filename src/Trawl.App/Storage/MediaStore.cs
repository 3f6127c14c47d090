using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.Downloads;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Keyframes;
using Trawl.Videos;

namespace Trawl.App.Storage;

/// <summary>
/// The library on disk. A final mp4 beside an info.json whose size and hash fit is the mark of a finished video; it is renamed into place last.
/// <c>.trawl/done/IDENTITY</c> remembers where each one lies.
/// </summary>
public sealed class MediaStore(string root, OutputTemplate template, TimeProvider time)
{
    static readonly TimeSpan StaleAfter = TimeSpan.FromDays(3);

    /// <summary>Claims a video: the staging folder, held by one process at a time.</summary>
    public Task<StagingFolder> ClaimAsync(VideoUrl url, CancellationToken cancellation) =>
        StagingFolder.TakeAsync(root, url.Identity, time, cancellation);

    /// <summary>Removes what crashed runs left behind long ago.</summary>
    public int Sweep() => StagingFolder.Sweep(root, StaleAfter, time);

    /// <summary>The finished video, if an earlier run finished it and nothing happened to its files since.</summary>
    public Crawled? Find(VideoUrl url)
    {
        var note = NotePath(url);
        if (!File.Exists(note))
            return null;
        var path = Path.GetFullPath(Path.Combine(root, File.ReadAllText(note).Trim()));
        return IsInside(path) ? Finished(path) : null;
    }

    /// <summary>Moves a staged video to its final names: sidecars first, the mp4 last.</summary>
    public Crawled Commit(StagingFolder claim, string link, StagedVideo staged, KeyframeSet? pictures)
    {
        var (video, file) = staged;
        var path = Path.GetFullPath(Path.Combine(root, template.Expand(video, Path.GetExtension(file.Path).TrimStart('.'))));
        if (!IsInside(path))
            throw new TrawlException(FailureKind.Configuration, "The output template leads out of the folder.");
        DurableFile.MakeFolder(Path.GetDirectoryName(path)!);

        var stem = Stem(path);
        if (pictures is not null)
        {
            DurableFile.Write(claim.File(Path.Combine("keyframes", "keyframes.json")), KeyframesJson.Write(pictures));
            DurableFile.Rename(claim.File("keyframes"), stem + ".keyframes");
            DurableFile.Rename(pictures.ContactSheet, stem + ".sheet.jpg");
        }
        if (video.Raw is not null)
            DurableFile.Write(stem + ".raw.json", Encoding.UTF8.GetBytes(video.Raw), ownerOnly: true);
        DurableFile.Write(stem + ".info.json", InfoJson.Write(video, link, time.GetUtcNow(), file, pictures), ownerOnly: true);
        DurableFile.Rename(file.Path, path);

        var note = NotePath(video.Url);
        DurableFile.MakeFolder(Path.GetDirectoryName(note)!);
        DurableFile.Write(note, Encoding.UTF8.GetBytes(Path.GetRelativePath(root, path)));
        claim.Clear();
        return new Crawled(
            video.Id,
            video.Title,
            video.Strategy,
            path,
            file.Size,
            file.Sha256,
            pictures?.Keyframes.Count ?? 0,
            pictures is null ? null : stem + ".sheet.jpg"
        );
    }

    static Crawled? Finished(string path)
    {
        var info = Stem(path) + ".info.json";
        if (!File.Exists(path) || !File.Exists(info))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(info));
            var (root, ours) = (json.RootElement, json.RootElement.GetProperty("_trawl"));
            var (size, sha256) = (root.GetProperty("filesize").GetInt64(), ours.GetProperty("sha256").GetString()!);
            if (new FileInfo(path).Length != size || Hash(path) != sha256)
                return null;
            var sheet = Stem(path) + ".sheet.jpg";
            return new Crawled(
                root.GetProperty("id").GetString()!,
                root.GetProperty("title").GetString()!,
                ours.GetProperty("strategy").GetString()!,
                path,
                size,
                sha256,
                ours.TryGetProperty("keyframes", out var count) ? count.GetInt32() : 0,
                File.Exists(sheet) ? sheet : null,
                Already: true
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // not one of ours, or torn: fetch it again
        }
    }

    static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    string NotePath(VideoUrl url) => Path.Combine(root, ".trawl", "done", url.Identity);

    bool IsInside(string path) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    static string Stem(string path) => path[..^Path.GetExtension(path).Length];
}
