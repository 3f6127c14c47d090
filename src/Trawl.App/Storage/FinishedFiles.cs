using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.Json;

namespace Trawl.App.Storage;

/// <summary>What the files beside a finished video say of it. Torn ones, and those that are not ours, say nothing, so that the video is fetched again.</summary>
static class FinishedFiles
{
    /// <summary>Where the metadata of a video lies.</summary>
    public static string InfoOf(string path) => Stem(path) + ".info.json";

    /// <summary>The path without its last extension.</summary>
    public static string Stem(string path) => path[..^Path.GetExtension(path).Length];

    /// <summary>Whether a video's bytes are those its info.json tells of; null when it is not there.</summary>
    public static async Task<bool?> IsWholeAsync(IMediaStore store, string path, CancellationToken cancellation)
    {
        if (await store.HashAsync(path, cancellation) is not { } hash)
            return null;
        using var info = ForeignJson.TryParse(await store.ReadAsync(InfoOf(path), cancellation));
        return hash == info?.RootElement.Get("_trawl"u8).String("sha256"u8); // where there is none, or a torn one, it is not
    }

    /// <summary>Which video bears a name, for example <c>tiktok-7106798200794926362</c>; null where none does.</summary>
    /// <param name="path">A path whose extension does not matter.</param>
    public static string? OwnerOf(string path)
    {
        var file = InfoOf(path);
        using var info = ForeignJson.TryParse(File.Exists(file) ? File.ReadAllBytes(file) : null);
        var root = info?.RootElement ?? default;
        var platform = root.Get("_trawl"u8).String("platform"u8) ?? root.String("extractor"u8)?.ToLowerInvariant();
        var isThere = File.Exists($"{Stem(path)}.{root.String("ext"u8)}") || Directory.Exists(Stem(path) + DiskStore.Photos);
        return isThere ? $"{platform}-{root.String("id"u8)}" : null;
    }

    /// <summary>Reads what an info.json says of a video or a photo post; null where it is torn.</summary>
    /// <param name="path">The video, or the folder of pictures.</param>
    /// <param name="info">Its info.json.</param>
    /// <param name="keyframes">Its keyframes.json; null without.</param>
    /// <param name="folder">Where its keyframes lie.</param>
    /// <param name="sheet">Its contact sheet; null without.</param>
    public static Crawled? Read(string path, byte[] info, byte[]? keyframes, string folder, string? sheet)
    {
        using var json = ForeignJson.TryParse(info);
        var (root, ours) = (json?.RootElement ?? default, (json?.RootElement ?? default).Get("_trawl"u8));
        var photos = path.EndsWith(DiskStore.Photos, StringComparison.Ordinal) ? PhotosOf(ours) : null;
        var frames = keyframes is null ? [] : Frames(keyframes, folder);
        if (
            root.String("id"u8) is not { } id
            || root.String("title"u8) is not { } title
            || ours.String("strategy"u8) is not { } strategy
            || (photos is null ? root.Whole("filesize"u8) : 0) is not (>= 0 and var size)
            || (photos is null ? ours.String("sha256"u8) : HashOf(photos)) is not { } hash
            || photos is { Count: 0 }
            || frames is null
        )
            return null;
        return new Crawled(
            id,
            title,
            strategy,
            path,
            size,
            hash,
            frames,
            sheet,
            root.Seconds("duration"u8),
            photos?.Count ?? (int)Math.Clamp(ours.Whole("images"u8) ?? 0, 0, 1000),
            Already: true
        );
    }

    /// <summary>The pictures of a photo post by an info.json that <see cref="Read"/> could read.</summary>
    public static IReadOnlyList<(string Hash, string Name)> PhotosOf(byte[] info)
    {
        using var json = ForeignJson.TryParse(info);
        return PhotosOf((json?.RootElement ?? default).Get("_trawl"u8));
    }

    /// <summary>The hash of several files, as sha256sum writes them, so that anybody can check it.</summary>
    public static string HashOf(IEnumerable<(string Hash, string Name)> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Hash}  {f.Name}\n")))));

    static List<(string Hash, string Name)> PhotosOf(JsonElement ours) =>
        [
            .. ours.Items("photos"u8)
                .Select(p => (Hash: p.String("sha256"u8), Name: Path.GetFileName(p.String("file"u8))))
                .Where(p => p.Hash is not null && !string.IsNullOrEmpty(p.Name))
                .Select(p => (p.Hash!, p.Name!)),
        ];

    // null where they are torn
    static List<CrawledFrame>? Frames(byte[] keyframes, string folder)
    {
        using var json = ForeignJson.TryParse(keyframes);
        if (json is null)
            return null;
        var frames = json
            .RootElement.Items("keyframes"u8)
            .Select(k => (Time: k.Number("time"u8), Name: Path.GetFileName(k.String("path"u8))))
            .ToList();
        return frames.Exists(f => f.Time is null || string.IsNullOrEmpty(f.Name))
            ? null
            : [.. frames.Select(f => new CrawledFrame(f.Time!.Value, $"{folder}/{f.Name}"))];
    }
}
