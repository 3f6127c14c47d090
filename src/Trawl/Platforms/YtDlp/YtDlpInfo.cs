using System.Collections.Immutable;
using System.Text.Json;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Videos;

namespace Trawl.Platforms.YtDlp;

/// <summary>Turns yt-dlp's information document into a <see cref="Video"/>.</summary>
static class YtDlpInfo
{
    // YouTube offers a few hundred where a video is dubbed
    const int Most = 1000;

    /// <exception cref="TrawlException">When it describes no single video, or another one than was asked for.</exception>
    public static Video ToVideo(JsonElement info, VideoUrl url)
    {
        if (info.Text("_type"u8) is "playlist" or "multi_video")
            throw new TrawlException(FailureKind.UnsupportedLink, $"{url} leads to a list, not to a video.");
        if (info.Flag("is_live"u8) == true)
            throw new TrawlException(FailureKind.UnsupportedLink, $"{url} leads to a live stream.");
        var id = SafeId(info.Text("id"u8)) ?? throw Unreadable("id");
        // other sites' ids are known only now; and of a video in parts it adds which one
        if (url.Platform != AnySite.Name && id.Split("_p")[0] != url.Id && id != url.Id)
            throw new TrawlException(FailureKind.WrongContent, $"yt-dlp answered with another video than {url.Identity}.");
        var formats = info.Items("formats"u8).Take(Most).Select(f => ReadFormat(f)).OfType<MediaFormat>().DistinctBy(f => f.Id).ToList();
        if (formats.Count == 0 && ReadFormat(info) is { } only)
            formats.Add(only);
        formats.Add(Whole(info, url));
        return new Video
        {
            Url = url,
            Id = url.Platform == AnySite.Name ? id : url.Id!,
            // TikTok's posts have no title of their own: yt-dlp makes one of the caption
            Title = url.Platform == "tiktok" ? "" : info.Text("title"u8) ?? "",
            Caption = info.Text("description"u8) is { Length: > 0 } text ? text : info.Text("title"u8) ?? "",
            Author = new Author
            {
                Id = info.Text("uploader_id"u8),
                // today's YouTube has @names; elsewhere the name is all there is
                Handle = info.Text("uploader_id"u8) is ['@', .. var handle]
                    ? handle
                    : info.Text("uploader"u8) ?? info.Text("channel"u8) ?? info.Text("creator"u8),
                Name = info.Text("creator"u8) ?? info.Text("channel"u8) ?? info.Text("uploader"u8),
                SecUid = info.Text("channel_id"u8),
                Page = Address(info.Text("uploader_url"u8)) ?? Address(info.Text("channel_url"u8)),
            },
            Music = info.Text("track"u8) is { Length: > 0 } track
                ? new Music
                {
                    Title = track,
                    Author = info.Text("artist"u8),
                    Album = info.Text("album"u8),
                }
                : null,
            Counts = new Counts
            {
                Views = info.Whole("view_count"u8),
                Likes = info.Whole("like_count"u8),
                Comments = info.Whole("comment_count"u8),
                Shares = info.Whole("repost_count"u8) ?? info.Whole("share_count"u8),
            },
            PublishedAt = info.Time("timestamp"u8) ?? info.Day("upload_date"u8),
            Duration = info.Seconds("duration"u8),
            Cover = Address(info.Text("thumbnail"u8)),
            Formats = [.. formats],
        };
    }

    // What the program would put together itself: the way to everything that comes in fragments or in two halves.
    static MediaFormat Whole(JsonElement info, VideoUrl url) =>
        new()
        {
            Id = "yt-dlp-whole",
            Addresses = [url.Canonical],
            Session = Session.Desktop,
            ByStrategy = true,
            Width = ForeignJson.Pixels(info.Whole("width"u8)),
            Height = ForeignJson.Pixels(info.Whole("height"u8)),
        };

