using System.Security.Cryptography;
using System.Text;
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
public sealed class DiskStore(string root, OutputTemplate template, TimeProvider time, string? keyframes = null) : IMediaStore
{
    /// <summary>What the folder of a photo post's pictures ends in.</summary>
    public const string Photos = ".photos";

    static readonly TimeSpan StaleAfter = TimeSpan.FromDays(3);

    /// <inheritdoc/>
    public Task<StagingFolder> ClaimAsync(VideoUrl url, CancellationToken cancellation) =>
        StagingFolder.TakeAsync(root, url.Identity, time, cancellation);

    /// <summary>The folder of the library.</summary>
    public string Root => Path.GetFullPath(root);

    /// <inheritdoc/>
    public Task SweepAsync(CancellationToken cancellation) => Task.Run(() => StagingFolder.Sweep(root, StaleAfter, time), cancellation);

    /// <summary>The name of a staged contact sheet.</summary>
    public const string Sheet = "sheet.jpg";

    /// <inheritdoc/>
    public Task<Crawled?> FindAsync(VideoUrl url, bool slideshow, CancellationToken cancellation) => Task.FromResult(Find(url, slideshow));

    Crawled? Find(VideoUrl url, bool slideshow)
    {
        var note = NotePath(url);
        if (!File.Exists(note))
            return null;
        var path = Path.GetFullPath(Path.Combine(root, File.ReadAllText(note).Trim()));
        if (!PathGuard.IsBelow(Root, path))
            return null;
        return slideshow && path.EndsWith(Photos, StringComparison.Ordinal) ? null : Finished(path);
    }

    /// <inheritdoc/>
    public async Task<Crawled> CommitAsync(
        StagingFolder claim,
        string link,
        StagedVideo staged,
        KeyframeSet? pictures,
        PhotoSet? photos,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        var (video, file) = staged;
        var path = PathOf(video, Path.GetExtension(file.Path));
        using var name = await TakeNameAsync(path, video, cancellation);
        var (stem, folder) = (FinishedFiles.Stem(path), KeyframesFolder(path, video.Id));
        if (pictures is not null)
        {
            foreach (var picture in pictures.Keyframes.Select(k => k.Path).Append(claim.File(Sheet)))
                DurableFile.Flush(picture);
            DurableFile.Write(claim.File(Path.Combine("keyframes", "keyframes.json")), KeyframesJson.Write(pictures));
            DurableFile.Rename(claim.File("keyframes"), MakeRoom(folder));
            DurableFile.Rename(claim.File(Sheet), stem + "." + Sheet);
            // a pipeline reads rows and not files
            if (keyframes is null)
                KeyframeFiles.WriteScenes(pictures, stem);
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
            [.. pictures?.Keyframes.Select(k => new CrawledFrame(Math.Round(k.Time, 6), $"{folder}/{Path.GetFileName(k.Path)}")) ?? []],
            pictures is null ? null : $"{stem}.{Sheet}",
            InfoJson.DurationOf(video, file, pictures),
            video.Photos.Length
        );
    }

    /// <inheritdoc/>
    public async Task<Crawled> CommitAsync(StagingFolder claim, string link, PhotoSet photos, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var video = photos.Video;
        var path = PathOf(video, Photos);
        using var name = await TakeNameAsync(path, video, cancellation);
        WriteSidecars(FinishedFiles.Stem(path), video, InfoJson.Write(video, link, time.GetUtcNow(), photos: photos));
        photos = photos.MoveTo(FinishedFiles.Stem(path), claim.File(Downloader.PhotosFolder));

        Note(video.Url, path);
        claim.Clear();
        var hashes = photos.Images.Select(i => (i.Sha256, Path.GetFileName(i.Path)));
        return new Crawled(
            video.Id,
            video.Title,
            video.Strategy,
            path,
            photos.Size,
            FinishedFiles.HashOf(hashes),
            [],
            null,
            Photos: photos.Images.Count
        );
    }

