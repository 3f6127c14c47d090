using System.Collections.Immutable;
using System.Text.Json;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>Turns TikTok's <c>itemStruct</c> into a <see cref="Video"/>.</summary>
static class TikTokItem
{
    // forms, subtitles, pictures: posts have at most 35 of each
    const int Most = 200;
    const int MostAddresses = 20;

    public static Video ToVideo(JsonElement item, VideoUrl url, Session session)
    {
        var id = item.Text("id"u8) ?? throw LayoutChanged(url, "itemStruct.id");
        if (id != url.Id)
            throw new TrawlException(
                FailureKind.WrongContent,
                $"The page of {url.Identity} shows another video, {new string([.. id.Take(24)])}."
            );

        var video = item.Get("video"u8);
        var photos = ReadPhotos(item.Get("imagePost"u8));
        return new Video
        {
            Url = url,
            Id = id,
            Caption = item.Text("desc"u8) ?? "",
            Author = ReadAuthor(item) ?? throw LayoutChanged(url, "itemStruct.author"),
            Music = item.Get("music"u8) is { ValueKind: JsonValueKind.Object } music ? ReadMusic(music) : null,
            Counts = ReadCounts(item.Get("stats"u8), item.Get("statsV2"u8)),
            PublishedAt = item.Time("createTime"u8),
            PublishedAfter = TikTokUrl.TimeOf(id),
            Language = Named(item.Text("textLanguage"u8)),
            Location = Named(item.Get("poi"u8).Text("name"u8)) ?? Named(item.Text("locationCreated"u8)),
            Effects = Names(item.Items("effectStickers"u8).Select(e => e.Text("name"u8))),
            OnScreenTexts = Names(item.Items("stickersOnItem"u8).SelectMany(s => s.Items("stickerText"u8)).Select(t => t.Text())),
            Labels = Names(item.Items("diversificationLabels"u8).Select(l => l.Text())),
            Subtitles = ReadSubtitles(video),
            IsAd = item.Flag("isAd"u8),
            IsAiGenerated = item.Flag("IsAigc"u8),
            Duration = video.Seconds("duration"u8),
            Cover = Address(video.Text("cover"u8)),
            Photos = photos,
            Formats = photos.IsEmpty ? [.. ReadFormats(video, session), .. ReadSound(item.Get("music"u8), session)] : [],
        };
    }

    // an object; in pages of 2022 the handle, with the rest beside it
    static Author? ReadAuthor(JsonElement item) =>
        item.Get("author"u8) switch
        {
            { ValueKind: JsonValueKind.Object } author => new Author
            {
                Id = author.Text("id"u8),
                Handle = author.Text("uniqueId"u8),
                Name = author.Text("nickname"u8),
                SecUid = author.Text("secUid"u8),
                Verified = author.Flag("verified"u8),
            },
            { ValueKind: JsonValueKind.String } handle => new Author
            {
                Id = item.Text("authorId"u8),
                Handle = handle.Text(),
                Name = item.Text("nickname"u8),
                SecUid = item.Text("authorSecId"u8),
            },
            _ => null,
        };

    static Music ReadMusic(JsonElement music) =>
        new()
        {
            Id = music.Text("id"u8),
            Title = music.Text("title"u8),
            Author = music.Text("authorName"u8),
            Album = music.Text("album"u8) is { Length: > 0 } album ? album : null,
            Duration = music.Seconds("duration"u8),
            Original = music.Flag("original"u8),
            Address = Address(music.Text("playUrl"u8)),
        };

    // subtitleInfos on pages; search replies have only claInfo.captionInfos
    static ImmutableArray<Subtitle> ReadSubtitles(JsonElement video)
    {
        var subtitles = ImmutableArray.CreateBuilder<Subtitle>();
        foreach (var info in video.Items("subtitleInfos"u8).Take(Most))
            if (Address(info.Text("Url"u8)) is { } address)
                subtitles.Add(
                    new(
                        info.Text("LanguageCodeName"u8) ?? "",
                        address,
                        info.Text("Format"u8) ?? "webvtt",
                        info.Text("Source"u8) is { } s ? s == "ASR" : null
                    )
                );
        foreach (var info in video.Get("claInfo"u8).Items("captionInfos"u8).Take(Most))
            if (Address(info.Text("url"u8)) is { } address && subtitles.All(s => s.Address != address))
                subtitles.Add(
                    new(info.Text("language"u8) ?? "", address, info.Text("captionFormat"u8) ?? "webvtt", info.Flag("isAutoGen"u8))
                );
        return subtitles.DrainToImmutable();
    }

