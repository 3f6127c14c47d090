using System.Collections.Immutable;
using System.Text.Json;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>The sound of forms that are a picture alone: <c>video.bitrateAudioInfo</c>, named by the form's <c>VideoExtra.audio_file_id</c>.</summary>
static class TikTokSound
{
    /// <summary>The sound that goes with a form: the one it names, else the best; null where none is offered.</summary>
    public static MediaFormat? For(JsonElement variant, JsonElement video, Session session)
    {
        var wanted = FileOf(variant.Text("VideoExtra"u8));
        var sounds = video.Items("bitrateAudioInfo"u8).ToList();
        var named = sounds.Find(s => wanted is not null && (s.Text("FileId"u8) ?? s.Text("FileHash"u8)) == wanted);
        return named.ValueKind == JsonValueKind.Object && Read(named, session) is { } sound
            ? sound
            : sounds.Select(s => Read(s, session)).OfType<MediaFormat>().MaxBy(f => f.Bitrate ?? 0);
    }

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
            JsonValueKind.Array => TikTokItem.Addresses(list.EnumerateArray()),
            JsonValueKind.Object => TikTokItem.Addresses([list.Get("MainUrl"u8), list.Get("BackupUrl"u8), list.Get("FallbackUrl"u8)]),
            _ => [],
        };

    // a document in a string
    static string? FileOf(string? extra)
    {
        if (extra is not { Length: > 0 and < 65536 })
            return null;
        try
        {
            using var document = JsonDocument.Parse(extra);
            return document.RootElement.Text("audio_file_id"u8);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
