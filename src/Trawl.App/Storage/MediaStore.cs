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
/// The library on disk. A final mp4 (or the folder of pictures of a photo post) beside an info.json whose size and hash fit is the mark of a finished video; it is renamed into place last.
/// <c>.trawl/done/IDENTITY</c> remembers where each one lies.
/// </summary>
/// <param name="root">The folder of the library.</param>
/// <param name="template">Where videos lie in it.</param>
/// <param name="time">The clock.</param>
/// <param name="keyframes">The folder of all keyframes, one of a video's id each; null when they lie beside their video.</param>
public sealed class MediaStore(string root, OutputTemplate template, TimeProvider time, string? keyframes = null)
{
    const string Photos = ".photos";

    static readonly TimeSpan StaleAfter = TimeSpan.FromDays(3);

    /// <summary>Claims a video: the staging folder, held by one process at a time.</summary>
    public Task<StagingFolder> ClaimAsync(VideoUrl url, CancellationToken cancellation) =>
        StagingFolder.TakeAsync(root, url.Identity, time, cancellation);

    /// <summary>Removes what crashed runs left behind long ago.</summary>
    public int Sweep() => StagingFolder.Sweep(root, StaleAfter, time);

    /// <summary>The name of a staged contact sheet.</summary>
    public const string Sheet = "sheet.jpg";

    /// <summary>The finished video, if an earlier run finished it and nothing happened to its files since.</summary>
    /// <param name="url">The post.</param>
    /// <param name="slideshow">Whether the pictures of a photo post alone are not enough.</param>
    public Crawled? Find(VideoUrl url, bool slideshow)
    {
        var note = NotePath(url);
        if (!File.Exists(note))
            return null;
        var path = Path.GetFullPath(Path.Combine(root, File.ReadAllText(note).Trim()));
        if (!IsInside(path))
            return null;
        return !path.EndsWith(Photos, StringComparison.Ordinal) ? Finished(path)
            : slideshow ? null
            : FinishedPhotos(path);
    }

    /// <summary>Moves a staged video to its final names: sidecars first, the mp4 last.</summary>
    public Crawled Commit(StagingFolder claim, string link, StagedVideo staged, KeyframeSet? pictures, PhotoSet? photos)
    {
        var (video, file) = staged;
        var path = PathOf(video, Path.GetExtension(file.Path));
        var stem = Stem(path);
        if (pictures is not null)
        {
            DurableFile.Write(claim.File(Path.Combine("keyframes", "keyframes.json")), KeyframesJson.Write(pictures));
            DurableFile.Rename(claim.File("keyframes"), MakeRoom(KeyframesFolder(path, video.Id)));
            DurableFile.Rename(claim.File(Sheet), stem + "." + Sheet);
        }
        photos = photos?.MoveTo(stem, claim.File(Downloader.PhotosFolder));
        WriteSidecars(stem, video, InfoJson.Write(video, link, time.GetUtcNow(), file, pictures, photos));
        DurableFile.Rename(file.Path, path);

        Note(video.Url, path);
        claim.Clear();
        return new Crawled(
            video.Id,
            video.Title,
            video.Strategy,
            path,
            file.Size,
            file.Sha256,
            pictures?.Keyframes.Count ?? 0,
            pictures is null ? null : stem + ".sheet.jpg",
            video.Photos.Length
        );
    }

    /// <summary>Moves a staged photo post to its final names: sidecars first, the folder of pictures last.</summary>
    public Crawled Commit(StagingFolder claim, string link, PhotoSet photos)
    {
        var video = photos.Video;
        var path = PathOf(video, Photos);
        WriteSidecars(Stem(path), video, InfoJson.Write(video, link, time.GetUtcNow(), photos: photos));
        photos = photos.MoveTo(Stem(path), claim.File(Downloader.PhotosFolder));

        Note(video.Url, path);
        claim.Clear();
        var hashes = photos.Images.Select(i => (i.Sha256, Path.GetFileName(i.Path)));
        return new Crawled(video.Id, video.Title, video.Strategy, path, photos.Size, HashOf(hashes), 0, null, photos.Images.Count);
    }

    /// <summary>Where the keyframes of a video lie.</summary>
    /// <param name="path">The video.</param>
    /// <param name="id">Its id.</param>
    public string KeyframesFolder(string path, string id) =>
        keyframes is null ? Stem(path) + ".keyframes"
        : id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') && id.Length > 0 ? Path.Combine(keyframes, id)
        : throw new TrawlException(FailureKind.WrongContent, "The id of the video cannot be the name of a folder.");

    /// <summary>Where the metadata of a video lies.</summary>
    public static string InfoOf(string path) => Stem(path) + ".info.json";

    static string MakeRoom(string folder)
    {
        DurableFile.MakeFolder(Path.GetDirectoryName(folder)!);
        return folder;
    }

    string PathOf(Video video, string extension)
    {
        var path = Path.GetFullPath(Path.Combine(root, template.Expand(video, extension.TrimStart('.'))));
        if (!IsInside(path))
            throw new TrawlException(FailureKind.Configuration, "The output template leads out of the folder.");
        DurableFile.MakeFolder(Path.GetDirectoryName(path)!);
        return path;
    }

    static void WriteSidecars(string stem, Video video, byte[] info)
    {
        if (video.Raw is not null)
            DurableFile.Write(stem + ".raw.json", Encoding.UTF8.GetBytes(video.Raw), ownerOnly: true);
        DurableFile.Write(stem + ".info.json", info, ownerOnly: true);
    }

    void Note(VideoUrl url, string path)
    {
        var note = NotePath(url);
        DurableFile.MakeFolder(Path.GetDirectoryName(note)!);
        DurableFile.Write(note, Encoding.UTF8.GetBytes(Path.GetRelativePath(root, path)));
    }

    // as sha256sum writes it, so that anybody can check it
    static string HashOf(IEnumerable<(string Hash, string Name)> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Hash}  {f.Name}\n")))));

    static Crawled? FinishedPhotos(string folder) =>
        Read(
            folder,
            (root, ours) =>
            {
                var files = ours.GetProperty("photos")
                    .EnumerateArray()
                    .Select(p => (Hash: p.GetProperty("sha256").GetString()!, Name: Path.GetFileName(p.GetProperty("file").GetString()!)))
                    .ToList();
                if (files.Exists(f => !File.Exists(Path.Combine(folder, f.Name)) || Hash(Path.Combine(folder, f.Name)) != f.Hash))
                    return null;
                return new Crawled(
                    root.GetProperty("id").GetString()!,
                    root.GetProperty("title").GetString()!,
                    ours.GetProperty("strategy").GetString()!,
                    folder,
                    files.Sum(f => new FileInfo(Path.Combine(folder, f.Name)).Length),
                    HashOf(files),
                    0,
                    null,
                    files.Count,
                    Already: true
                );
            }
        );

    static Crawled? Finished(string path) =>
        Read(
            path,
            (root, ours) =>
            {
                var (size, sha256) = (root.GetProperty("filesize").GetInt64(), ours.GetProperty("sha256").GetString()!);
                if (!File.Exists(path) || new FileInfo(path).Length != size || Hash(path) != sha256)
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
                    ours.TryGetProperty("images", out var images) ? images.GetInt32() : 0,
                    Already: true
                );
            }
        );

    // what an info.json says of finished files; nothing where it is torn or not one of ours, so that they are fetched again
    static Crawled? Read(string path, Func<JsonElement, JsonElement, Crawled?> read)
    {
        var info = Stem(path) + ".info.json";
        if (!File.Exists(info))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(info));
            return read(json.RootElement, json.RootElement.GetProperty("_trawl"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
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