    static ImmutableArray<string> Names(IEnumerable<string?> texts) =>
        [.. texts.Select(Named).OfType<string>().Distinct(StringComparer.Ordinal)];

    static string? Named(string? text) => string.IsNullOrWhiteSpace(text) || text == "un" ? null : text;

    // statsV2 holds the same numbers as strings, and reposts (2024-06 to 2026-02)
    static Counts ReadCounts(JsonElement stats, JsonElement v2)
    {
        return new Counts
        {
            Rounded = true,
            Views = Count("playCount"u8),
            Likes = Count("diggCount"u8),
            Comments = Count("commentCount"u8),
            Shares = Count("shareCount"u8),
            Saves = Count("collectCount"u8),
            Reposts = Count("repostCount"u8),
        };

        long? Count(ReadOnlySpan<byte> name) => v2.Whole(name) ?? stats.Whole(name);
    }

    static ImmutableArray<Photo> ReadPhotos(JsonElement post)
    {
        var photos = ImmutableArray.CreateBuilder<Photo>();
        foreach (var image in post.Items("images"u8).Take(Most))
        {
            var addresses = Addresses(image.Get("imageURL"u8).Items("urlList"u8));
            if (!addresses.IsEmpty)
                photos.Add(new Photo(addresses, Side("imageWidth"u8), Side("imageHeight"u8)));

            int Side(ReadOnlySpan<byte> name) => ForeignJson.Pixels(image.Whole(name)) ?? 0;
        }
        return photos.DrainToImmutable();
    }

    static List<MediaFormat> ReadFormats(JsonElement video, Session session)
    {
        var sounds = new TikTokSounds(video, session);
        List<MediaFormat> formats =
        [
            .. video
                .Items("bitrateInfo"u8)
                .Take(Most)
                .Select(variant => ReadVariant(variant, video, sounds, session))
                .OfType<MediaFormat>()
                .DistinctBy(f => f.Id),
        ];
        // playAddr is normally one of the variants again; search items may have nothing else
        if (formats.Count == 0 && video.Text("playAddr"u8) is { } play)
            formats.AddRange(ReadSingle("play", play, video, session));
        if (video.Text("downloadAddr"u8) is { } download)
            formats.AddRange(
                ReadSingle("download", download, video, session).Select(f => f with { Watermarked = true, Size = null, Bitrate = null })
            );
        return formats;
    }

    static IEnumerable<MediaFormat> ReadSound(JsonElement music, Session session) =>
        music.Text("playUrl"u8) is { } text && Address(text) is { } address
            ?
            [
                new MediaFormat
                {
                    Id = "music",
                    Addresses = [address],
                    Session = session,
                    AudioOnly = true,
                    ExpiresAt = Expiry(text),
                },
            ]
            : [];

    static MediaFormat? ReadVariant(JsonElement variant, JsonElement video, TikTokSounds sounds, Session session)
    {
        var play = variant.Get("PlayAddr"u8);
        var addresses = Addresses(play.Items("UrlList"u8));
        if (addresses.IsEmpty)
            return null;
        var (key, gear) = (play.Text("UrlKey"u8), variant.Text("GearName"u8));
        var codec = Codec(key, variant.Text("CodecType"u8));
        var (width, height) = GearSize.Of(play, video, key, gear);
        // a missing format means one file; the path gives away pictures alone whatever is said
        var isPicture = variant.Text("Format"u8) == "dash" || addresses[0].AbsolutePath.Contains("/media-video-", StringComparison.Ordinal);
        var sound = isPicture ? sounds.For(variant) : null;
        return new MediaFormat
        {
            Id = SafeId(gear, codec, variant.Whole("Bitrate"u8)),
            Addresses = addresses,
            Session = session,
            Codec = codec,
            Width = width,
            Height = height,
            ShortSide = width is null ? GearSize.SideOf(key, gear) : null,
            Bitrate = variant.Whole("Bitrate"u8) + (sound?.Bitrate ?? 0),
            Size = play.Whole("DataSize"u8),
            Quality = ReadQuality(variant.Text("MVMAF"u8)),
            Sound = sound,
            Silent = isPicture && sound is null,
            ExpiresAt = Expiry(addresses[0].OriginalString),
        };
    }

