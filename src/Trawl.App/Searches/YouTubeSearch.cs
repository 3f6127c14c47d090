using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.Json;
using Trawl.Platforms.YouTube;
using Trawl.Platforms.YtDlp;

namespace Trawl.App.Searches;

/// <summary>Searches YouTube through yt-dlp.</summary>
sealed class YouTubeSearch(YtDlpProgram program) : YtDlpSearch(program, "www.youtube.com", "ytsearch", YouTube.Extractors)
{
    // without a duration it is a live stream, a channel or a list
    protected override Found? Hit(JsonElement entry) =>
        entry.String("id"u8) is { Length: 11 } id
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        && entry.Number("duration"u8) is >= 0 and < 1e7 and var duration
            ? new Found(
                "youtube",
                id,
                YouTube.AddressOf(id),
                entry.String("title"u8) ?? "",
                entry.Time("timestamp"u8),
                TimeSpan.FromSeconds(duration)
            )
            : null;
}
