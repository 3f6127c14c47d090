using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Trawl.Sandbox.Catalogue;

namespace Trawl.Sandbox.Sites;

/// <summary>What a page needs to know of a variant: its addresses and its size.</summary>
sealed record OfferedVariant(Variant Variant, IReadOnlyList<string> Addresses, long Size, long Bitrate)
{
    /// <summary>Where the sound of a picture is; empty where it is in the same file.</summary>
    public IReadOnlyList<string> Sound { get; init; } = [];
}

/// <summary>How an item is written.</summary>
/// <param name="NamesPixels">Whether each form says its width and height, as since 2024.</param>
/// <param name="NumbersAreTexts">Whether counts are written as strings, as since 2026.</param>
sealed record ItemStyle(bool NamesPixels = true, bool NumbersAreTexts = false);

/// <summary>Writes a post's page in the shapes the real site uses: hydration JSON among hundreds of kilobytes of other things.</summary>
static class PostPage
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A whole page of the modern form.</summary>
    /// <param name="scope">The key under which the detail stands: the desktop's or the phone's.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="writeDetail">Writes the detail object.</param>
    /// <param name="script">What the page does when it is shown.</param>
    public static byte[] Modern(string scope, string title, Action<Utf8JsonWriter> writeDetail, string script = "")
    {
        var json = Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__DEFAULT_SCOPE__");
            writer.WriteStartObject("webapp.app-context");
            writer.WriteString("language", "en");
            writer.WriteString("region", "DE");
            writer.WriteString("nonce", "c2FuZGJveA==");
            writer.WriteEndObject();
            writer.WriteStartObject("webapp.biz-context");
            writer.WriteString("os", scope.Contains("reflow", StringComparison.Ordinal) ? "ios" : "linux");
            writer.WriteEndObject();
            writer.WritePropertyName("webapp.i18n-translation");
            writer.WriteRawValue(PageText.TranslationJson, skipInputValidation: true);
            writer.WriteStartObject("seo.abtest");
            writer.WriteString("pageId", "546546812584802035");
            writer.WriteEndObject();
            writer.WritePropertyName(scope);
            writeDetail(writer);
            writer.WriteStartObject("webapp.a-b");
            writer.WriteString("b_c", "2");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
        return Html(title, "__UNIVERSAL_DATA_FOR_REHYDRATION__", json, script);
    }

    /// <summary>A page of the form of 2020.</summary>
    public static byte[] Oldest(Post post, IReadOnlyList<OfferedVariant> offers) =>
        Html(
            post.Caption,
            "__NEXT_DATA__",
            Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartObject("props");
                writer.WritePropertyName("pageProps");
                WriteDetail(writer, post, offers, new ItemStyle(NamesPixels: false));
                writer.WriteEndObject();
                writer.WriteEndObject();
            })
        );

    /// <summary>The detail of an author's page.</summary>
    public static void WriteProfile(Utf8JsonWriter writer, Person author)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("userInfo");
        writer.WritePropertyName("user");
        WriteAuthorValue(writer, author);
        writer.WriteEndObject();
        writer.WriteNumber("statusCode", 0);
        writer.WriteString("statusMsg", "");
        writer.WriteEndObject();
    }

    /// <summary>A page of the form of 2022, as old clients read it.</summary>
    public static byte[] Old(Post post, IReadOnlyList<OfferedVariant> offers) =>
        Html(
            post.Caption,
            "SIGI_STATE",
            Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartObject("ItemModule");
                writer.WritePropertyName(post.Id);
                WriteItem(writer, post, offers, new ItemStyle());
                writer.WriteEndObject();
                writer.WriteStartObject("VideoPage");
                writer.WriteNumber("statusCode", 0);
                writer.WriteEndObject();
                writer.WriteEndObject();
            })
        );

    /// <summary>The detail of a post that is shown.</summary>
    public static void WriteDetail(Utf8JsonWriter writer, Post post, IReadOnlyList<OfferedVariant> offers, ItemStyle style)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("itemInfo");
        writer.WritePropertyName("itemStruct");
        WriteItem(writer, post, offers, style);
        writer.WriteEndObject();
        writer.WriteStartObject("shareMeta");
        writer.WriteString("title", $"{post.Author.Name} on TikTok");
        writer.WriteString("desc", post.Caption);
        writer.WriteEndObject();
        writer.WriteNumber("statusCode", 0);
        writer.WriteString("statusMsg", "");
        writer.WriteEndObject();
    }

    /// <summary>The detail of a post that is not shown.</summary>
    public static void WriteRefusal(Utf8JsonWriter writer, int code, string message)
    {
        writer.WriteStartObject();
        writer.WriteNumber("statusCode", code);
        writer.WriteString("statusMsg", message);
        writer.WriteEndObject();
    }

    /// <summary>A post, as every reply of the site carries it.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="post">The post.</param>
    /// <param name="offers">Its media; none where only search results are shown.</param>
    /// <param name="style">How it is written.</param>
    /// <param name="authorIsName">Whether the author stands as a bare name, as in the page data of 2022.</param>
    public static void WriteItem(
        Utf8JsonWriter writer,
        Post post,
        IReadOnlyList<OfferedVariant> offers,
        ItemStyle style,
        bool authorIsName = false
    )
    {
        writer.WriteStartObject();
        writer.WriteString("id", post.Id);
        writer.WriteString("desc", post.Caption);
        writer.WriteString("createTime", $"{post.CreatedAt.ToUnixTimeSeconds()}");
        writer.WriteNumber("scheduleTime", 0);
        WriteVideo(writer, post, offers, style);
        if (authorIsName)
            writer.WriteString("author", post.Author.Handle);
        else
        {
            writer.WritePropertyName("author");
            WriteAuthorValue(writer, post.Author);
        }
        WriteMusic(writer, post);
        WriteTags(writer, post);
        WriteStats(writer, post, style);
        if (post.Photos > 0)
            WritePhotos(writer, post);
        if (post.Condition == Condition.AgeRestricted)
            writer.WriteBoolean("isContentClassified", true);
        writer.WriteBoolean("privateItem", false);
        writer.WriteString("locationCreated", "DE");
        writer.WriteEndObject();
    }

    static void WriteVideo(Utf8JsonWriter writer, Post post, IReadOnlyList<OfferedVariant> offers, ItemStyle style)
    {
        if (post.Condition == Condition.AgeRestricted)
            return;
        var clean = offers.Where(o => !o.Variant.Watermarked).ToList();
        writer.WriteStartObject("video");
        writer.WriteString("id", post.Id);
        var first = clean.FirstOrDefault();
        writer.WriteNumber("height", first?.Variant.Height ?? 0);
        writer.WriteNumber("width", first?.Variant.Width ?? 0);
        writer.WriteNumber("duration", first is null ? 0 : (int)Math.Round(post.Seconds));
        writer.WriteString(
            "cover",
            $"https://{CdnSite.Pictures}/sandbox/{post.Id}~tplv-cover.jpeg?x-expires=1788264800&x-signature=c2FuZGJveA%3D%3D"
        );
        if (first is not null)
        {
            writer.WriteString("ratio", "540p");
            writer.WriteString("playAddr", first.Addresses[0]);
            if (offers.FirstOrDefault(o => o.Variant.Watermarked) is { } marked)
                writer.WriteString("downloadAddr", marked.Addresses[0]);
            writer.WriteNumber("bitrate", first.Bitrate);
            writer.WriteString("codecType", first.Variant.Codec == "h265" ? "h265_hvc1" : first.Variant.Codec);
            writer.WriteString("size", $"{first.Size}");
            writer.WriteString("format", "mp4");
            writer.WriteStartArray("bitrateInfo");
            foreach (var offer in clean)
                WriteVariant(writer, post, offer, style);
            writer.WriteEndArray();
            if (clean.Find(o => o.Sound.Count > 0) is { } picture)
                WriteSound(writer, post, picture);
        }
        writer.WriteEndObject();
    }

    // the sound that pictures without any name by its file
    static void WriteSound(Utf8JsonWriter writer, Post post, OfferedVariant picture)
    {
        writer.WriteStartArray("bitrateAudioInfo");
        writer.WriteStartObject();
        writer.WriteString("FileId", FileOf(post));
        writer.WriteString("Bitrate", "64000");
        writer.WriteNumber("AudioQuality", 1);
        writer.WriteStartObject("UrlList");
        writer.WriteString("MainUrl", picture.Sound[0]);
        writer.WriteString("BackupUrl", picture.Sound[^1]);
        writer.WriteString("FallbackUrl", "");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    static string FileOf(Post post) => $"a0sandbox{post.Id[^8..]}";

    static void WriteVariant(Utf8JsonWriter writer, Post post, OfferedVariant offer, ItemStyle style)
    {
        var variant = offer.Variant;
        var codec = variant.Codec switch
        {
            "h265" => "bytevc1",
            _ => variant.Codec,
        };
        var side = Math.Min(variant.Width, variant.Height);
        var uri = $"v24025gl0000sandbox{post.Id[^8..]}";
        writer.WriteStartObject();
        writer.WriteNumber("Bitrate", offer.Bitrate);
        writer.WriteNumber("QualityType", 20);
        writer.WriteNumber("BitrateFPS", 25);
        writer.WriteString("GearName", codec == "h264" ? $"normal_{(side == 576 ? 540 : side)}_0" : $"adapt_{side}_1");
        writer.WriteStartObject("PlayAddr");
        writer.WriteString("DataSize", $"{offer.Size}");
        if (style.NamesPixels)
        {
            writer.WriteNumber("Width", variant.Width);
            writer.WriteNumber("Height", variant.Height);
        }
        writer.WriteString("Uri", uri);
        writer.WriteStartArray("UrlList");
        foreach (var address in offer.Addresses)
            writer.WriteStringValue(address);
        writer.WriteEndArray();
        writer.WriteString("UrlKey", $"{uri}_{codec}_{(side == 576 ? 540 : side)}p_{offer.Bitrate}");
        writer.WriteEndObject();
        writer.WriteString("CodecType", variant.Codec == "h265" ? "h265_hvc1" : variant.Codec);
        writer.WriteString("Format", variant.IsPicture ? "dash" : "mp4");
        if (variant.IsPicture)
            writer.WriteString("VideoExtra", $$"""{"audio_file_id":"{{FileOf(post)}}"}""");
        writer.WriteEndObject();
    }

    static void WriteAuthorValue(Utf8JsonWriter writer, Person author)
    {
        writer.WriteStartObject();
        writer.WriteString("id", author.Id);
        writer.WriteString("uniqueId", author.Handle);
        writer.WriteString("nickname", author.Name);
        writer.WriteString("secUid", author.SecUid);
        writer.WriteBoolean("verified", author.Verified);
        writer.WriteBoolean("privateAccount", false);
        writer.WriteEndObject();
    }

    static void WriteMusic(Utf8JsonWriter writer, Post post)
    {
        writer.WriteStartObject("music");
        writer.WriteString("id", $"70000000000000000{post.Clip:00}");
        writer.WriteString("title", "original sound");
        writer.WriteString("authorName", post.Author.Name);
        writer.WriteBoolean("original", true);
        writer.WriteNumber("duration", (int)post.Seconds);
        writer.WriteString("playUrl", $"https://{CdnSite.Free}/music/{post.Id}.m4a?mime_type=audio_mp4");
        writer.WriteEndObject();
    }

    static void WriteTags(Utf8JsonWriter writer, Post post)
    {
        writer.WriteStartArray("challenges");
        foreach (var tag in post.Caption.Split(' ').Where(w => w.StartsWith('#')))
        {
            writer.WriteStartObject();
            writer.WriteString("title", tag[1..]);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void WriteStats(Utf8JsonWriter writer, Post post, ItemStyle style)
    {
        var plays = Post.Rounded(post.Plays);
        writer.WriteStartObject("stats");
        Count("diggCount", post.Likes);
        Count("shareCount", Post.Rounded(post.Plays / 200));
        Count("commentCount", Post.Rounded(post.Plays / 90));
        Count("playCount", plays);
        writer.WriteString("collectCount", $"{Post.Rounded(post.Plays / 60)}");
        writer.WriteEndObject();
        writer.WriteStartObject("statsV2");
        writer.WriteString("diggCount", $"{post.Likes}");
        writer.WriteString("shareCount", $"{Post.Rounded(post.Plays / 200)}");
        writer.WriteString("commentCount", $"{Post.Rounded(post.Plays / 90)}");
        writer.WriteString("playCount", $"{plays}");
        writer.WriteString("collectCount", $"{Post.Rounded(post.Plays / 60)}");
        writer.WriteString("repostCount", "0");
        writer.WriteEndObject();

        void Count(string name, long count)
        {
            if (style.NumbersAreTexts)
                writer.WriteString(name, $"{count}");
            else
                writer.WriteNumber(name, count);
        }
    }

    static void WritePhotos(Utf8JsonWriter writer, Post post)
    {
        writer.WriteStartObject("imagePost");
        writer.WriteStartArray("images");
        for (var i = 0; i < post.Photos; i++)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("imageURL");
            writer.WriteStartArray("urlList");
            writer.WriteStringValue($"https://{CdnSite.Pictures}/sandbox/{post.Id}-{i}~tplv-photomode-image.jpeg?x-expires=1788264800");
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteNumber("imageWidth", 1170);
            writer.WriteNumber("imageHeight", 1560);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("title", "");
        writer.WriteEndObject();
    }

    static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(300_000);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
            write(writer);
        // the real page escapes slashes and whatever could end the script
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("/", "\\u002F").Replace("<", "\\u003C"));
    }

    static byte[] Html(string title, string id, byte[] json, string script = "")
    {
        var head = $"""
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{HtmlEncoder.Default.Encode(title)} | TikTok</title>
            {PageText.ScriptHtml}</head><body><div id="app"></div><script id="{id}" type="application/json">
            """;
        var tail = script.Length == 0 ? "</script></body></html>" : $"</script><script>{script}</script></body></html>";
        return [.. Encoding.UTF8.GetBytes(head.TrimEnd()), .. json, .. Encoding.UTF8.GetBytes(tail)];
    }
}