    // {"v2.0": {"srv1": {"v1080": 87.546, ...}, "ori": {"v1080": 74.946, "v960": 77.712, ...}}}
    static double? ReadQuality(string? measured)
    {
        if (measured is not { Length: > 0 and < 4096 })
            return null;
        using var document = ForeignJson.TryParse(measured);
        return document?.RootElement.Get("v2.0"u8).Get("ori"u8).Real("v1080"u8) is >= 0 and <= 100 and var quality ? quality : null;
    }

    static IEnumerable<MediaFormat> ReadSingle(string id, string address, JsonElement video, Session session)
    {
        if (Address(address) is not { } uri)
            return [];
        return
        [
            new MediaFormat
            {
                Id = id,
                Addresses = [uri],
                Session = session,
                Codec = Codec(null, video.Text("codecType"u8)) ?? "h264",
                Width = ForeignJson.Pixels(video.Whole("width"u8)),
                Height = ForeignJson.Pixels(video.Whole("height"u8)),
                Bitrate = video.Whole("bitrate"u8),
                Size = video.Whole("size"u8),
                ExpiresAt = Expiry(address),
            },
        ];
    }

    // v24025gl0000d4aa3o7og65qmrtgqkm0_h264_540p_1010862; bytevc1 is H.265, bytevc2 cannot be played
    public static string? Codec(string? urlKey, string? codecType) =>
        urlKey switch
        {
            not null when urlKey.Contains("_bytevc2_", StringComparison.Ordinal) => "bytevc2",
            not null when urlKey.Contains("_bytevc1_", StringComparison.Ordinal) => "h265",
            not null when urlKey.Contains("_h264_", StringComparison.Ordinal) => "h264",
            _ when codecType is null => null,
            _ when codecType.StartsWith("h265", StringComparison.Ordinal) => "h265",
            _ when codecType.StartsWith("bytevc2", StringComparison.Ordinal) => "bytevc2",
            _ => "h264",
        };

    public static string SafeId(string? gear, string? codec, long? bitrate)
    {
        var name = new string([.. (gear ?? "variant").Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-').Take(40)]);
        return $"{name}-{codec ?? "video"}-{bitrate ?? 0}";
    }

    // addresses on www.tiktok.com work only sometimes: they come last
    public static ImmutableArray<Uri> Addresses(IEnumerable<JsonElement> list)
    {
        var addresses = ImmutableArray.CreateBuilder<Uri>();
        var last = 0;
        foreach (var item in list.Take(MostAddresses))
        {
            if (item.Text() is not { } text || Address(text) is not { } address)
                continue;
            if (text.StartsWith("https://www.tiktok.com/", StringComparison.Ordinal))
                addresses.Add(address);
            else
                addresses.Insert(last++, address);
        }
        return addresses.DrainToImmutable();
    }

    public static Uri? Address(string? text) =>
        text is not null
        && (text.StartsWith("https://", StringComparison.Ordinal) || text.StartsWith("http://", StringComparison.Ordinal))
        && ForeignJson.IsWhole(text)
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : null;

    // ...&expire=1767267384&...
    public static DateTimeOffset? Expiry(string address)
    {
        const string Key = "expire=";
        var at = address.IndexOf(Key, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var digits = address.AsSpan(at + Key.Length);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? digits : digits[..end], out var seconds) ? ForeignJson.Time(seconds) : null;
    }

    public static TrawlException LayoutChanged(VideoUrl url, string field) =>
        new(FailureKind.LayoutChanged, $"The page of {url.Identity} has no {field}.");
}