    static MediaFormat? ReadFormat(JsonElement format)
    {
        if (Address(format.Text("url"u8)) is not { } address || format.Text("protocol"u8) is not ("https" or "http" or null))
            return null;
        var (picture, sound) = (format.Text("vcodec"u8), format.Text("acodec"u8));
        if (picture == "none" && sound is "none" or null || format.Text("ext"u8) is "mhtml")
            return null;
        var note = format.Text("format_note"u8) ?? "";
        return new MediaFormat
        {
            Id = SafeId(format.Text("format_id"u8)) ?? "format",
            Addresses = [address],
            Session = ReadSession(format.Get("http_headers"u8), format.Text("cookies"u8), address),
            Codec = Codec(picture),
            Width = ForeignJson.Pixels(format.Whole("width"u8)),
            Height = ForeignJson.Pixels(format.Whole("height"u8)),
            Bitrate = format.Real("tbr"u8) is > 0 and < 1e9 and var kilobits ? (long)(kilobits * 1000) : null,
            Size = format.Whole("filesize"u8),
            // download_addr-0, download: TikTok's marked form, with and without a note that says so
            Watermarked =
                note.Contains("watermarked", StringComparison.OrdinalIgnoreCase)
                || format.Text("format_id"u8)?.StartsWith("download", StringComparison.Ordinal) == true,
            AudioOnly = picture == "none",
            Silent = sound == "none",
        };
    }

    // The program's cookies belong to the site that set them; they come with their domains.
    static Session ReadSession(JsonElement headers, string? cookies, Uri address)
    {
        var referer = Address(headers.Text("Referer"u8));
        var session = Session.Desktop with { Referer = referer };
        if (headers.Text("User-Agent"u8) is { Length: > 0 and < 500 } agent && !agent.Any(char.IsControl))
            session = session with { UserAgent = agent };
        // Cookie: a=1; b=2 for this address alone, or a=1; Domain=.tiktok.com; Path=/; Secure; b=2; ...
        var pairs = (headers.Text("Cookie"u8) ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return session.Receive([.. pairs, .. SplitCookies(cookies)], address, DateTimeOffset.UnixEpoch);
    }

    static IEnumerable<string> SplitCookies(string? cookies)
    {
        string[] attributes = ["domain", "path", "secure", "expires", "max-age", "httponly", "samesite"];
        var cookie = "";
        foreach (var part in (cookies ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (attributes.Contains(part.Split('=')[0].ToLowerInvariant()))
            {
                cookie += "; " + part;
                continue;
            }
            if (cookie.Length > 0)
                yield return cookie;
            cookie = part;
        }
        if (cookie.Length > 0)
            yield return cookie;
    }

    // avc1.640028, h264, hev1.1.6.L93, bytevc1, vp09.00.50, av01.0.05M
    static string? Codec(string? name) =>
        name switch
        {
            null or "none" or "unknown" => null,
            _ when name.StartsWith("avc", StringComparison.Ordinal) || name == "h264" => "h264",
            _ when name.StartsWith("hev", StringComparison.Ordinal) || name.StartsWith("hvc", StringComparison.Ordinal) => "h265",
            "h265" or "bytevc1" => "h265",
            "bytevc2" => "bytevc2",
            _ when name.StartsWith("vp9", StringComparison.Ordinal) || name.StartsWith("vp09", StringComparison.Ordinal) => "vp9",
            _ when name.StartsWith("av01", StringComparison.Ordinal) => "av1",
            _ => SafeId(name),
        };

    static Uri? Address(string? text) =>
        text is not null
        && ForeignJson.IsWhole(text)
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
            ? uri
            : null;

    // ids become file names
    static string? SafeId(string? id)
    {
        var safe = new string([.. (id ?? "").Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-').Take(64)]);
        return safe.Length > 0 ? safe : null;
    }

    static TrawlException Unreadable(string field) =>
        new(FailureKind.ToolFailed, $"yt-dlp's answer has no {field}.") { Detail = "BAD_JSON" };
}
