using System.Text.Json;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>Reads what TikTok's embedded player is told of a post (<c>/player/api/v1/items</c>). Every field may be missing.</summary>
static class TikTokPlayer
{
    const int Most = 200;
    const int MostAddresses = 20;

    /// <summary>Parses a reply.</summary>
    /// <exception cref="TrawlException">When it shows no post, or another one.</exception>
    public static Video Parse(ReadOnlyMemory<byte> json, VideoUrl url, Session session)
    {
        using var document = ForeignJson.Parse(json, e => Unreadable(json.Span, url, e));
        var item = document.RootElement.Items("items"u8).FirstOrDefault();
        if (item.ValueKind != JsonValueKind.Object)
            throw Missing(document.RootElement, url);
        if ((item.Text("id_str"u8) ?? item.Text("id"u8)) is { } id && id != url.Id)
            throw new TrawlException(FailureKind.WrongContent, $"TikTok's player answered with another post than {url.Identity}.");

        var (author, media, sound) = (item.Get("author_info"u8), item.Get("video_info"u8), item.Get("music_info"u8));
        var meta = media.Get("meta"u8);
        return new Video
        {
            Url = url,
            Id = url.Id!,
            Caption = item.Text("desc"u8) ?? "",
            Author = new Author
            {
                Id = author.Text("id_str"u8) ?? author.Text("id"u8),
                Handle = author.Text("unique_id"u8),
                Name = author.Text("nickname"u8),
                SecUid = author.Text("sec_uid"u8),
            },
            Music =
                sound.ValueKind == JsonValueKind.Object
                    ? new Music
                    {
                        Id = sound.Text("id_str"u8),
                        Title = sound.Text("title"u8),
                        Author = sound.Text("author"u8),
                    }
                    : null,
            // seen under both names
            Counts = ReadCounts(
                item.Get("statistics_info"u8) is { ValueKind: JsonValueKind.Object } info ? info : item.Get("statistics"u8)
            ),
            PublishedAt = item.Time("create_time"u8),
            PublishedAfter = TikTokUrl.TimeOf(url.Id!),
            Duration = meta.Real("duration"u8) is > 0 and < 86_400_000 and var milliseconds
                ? TimeSpan.FromMilliseconds(milliseconds)
                : null,
            Cover = Addresses(media.Get("origin_cover"u8)).Concat(Addresses(media.Get("cover"u8))).FirstOrDefault(),
            Photos = [.. item.Get("image_post_info"u8).Items("images"u8).Take(Most).Select(ReadPhoto).OfType<Photo>()],
            Formats = [.. ReadFormats(media, meta, session).DistinctBy(f => f.Id)],
        };
    }

    static TrawlException Unreadable(ReadOnlySpan<byte> json, VideoUrl url, Exception cause) =>
        json.TrimStart(" \r\n\t"u8).StartsWith("<"u8)
            ? TikTokPage.WithoutData(json, url)
            : new TrawlException(FailureKind.LayoutChanged, "The answer of TikTok's player cannot be read.", cause);

    // nil_core_data | item_not_exist
    static TrawlException Missing(JsonElement reply, VideoUrl url)
    {
        var code = reply.Items("results"u8).Select(r => r.Text("code"u8)).FirstOrDefault() ?? "";
        if (code == "nil_core_data" || code.Contains("not_exist", StringComparison.Ordinal))
            return new TrawlException(FailureKind.Gone, $"TikTok's player knows no post {url.Identity}.");
        return reply.Get("items"u8).ValueKind == JsonValueKind.Array
            ? new TrawlException(FailureKind.Unavailable, $"TikTok's player does not show {url.Identity}.")
            : new TrawlException(FailureKind.LayoutChanged, "The answer of TikTok's player has no items.");
    }

    static Counts ReadCounts(JsonElement counts) =>
        new()
        {
            Rounded = false,
            Views = counts.Whole("play_count"u8),
            Likes = counts.Whole("digg_count"u8),
            Comments = counts.Whole("comment_count"u8),
            Shares = counts.Whole("share_count"u8),
            Saves = counts.Whole("collect_count"u8),
        };

    static Photo? ReadPhoto(JsonElement image) =>
        image.Get("display_image"u8) is var shown && Addresses(shown) is [_, ..] addresses
            ? new Photo([.. addresses], ForeignJson.Pixels(shown.Whole("width"u8)) ?? 0, ForeignJson.Pixels(shown.Whole("height"u8)) ?? 0)
            : null;

    static IEnumerable<MediaFormat> ReadFormats(JsonElement media, JsonElement meta, Session session)
    {
        var any = false;
        foreach (var profile in media.Items("profiles"u8).Take(Most))
        {
            var play = profile.Get("play_addr"u8);
            if (Addresses(play) is not [_, ..] addresses)
                continue;
            any = true;
            var codec = TikTokItem.Codec(play.Text("url_key"u8), profile.Text("codec_type"u8));
            yield return new MediaFormat
            {
                Id = TikTokItem.SafeId(
                    $"player_{profile.Text("gear_name"u8) ?? profile.Text("quality_type"u8)}",
                    codec,
                    profile.Whole("bitrate"u8)
                ),
                Addresses = [.. addresses],
                Session = session,
                Codec = codec,
                Width = ForeignJson.Pixels(play.Whole("width"u8) ?? meta.Whole("width"u8)),
                Height = ForeignJson.Pixels(play.Whole("height"u8) ?? meta.Whole("height"u8)),
                Bitrate = profile.Whole("bitrate"u8),
                Size = play.Whole("data_size"u8),
                ExpiresAt = TikTokItem.Expiry(addresses[0].OriginalString),
            };
        }
        if (!any && Addresses(media) is [_, ..] only)
            yield return new MediaFormat
            {
                Id = "player",
                Addresses = [.. only],
                Session = session,
                Width = ForeignJson.Pixels(meta.Whole("width"u8)),
                Height = ForeignJson.Pixels(meta.Whole("height"u8)),
                ExpiresAt = TikTokItem.Expiry(only[0].OriginalString),
            };
    }

    static List<Uri> Addresses(JsonElement list) =>
        [.. list.Items("url_list"u8).Take(MostAddresses).Select(a => TikTokItem.Address(a.Text())).OfType<Uri>()];
}