    /// <inheritdoc/>
    public Task<bool> HasAsync(string path, CancellationToken cancellation) => Task.FromResult(File.Exists(path));

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellation) => Task.FromResult(BytesOf(path));

    /// <inheritdoc/>
    public Task<string?> HashAsync(string path, CancellationToken cancellation) =>
        Task.Run(() => File.Exists(path) ? Hash(path) : null, cancellation);

    /// <summary>All files of a finished video or photo post: what belongs to it first, the video last.</summary>
    /// <param name="path">The video, or the folder of pictures.</param>
    /// <param name="id">Its id.</param>
    public IReadOnlyList<string> FilesOf(string path, string id)
    {
        var (folder, beside) = (Path.GetDirectoryName(path)!, Path.GetFileName(FinishedFiles.Stem(path)) + ".");
        var frames = keyframes is null ? "" : KeyframesFolder(path, id);
        return
        [
            .. (Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, beside + "*") : [])
                .SelectMany(FilesIn)
                .Where(f => f != path)
                .Order(StringComparer.Ordinal),
            .. FilesIn(frames),
            .. File.Exists(path) ? [path] : Array.Empty<string>(),
        ];

        // what a link leads to does not belong to the video
        static IEnumerable<string> FilesIn(string place) =>
            new DirectoryInfo(place) is { Exists: true, LinkTarget: null } ? Directory.EnumerateFiles(place)
            : File.Exists(place) ? [place]
            : [];
    }

    /// <summary>Removes a finished video with all that belongs to it, as when it lies somewhere else by now.</summary>
    public void Remove(VideoUrl url, Crawled crawled)
    {
        Remove(crawled.Path, crawled.Id);
        File.Delete(NotePath(url));
    }

    /// <summary>Removes the files of a video; a note of it that is left is not believed.</summary>
    /// <param name="path">The video, or the folder of pictures.</param>
    /// <param name="id">Its id.</param>
    /// <returns>How many there were.</returns>
    public int Remove(string path, string id)
    {
        var files = FilesOf(PathGuard.Below(root, path), id);
        foreach (var file in files)
            File.Delete(file);
        foreach (var folder in (string[])[KeyframesFolder(path, id), path])
            if (Directory.Exists(folder))
                Directory.Delete(folder);
        return files.Count;
    }

    /// <summary>Where the keyframes of a video lie.</summary>
    /// <param name="path">The video.</param>
    /// <param name="id">Its id.</param>
    public string KeyframesFolder(string path, string id) =>
        keyframes is null ? FinishedFiles.Stem(path) + ".keyframes"
        : id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') && id.Length > 0 ? Path.Combine(keyframes, id)
        : throw new TrawlException(FailureKind.WrongContent, "The id of the video cannot be the name of a folder.");

    string MakeRoom(string path)
    {
        path = PathGuard.Below(root, path);
        DurableFile.MakeFolder(Path.GetDirectoryName(path)!);
        return path;
    }

    string PathOf(Video video, string extension) => MakeRoom(Path.Combine(root, template.Expand(video, extension.TrimStart('.'))));

    // a name is one video's alone: two that replace each other would both be fetched again at each run
    async Task<StagingFolder> TakeNameAsync(string path, Video video, CancellationToken cancellation)
    {
        var stem = FinishedFiles.Stem(Path.GetRelativePath(root, path));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stem)))[..16];
        var name = await StagingFolder.TakeAsync(root, $"name-{hash}", time, cancellation);
        if (FinishedFiles.OwnerOf(path) is not { } owner || owner == $"{video.Url.Platform}-{video.Id}")
            return name;
        name.Dispose();
        throw new TrawlException(
            FailureKind.Configuration,
            $"The output template gives {video.Id} the name {stem}, which {owner} bears already; with %(id)s in it every video has its own."
        );
    }

    static void WriteSidecars(string stem, Video video, byte[] info)
    {
        if (video.Raw is not null)
            DurableFile.Write(stem + ".raw.json", Encoding.UTF8.GetBytes(video.Raw), ownerOnly: true);
        DurableFile.Write(stem + ".info.json", info, ownerOnly: true);
    }

    void Note(VideoUrl url, string path) =>
        DurableFile.Write(MakeRoom(NotePath(url)), Encoding.UTF8.GetBytes(Path.GetRelativePath(root, path)));

    static byte[]? BytesOf(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    Crawled? Finished(string path)
    {
        if (BytesOf(FinishedFiles.InfoOf(path)) is not { } info)
            return null;
        var (isPhotos, stem) = (path.EndsWith(Photos, StringComparison.Ordinal), FinishedFiles.Stem(path));
        var (folder, sheet) = (isPhotos ? "" : KeyframesFolder(path, Path.GetFileName(stem)), $"{stem}.{Sheet}");
        var taken = isPhotos ? null : BytesOf(Path.Combine(folder, "keyframes.json"));
        if (FinishedFiles.Read(path, info, taken, folder, File.Exists(sheet) ? sheet : null) is not { } crawled)
            return null;
        if (!isPhotos)
            return File.Exists(path) && new FileInfo(path).Length == crawled.Size && Hash(path) == crawled.Sha256 ? crawled : null;
        var photos = FinishedFiles.PhotosOf(info).Select(p => (p.Hash, Path: Path.Combine(path, p.Name))).ToList();
        return photos.TrueForAll(p => File.Exists(p.Path) && Hash(p.Path) == p.Hash)
            ? crawled with
            {
                Size = photos.Sum(p => new FileInfo(p.Path).Length),
            }
            : null;
    }

    static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    string NotePath(VideoUrl url) => Path.Combine(root, ".trawl", "done", url.Identity);
}
