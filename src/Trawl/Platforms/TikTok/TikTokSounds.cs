using System.Collections.Immutable;
using System.Text.Json;
using Trawl.Http;
using Trawl.Json;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>The sounds of forms that are a picture alone: <c>video.bitrateAudioInfo</c>, named by the form's <c>VideoExtra.audio_file_id</c>.</summary>
sealed class TikTokSounds
{
    const int Most = 50;

    readonly Dictionary<string, MediaFormat> _byFile = new(StringComparer.Ordinal);
    readonly MediaFormat? _best;

    /// <summary>Reads them.</summary>
    public TikTokSounds(JsonElement video, Session session)
    {
        foreach (var entry in video.Items("bitrateAudioInfo"u8).Take(Most))
        {
            if (Read(entry, session) is not { } sound)
                continue;
            if ((entry.Text("FileId"u8) ?? entry.Text("FileHash"u8)) is { } file)
                _byFile.TryAdd(file, sound);
            if (_best is null || sound.Bitrate > (_best.Bitrate ?? 0))
                _best = sound;
        }
    }

    /// <summary>The sound that goes with a form: the one it names, else the best; null where none is offered.</summary>
    public MediaFormat? For(JsonElement variant) =>
        _byFile.Count > 0 && FileOf(variant.Text("VideoExtra"u8)) is { } file && _byFile.TryGetValue(file, out var named) ? named : _best;

    static MediaFormat? Read(JsonElement sound, Session session)
    {
        var addresses = Addresses(sound.Get("UrlList"u8));
        if (addresses.IsEmpty)
            return null;
        var bitrate = sound.Whole("Bitrate"u8);
        return new MediaFormat
        {
            Id = $"sound-{bitrate ?? 0}",
            Addresses = addresses,
            Session = session,
            AudioOnly = true,
            Bitrate = bitrate,
            Size = sound.Whole("AudioDataSize"u8),
            ExpiresAt = TikTokItem.Expiry(addresses[0].OriginalString),
        };
    }

    // {"MainUrl": ..., "BackupUrl": ..., "FallbackUrl": ""}, or a plain list
    static ImmutableArray<Uri> Addresses(JsonElement list) =>
        list.ValueKind switch
        {
            JsonValueKind.Array => TikTokItem.Addresses(list.Items()),
            JsonValueKind.Object => TikTokItem.Addresses([list.Get("MainUrl"u8), list.Get("BackupUrl"u8), list.Get("FallbackUrl"u8)]),
            _ => [],
        };

    // a document in a string
    static string? FileOf(string? extra)
    {
        if (extra is not { Length: > 0 and < 65536 })
            return null;
        using var document = ForeignJson.TryParse(extra);
        return document?.RootElement.Text("audio_file_id"u8);
    }
}
