using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trawl.Platforms.TikTok;

// The shapes of TikTok's page JSON, as far as we read them. Pages write numbers as strings where the APIs write numbers, so every scalar is lenient.

sealed record DetailJson(ItemInfoJson? ItemInfo, int? StatusCode, string? StatusMsg);

sealed record ItemInfoJson(ItemJson? ItemStruct);

sealed record ItemJson(
    string? Id,
    string? Desc,
    long? CreateTime,
    AuthorJson? Author,
    MusicJson? Music,
    StatsJson? Stats,
    StatsJson? StatsV2,
    VideoJson? Video,
    ImagePostJson? ImagePost,
    bool? IsContentClassified
);

sealed record AuthorJson(string? Id, string? UniqueId, string? Nickname, string? SecUid, bool? Verified);

sealed record MusicJson(string? Id, string? Title, string? AuthorName, string? Album, double? Duration, string? PlayUrl);

sealed record StatsJson(long? PlayCount, long? DiggCount, long? ShareCount, long? CommentCount, long? CollectCount, long? RepostCount);

sealed record VideoJson(
    int? Width,
    int? Height,
    double? Duration,
    string? Cover,
    string? PlayAddr,
    string? DownloadAddr,
    long? Bitrate,
    string? CodecType,
    long? Size,
    BitrateJson[]? BitrateInfo
);

sealed record BitrateJson(
    [property: JsonPropertyName("Bitrate")] long? Bitrate,
    [property: JsonPropertyName("GearName")] string? GearName,
    [property: JsonPropertyName("CodecType")] string? CodecType,
    [property: JsonPropertyName("PlayAddr")] PlayAddrJson? PlayAddr
);

sealed record PlayAddrJson(
    [property: JsonPropertyName("UrlList")] string[]? UrlList,
    [property: JsonPropertyName("UrlKey")] string? UrlKey,
    [property: JsonPropertyName("DataSize")] long? DataSize,
    [property: JsonPropertyName("Width")] int? Width,
    [property: JsonPropertyName("Height")] int? Height
);

sealed record ImagePostJson(ImageJson[]? Images);

sealed record ImageJson([property: JsonPropertyName("imageURL")] UrlListJson? ImageUrl, int? ImageWidth, int? ImageHeight);

sealed record UrlListJson(string[]? UrlList);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    MaxDepth = 64,
    Converters = [typeof(LenientLong), typeof(LenientInt), typeof(LenientDouble), typeof(LenientString), typeof(LenientBool)]
)]
[JsonSerializable(typeof(DetailJson))]
[JsonSerializable(typeof(ItemJson))]
[JsonSerializable(typeof(TikwmJson))]
sealed partial class TikTokJsonContext : JsonSerializerContext;

/// <summary>Reads a number, a number in a string, or anything else as nothing.</summary>
abstract class LenientNumber<T> : JsonConverter<T?>
    where T : struct, ISpanParsable<T>, IUtf8SpanParsable<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
        {
            reader.Skip();
            return null;
        }
        return !reader.HasValueSequence && T.TryParse(reader.ValueSpan, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    public override void Write(Utf8JsonWriter writer, T? value, JsonSerializerOptions options) => throw new NotSupportedException();
}

sealed class LenientLong : LenientNumber<long>;

sealed class LenientInt : LenientNumber<int>;

sealed class LenientDouble : LenientNumber<double>;

/// <summary>Reads a string, a number as text, or anything else as nothing.</summary>
sealed class LenientString : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                try
                {
                    return reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    return null; // a lone surrogate
                }
            case JsonTokenType.Number:
                return System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
            default:
                reader.Skip();
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>Reads a boolean, 1 and 0, or anything else as nothing.</summary>
sealed class LenientBool : JsonConverter<bool?>
{
    public override bool? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
            case JsonTokenType.False:
                return reader.GetBoolean();
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var number) && number != 0;
            default:
                reader.Skip();
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options) => throw new NotSupportedException();
}
