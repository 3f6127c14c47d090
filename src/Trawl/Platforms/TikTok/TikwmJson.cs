using System.Text.Json.Serialization;

namespace Trawl.Platforms.TikTok;

// The shapes of TikWM's API, as far as we read them.

sealed record TikwmJson(int? Code, string? Msg, TikwmDataJson? Data);

sealed record TikwmDataJson(
    string? Id,
    string? Title,
    double? Duration,
    string? Cover,
    long? Size,
    [property: JsonPropertyName("hd_size")] long? HdSize,
    [property: JsonPropertyName("play_count")] long? PlayCount,
    [property: JsonPropertyName("digg_count")] long? DiggCount,
    [property: JsonPropertyName("comment_count")] long? CommentCount,
    [property: JsonPropertyName("share_count")] long? ShareCount,
    [property: JsonPropertyName("collect_count")] long? CollectCount,
    [property: JsonPropertyName("create_time")] long? CreateTime,
    TikwmAuthorJson? Author,
    [property: JsonPropertyName("music_info")] TikwmMusicJson? MusicInfo,
    string[]? Images
);

sealed record TikwmAuthorJson(string? Id, [property: JsonPropertyName("unique_id")] string? UniqueId, string? Nickname);

sealed record TikwmMusicJson(string? Id, string? Title, string? Author, string? Album, double? Duration, string? Play);
