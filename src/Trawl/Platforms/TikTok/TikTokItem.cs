using System.Collections.Immutable;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>Turns TikTok's <c>itemStruct</c> into a <see cref="Video"/>.</summary>
static class TikTokItem
{
    public static Video ToVideo(ItemJson item, VideoUrl url, Session session)
    {
        var id = item.Id ?? throw LayoutChanged(url, "itemStruct.id");
        if (id != url.Id)
            throw new TrawlException(
                FailureKind.WrongContent,
                $"The page of {url.Identity} shows another video, {new string([.. id.Take(24)])}."
            );
        var author = item.Author ?? throw LayoutChanged(url, "itemStruct.author");

        var photos = ReadPhotos(item.ImagePost);
        return new Video
        {
            Url = url,
            Id = id,
            Caption = item.Desc ?? "",
            Author = new Author
            {
                Id = author.Id,
                Handle = author.UniqueId,
                Name = author.Nickname,
                SecUid = author.SecUid,
                Verified = author.Verified,
            },
            Music = item.Music is { } music ? ReadMusic(music) : null,
            Counts = ReadCounts(item.Stats, item.StatsV2),
            PublishedAt = item.CreateTime is > 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(item.CreateTime.Value) : null,
            Duration = Seconds(item.Video?.Duration),
            Cover = Address(item.Video?.Cover),
            Photos = photos,
            Formats = photos.IsEmpty && item.Video is { } video ? [.. ReadFormats(video, session), .. ReadSound(item.Music, session)] : [],
        };
    }

    static Music ReadMusic(MusicJson music) =>
        new()
        {
            Id = music.Id,
            Title = music.Title,
            Author = music.AuthorName,
            Album = string.IsNullOrEmpty(music.Album) ? null : music.Album,
            Duration = Seconds(music.Duration),
            Address = Address(music.PlayUrl),
        };

    // statsV2 holds the same numbers as strings, and reposts (2024-06 to 2026-02)
    static Counts ReadCounts(StatsJson? stats, StatsJson? v2) =>
        new()
        {
            Views = v2?.PlayCount ?? stats?.PlayCount,
            Likes = v2?.DiggCount ?? stats?.DiggCount,
            Comments = v2?.CommentCount ?? stats?.CommentCount,
            Shares = v2?.ShareCount ?? stats?.ShareCount,
            Saves = v2?.CollectCount ?? stats?.CollectCount,
            Reposts = v2?.RepostCount ?? stats?.RepostCount,
        };

    static ImmutableArray<Photo> ReadPhotos(ImagePostJson? post) =>
        [
            .. from image in post?.Images ?? []
            let addresses = Addresses(image.ImageUrl?.UrlList)
            where addresses.Length > 0
            select new Photo(addresses, image.ImageWidth ?? 0, image.ImageHeight ?? 0),
        ];

    static ImmutableArray<MediaFormat> ReadFormats(VideoJson video, Session session)
    {
        var formats = (video.BitrateInfo ?? []).Select(variant => ReadVariant(variant, video, session)).OfType<MediaFormat>().ToList();
        // playAddr is normally one of the variants again; search items may have nothing else
        if (formats.Count == 0 && Addresses([video.PlayAddr ?? ""]) is { Length: > 0 } play)
            formats.Add(Single("play", play, video, session));
        if (Addresses([video.DownloadAddr ?? ""]) is { Length: > 0 } download)
            formats.Add(Single("download", download, video, session) with { Watermarked = true, Size = null, Bitrate = null });
        return [.. formats.DistinctBy(f => f.Id)];
    }

    static IEnumerable<MediaFormat> ReadSound(MusicJson? music, Session session) =>
        Address(music?.PlayUrl) is { } address
            ?
            [
                new MediaFormat
                {
                    Id = "music",
                    Addresses = [address],
                    Session = session,
                    AudioOnly = true,
                    ExpiresAt = Expiry(address),
                },
            ]
            : [];

    static MediaFormat? ReadVariant(BitrateJson variant, VideoJson video, Session session)
    {
        var addresses = Addresses(variant.PlayAddr?.UrlList);
        if (addresses.IsEmpty)
            return null;
        var codec = Codec(variant.PlayAddr!.UrlKey, variant.CodecType);
        return new MediaFormat
        {
            Id = SafeId(variant.GearName, codec, variant.Bitrate),
            Addresses = addresses,
            Session = session,
            Codec = codec,
            // older pages (2024-06) name the size only once, for all variants
            Width = variant.PlayAddr.Width ?? video.Width,
            Height = variant.PlayAddr.Height ?? video.Height,
            Bitrate = variant.Bitrate,
            Size = variant.PlayAddr.DataSize,
            MaybeSilent = addresses.Any(a => a.AbsolutePath.Contains("/media-video-hvc1/", StringComparison.Ordinal)),
            ExpiresAt = Expiry(addresses[0]),
        };
    }

    static MediaFormat Single(string id, ImmutableArray<Uri> addresses, VideoJson video, Session session) =>
        new()
        {
            Id = id,
            Addresses = addresses,
            Session = session,
            Codec = Codec(null, video.CodecType) ?? "h264",
            Width = video.Width,
            Height = video.Height,
            Bitrate = video.Bitrate,
            Size = video.Size,
            ExpiresAt = Expiry(addresses[0]),
        };

    // v24025gl0000d4aa3o7og65qmrtgqkm0_h264_540p_1010862; bytevc1 is H.265, bytevc2 cannot be played
    static string? Codec(string? urlKey, string? codecType) =>
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

    static string SafeId(string? gear, string? codec, long? bitrate)
    {
        var name = new string([.. (gear ?? "variant").Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-').Take(40)]);
        return $"{name}-{codec ?? "video"}-{bitrate ?? 0}";
    }

    // addresses on www.tiktok.com work only sometimes: they come last
    static ImmutableArray<Uri> Addresses(string[]? list) =>
        [.. (list ?? []).Select(Address).OfType<Uri>().OrderBy(a => a.Host == "www.tiktok.com")];

    static Uri? Address(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri : null;

    static TimeSpan? Seconds(double? seconds) => seconds is > 0 and < 86_400 ? TimeSpan.FromSeconds(seconds.Value) : null;

    // ...&expire=1767267384&...
    static DateTimeOffset? Expiry(Uri address)
    {
        var at = address.Query.IndexOf("expire=", StringComparison.Ordinal);
        if (at < 0)
            return null;
        var digits = new string([.. address.Query.Skip(at + 7).TakeWhile(char.IsAsciiDigit).Take(11)]);
        return long.TryParse(digits, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    public static TrawlException LayoutChanged(VideoUrl url, string field) =>
        new(FailureKind.LayoutChanged, $"The page of {url.Identity} has no {field}.");
}
