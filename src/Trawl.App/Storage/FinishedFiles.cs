using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trawl.App.Crawls;

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
        try
        {
            using var info = JsonDocument.Parse(await store.ReadAsync(InfoOf(path), cancellation));
            return hash == info.RootElement.GetProperty("_trawl").GetProperty("sha256").GetString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            return false; // there is none, or it is torn itself
        }
    }

    /// <summary>Reads what an info.json says of a video or a photo post; null where it is torn.</summary>
    /// <param name="path">The video, or the folder of pictures.</param>
    /// <param name="info">Its info.json.</param>
    /// <param name="keyframes">Its keyframes.json; null without.</param>
    /// <param name="folder">Where its keyframes lie.</param>
    /// <param name="sheet">Its contact sheet; null without.</param>
    public static Crawled? Read(string path, byte[] info, byte[]? keyframes, string folder, string? sheet)
    {
        try
        {
            using var json = JsonDocument.Parse(info);
            var (root, ours) = (json.RootElement, json.RootElement.GetProperty("_trawl"));
            var photos = path.EndsWith(DiskStore.Photos, StringComparison.Ordinal) ? PhotosOf(ours) : null;
            return new Crawled(
                root.GetProperty("id").GetString()!,
                root.GetProperty("title").GetString()!,
                ours.GetProperty("strategy").GetString()!,
                path,
                photos is null ? root.GetProperty("filesize").GetInt64() : 0,
                photos is null ? ours.GetProperty("sha256").GetString()! : HashOf(photos),
                keyframes is null ? [] : Frames(keyframes, folder),
                sheet,
                root.TryGetProperty("duration", out var seconds) && seconds.ValueKind == JsonValueKind.Number
                    ? TimeSpan.FromSeconds(seconds.GetDouble())
                    : null,
                photos?.Count ?? (ours.TryGetProperty("images", out var images) ? images.GetInt32() : 0),
                Already: true
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The pictures of a photo post by an info.json that <see cref="Read"/> could read.</summary>
    public static IReadOnlyList<(string Hash, string Name)> PhotosOf(byte[] info)
    {
        using var json = JsonDocument.Parse(info);
        return PhotosOf(json.RootElement.GetProperty("_trawl"));
    }

    /// <summary>The hash of several files, as sha256sum writes them, so that anybody can check it.</summary>
    public static string HashOf(IEnumerable<(string Hash, string Name)> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Hash}  {f.Name}\n")))));

    static List<(string Hash, string Name)> PhotosOf(JsonElement ours) =>
        [
            .. ours.GetProperty("photos")
                .EnumerateArray()
                .Select(p => (p.GetProperty("sha256").GetString()!, Path.GetFileName(p.GetProperty("file").GetString()!))),
        ];

    static IReadOnlyList<CrawledFrame> Frames(byte[] keyframes, string folder)
    {
        using var json = JsonDocument.Parse(keyframes);
        return
        [
            .. json
                .RootElement.GetProperty("keyframes")
                .EnumerateArray()
                .Select(k => new CrawledFrame(
                    k.GetProperty("time").GetDouble(),
                    $"{folder}/{Path.GetFileName(k.GetProperty("path").GetString()!)}"
                )),
        ];
    }
}
