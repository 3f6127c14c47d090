using System.Text.Json;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>Reads the page by which other sites embed a post (<c>/embed/v2/ID</c>). Its file may carry the watermark, so it counts as marked.</summary>
static class TikTokEmbed
{
    const int Most = 20;

    /// <summary>The JSON of a page; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> html)
    {
        var start = html.IndexOf("__FRONTITY_CONNECT_STATE__"u8);
        if (start < 0 || html[start..].IndexOf((byte)'>') is not (>= 0 and var open))
            return [];
        var json = html[(start + open + 1)..];
        var end = json.IndexOf("</script"u8);
        return end < 0 ? [] : json[..end];
    }

    /// <summary>Parses the JSON of a page.</summary>
    /// <exception cref="TrawlException">When it shows no post, or another one.</exception>
    public static Video Parse(ReadOnlyMemory<byte> json, VideoUrl url, Session session)
    {
        using var document = ForeignJson.Parse(
            json,
            e => new TrawlException(FailureKind.LayoutChanged, "TikTok's embedded page holds JSON that cannot be read.", e)
        );
        var pages = document.RootElement.Get("source"u8).Get("data"u8);
        var page = pages.Get(System.Text.Encoding.UTF8.GetBytes($"/embed/v2/{url.Id}"));
        var data = page.Get("videoData"u8);
        if (data.ValueKind != JsonValueKind.Object)
            throw page.Flag("isError"u8) == true
                ? new TrawlException(FailureKind.Unavailable, $"TikTok's embedded page does not show {url.Identity}.")
                : TikTokItem.LayoutChanged(url, "videoData");

        var (item, author) = (data.Get("itemInfos"u8), data.Get("authorInfos"u8));
        if (item.Text("id"u8) is { } id && id != url.Id)
            throw new TrawlException(FailureKind.WrongContent, $"TikTok's embedded page shows another post than {url.Identity}.");
        var meta = item.Get("video"u8).Get("videoMeta"u8);
        return new Video
        {
            Url = url,
            Id = url.Id!,
            Caption = item.Text("text"u8) ?? "",
            Author = new Author
            {
                Id = author.Text("userId"u8),
                Handle = author.Text("uniqueId"u8),
                Name = author.Text("nickName"u8),
            },
            Counts = new Counts
            {
                Rounded = true,
                Views = item.Whole("playCount"u8),
                Likes = item.Whole("diggCount"u8),
                Comments = item.Whole("commentCount"u8),
                Shares = item.Whole("shareCount"u8),
            },
            PublishedAt = item.Time("createTime"u8),
            PublishedAfter = TikTokUrl.TimeOf(url.Id!),
            Duration = meta.Seconds("duration"u8),
            Cover = item.Items("covers"u8).Select(c => TikTokItem.Address(c.Text())).FirstOrDefault(),
            Formats = ReadFormat(item.Get("video"u8), session) is { } format ? [format] : [],
        };
    }

    static MediaFormat? ReadFormat(JsonElement video, Session session)
    {
        List<Uri> addresses = [.. video.Items("urls"u8).Take(Most).Select(u => TikTokItem.Address(u.Text())).OfType<Uri>()];
        var meta = video.Get("videoMeta"u8);
        return addresses.Count == 0
            ? null
            : new MediaFormat
            {
                Id = "embed",
                Addresses = [.. addresses],
                Session = session,
                Width = ForeignJson.Pixels(meta.Whole("width"u8)),
                Height = ForeignJson.Pixels(meta.Whole("height"u8)),
                Watermarked = true,
            };
    }
}
