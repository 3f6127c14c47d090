using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.Platforms.YouTube;
using Trawl.Platforms.YtDlp;

namespace Trawl.App.Searches;

/// <summary>Searches YouTube through yt-dlp.</summary>
sealed class YouTubeSearch(YtDlpProgram program) : YtDlpSearch(program, "www.youtube.com", "ytsearch", YouTube.Extractors)
{
    // without a duration it is a live stream, a channel or a list
    protected override Found? Hit(JsonElement entry) =>
        Text(entry, "id") is { Length: 11 } id
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        && entry.TryGetProperty("duration", out var duration)
        && duration.ValueKind == JsonValueKind.Number
            ? new Found(
                "youtube",
                id,
                YouTube.AddressOf(id),
                Text(entry, "title") ?? "",
                entry.TryGetProperty("timestamp", out var time) && time.ValueKind == JsonValueKind.Number
                    ? DateTimeOffset.FromUnixTimeSeconds((long)time.GetDouble())
                    : null,
                TimeSpan.FromSeconds(duration.GetDouble())
            )
            : null;
}
