using System.Text;
using Trawl.App.Crawls;
using Trawl.Downloads;
using Trawl.Files;
using Trawl.Keyframes;
using Trawl.Videos;

namespace Trawl.App.Storage;

/// <summary>
/// The library in object storage. A video is finished on this machine first and then moved there, the video itself after all that belongs to it, and the
/// note that it is there last of all. What a crash leaves in between is found on this machine and moved by the next run.
/// </summary>
/// <param name="disk">The library on this machine, which is empty when nothing is under way.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="options">Where it is.</param>
/// <param name="time">The clock.</param>
sealed class S3Store(DiskStore disk, S3Bucket bucket, S3Options options, TimeProvider time) : IMediaStore, IDisposable
{
    static readonly TimeSpan StaleAfter = TimeSpan.FromDays(1);

    public Task<StagingFolder> ClaimAsync(VideoUrl url, CancellationToken cancellation) => disk.ClaimAsync(url, cancellation);

    public async Task<Crawled?> FindAsync(VideoUrl url, bool slideshow, CancellationToken cancellation)
    {
        var here = await disk.FindAsync(url, slideshow, cancellation);
        if (await ReadAsync(url, slideshow, cancellation) is not { } there)
            return here is null ? null : await MoveAsync(url, here, cancellation);
        if (here is not null)
            disk.Remove(url, here); // it had arrived before the crash
        return there;
    }

    public async Task<Crawled> CommitAsync(
        StagingFolder claim,
        string link,
        StagedVideo staged,
        KeyframeSet? pictures,
        PhotoSet? photos,
        CancellationToken cancellation
    ) => await MoveAsync(staged.Video.Url, await disk.CommitAsync(claim, link, staged, pictures, photos, cancellation), cancellation);

    public async Task<Crawled> CommitAsync(StagingFolder claim, string link, PhotoSet photos, CancellationToken cancellation) =>
        await MoveAsync(photos.Video.Url, await disk.CommitAsync(claim, link, photos, cancellation), cancellation);

    public async Task<bool> HasAsync(string path, CancellationToken cancellation) =>
        options.KeyOf(path) is { } key && await bucket.LookAsync(key, cancellation) is not null;

    public async Task<byte[]?> ReadAsync(string path, CancellationToken cancellation) =>
        options.KeyOf(path) is { } key ? await bucket.ReadAsync(key, cancellation) : null;

    public async Task<string?> HashAsync(string path, CancellationToken cancellation) =>
        options.KeyOf(path) is { } key ? await bucket.HashAsync(key, cancellation) : null;

    public async Task SweepAsync(CancellationToken cancellation)
    {
        await disk.SweepAsync(cancellation);
        await bucket.AbortStaleAsync((time.GetUtcNow() - StaleAfter).UtcDateTime, cancellation);
    }

    public void Dispose() => bucket.Dispose();

    async Task<Crawled> MoveAsync(VideoUrl url, Crawled crawled, CancellationToken cancellation)
    {
        foreach (var file in disk.FilesOf(crawled.Path, crawled.Id))
            await bucket.PutAsync(KeyOf(file), file, file == crawled.Path ? crawled.Sha256 : null, cancellation);
        await bucket.PutAsync(NoteOf(url), Encoding.UTF8.GetBytes(KeyOf(crawled.Path)), cancellation);
        disk.Remove(url, crawled);
        return crawled with
        {
            Path = AddressOf(crawled.Path),
            Sheet = crawled.Sheet is { } sheet ? AddressOf(sheet) : null,
            Frames = [.. crawled.Frames.Select(f => f with { Path = AddressOf(f.Path) })],
        };
    }

    // the note, the metadata and the video must agree; a photo post's pictures must all be there
    async Task<Crawled?> ReadAsync(VideoUrl url, bool slideshow, CancellationToken cancellation)
    {
        if (await bucket.ReadAsync(NoteOf(url), cancellation) is not { } note)
            return null;
        var key = Encoding.UTF8.GetString(note);
        var isPhotos = key.EndsWith(DiskStore.Photos, StringComparison.Ordinal);
        if ((slideshow && isPhotos) || await bucket.ReadAsync(FinishedFiles.InfoOf(key), cancellation) is not { } info)
            return null;
        var (id, sheet) = (Path.GetFileName(FinishedFiles.Stem(key)), $"{FinishedFiles.Stem(key)}.{DiskStore.Sheet}");
        var folder = KeyOf(disk.KeyframesFolder(Path.Combine(disk.Root, key), id));
        var crawled = FinishedFiles.Read(
            options.AddressOf(key),
            info,
            isPhotos ? null : await bucket.ReadAsync($"{folder}/keyframes.json", cancellation),
            options.AddressOf(folder),
            await bucket.LookAsync(sheet, cancellation) is null ? null : options.AddressOf(sheet)
        );
        if (crawled is null)
            return null;
        if (!isPhotos)
            return await bucket.LookAsync(key, cancellation) is { } video && (video.Size, video.Sha256) == (crawled.Size, crawled.Sha256)
                ? crawled
                : null;
        var size = 0L;
        foreach (var (_, name) in FinishedFiles.PhotosOf(info))
        {
            if (await bucket.LookAsync($"{key}/{name}", cancellation) is not { } photo)
                return null;
            size += photo.Size;
        }
        return crawled with { Size = size };
    }

    string AddressOf(string file) => options.AddressOf(KeyOf(file));

    string KeyOf(string file) => Path.GetRelativePath(disk.Root, file).Replace('\\', '/');

    static string NoteOf(VideoUrl url) => $".trawl/done/{url.Identity}";
}
