using System.Text;
using System.Text.Json;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>
/// The strategy <c>tikwm</c>: one request to <c>/api/</c>, whose reply names the file (<c>hdplay</c> when the best is wanted, else <c>play</c>). Where it names
/// none, or that address fails, <c>/video/media/play/ID.mp4</c> leads to it; asked for by HEAD where nothing else is known of the file.
/// </summary>
sealed class Tikwm(Network network, long largestFile, bool keepRaw) : Strategy
{
    const string Host = "https://www.tikwm.com";

    static readonly Uri Home = new(Host + "/");

    const int MostRetries = 2;
    const int Most = 200;

    static readonly Session Session = Session.Desktop with { Referer = Home };

    public override string Name => "tikwm";

    public override int UsualRequests => 1;

    public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        if (!url.IsPost)
            throw new TrawlException(FailureKind.UnsupportedLink, $"{url} has no video id.") { Detail = "NO_VIDEO_ID" };

        var visit = network.Visit(Session);
        var video = await DescribeAsync(visit, url, cancellation).ConfigureAwait(false);
        if (video.IsPhotoPost)
            return video; // its play address is the sound
        if (video.Formats.Length > 0)
            return Preferring(video, wish);
        var kind = wish.Policy == FormatPolicy.Best ? "hdplay" : "play";
        return video with { Formats = [await LocateAsync(visit, kind, url, cancellation).ConfigureAwait(false)] };
    }

    async Task<Video> DescribeAsync(Visit visit, VideoUrl url, CancellationToken cancellation)
    {
        var address = new Uri($"{Host}/api/?url={Uri.EscapeDataString(url.Canonical.AbsoluteUri)}&hd=1");
        for (var retry = 0; ; retry++)
        {
            var (reply, body) = await visit.GetPageAsync(new VisitRequest(address), cancellation).ConfigureAwait(false);
            if (!reply.IsSuccess)
                throw TikwmReply.Refused(reply);
            try
            {
                var video = Parse(body, url);
                return keepRaw ? video with { Raw = Encoding.UTF8.GetString(body.Span) } : video;
            }
            catch (TrawlException e) when (e is { Kind: FailureKind.RateLimited, RetryAfter: { } wait })
            {
                // somebody else on our address asked within the same second, or all have used up the day
                await network.Gate.SilenceAsync(address.Host, wait, cancellation).ConfigureAwait(false);
                if (wait > TikwmReply.OneTurn || retry == MostRetries)
                    throw;
            }
        }
    }

    /// <summary>Parses a reply of <c>/api/</c>.</summary>
    internal static Video Parse(ReadOnlyMemory<byte> json, VideoUrl url)
    {
        using var document = TikwmReply.Read(json, url.Identity);
        var data = document.RootElement.Get("data"u8);
        if (data.ValueKind != JsonValueKind.Object)
            throw TikwmReply.Unreadable(null);
        // the id is missing in old replies (2022); another one means another video
        if (data.Text("id"u8) is { Length: > 0 } id && id != url.Id)
            throw new TrawlException(FailureKind.WrongContent, $"TikWM answered with another video than {url.Identity}.");
        var author = data.Get("author"u8);
        return new Video
        {
            Url = url,
            Id = url.Id!,
            Caption = data.Text("title"u8) ?? "",
            Author = new Author
            {
                Id = author.Text("id"u8),
                Handle = author.Text("unique_id"u8),
                Name = author.Text("nickname"u8),
            },
            Music = data.Get("music_info"u8) is { ValueKind: JsonValueKind.Object } music ? ReadMusic(music, data) : null,
            Counts = new Counts
            {
                Rounded = false,
                Views = data.Whole("play_count"u8),
                Likes = data.Whole("digg_count"u8),
                Comments = data.Whole("comment_count"u8),
                Shares = data.Whole("share_count"u8),
                Saves = data.Whole("collect_count"u8),
            },
            PublishedAt = data.Time("create_time"u8),
            PublishedAfter = TikTokUrl.TimeOf(url.Id!),
            Location = data.Text("region"u8) is { Length: > 0 } region ? region : null,
            IsAd = data.Flag("is_ad"u8),
            Cover = Uri.TryCreate(data.Text("cover"u8), UriKind.Absolute, out var cover) ? cover : null,
            Duration = data.Seconds("duration"u8),
            Formats = data.Items("images"u8).Any() ? [] : [.. ReadFormats(data, url.Id!)],
            Photos =
            [
                .. data.Items("images"u8)
                    .Take(Most)
                    .Select(i => TikTokItem.Address(i.Text()))
                    .OfType<Uri>()
                    .Select(i => new Photo([i], 0, 0)),
            ],
        };
    }

    // only the form that is wanted: TikWM says nothing of their codecs and sizes in pixels, by which they could be told apart
    static Video Preferring(Video video, FormatWish wish)
    {
        var wanted = wish.Policy == FormatPolicy.Best ? "tikwm-hdplay" : "tikwm-play";
        return video with { Formats = [.. video.Formats.OrderByDescending(f => f.Id == wanted).Take(1)] };
    }

    static IEnumerable<MediaFormat> ReadFormats(JsonElement data, string id)
    {
        foreach (var (kind, size) in ((string, long?)[])[("play", data.Whole("size"u8)), ("hdplay", data.Whole("hd_size"u8))])
        {
            // relative where the reply is made for TikWM's own page; of a photo post it is the sound
            var text = data.Text(Encoding.UTF8.GetBytes(kind));
            if (text is not { Length: > 0 } || !Uri.TryCreate(Home, text, out var address) || address.Scheme != Uri.UriSchemeHttps)
                continue;
            if (address.Query.Contains("mime_type=audio", StringComparison.Ordinal))
                continue;
            yield return new MediaFormat
            {
                Id = $"tikwm-{kind}",
                // the second one costs a paced request
                Addresses = [address, new Uri(Home, $"video/media/{kind}/{id}.mp4")],
                Session = Session,
                Size = size > 0 ? size : null,
            };
        }
    }

    static Music ReadMusic(JsonElement music, JsonElement data) =>
        new()
        {
            Id = music.Text("id"u8),
            Title = music.Text("title"u8),
            Author = music.Text("author"u8),
            Album = music.Text("album"u8) is { Length: > 0 } album ? album : null,
            Duration = music.Seconds("duration"u8),
            // of a photo post, play is the sound, too
            Address = Uri.TryCreate(music.Text("play"u8) ?? data.Text("music"u8) ?? SoundOf(data), UriKind.Absolute, out var address)
                ? address
                : null,
        };

    static string? SoundOf(JsonElement data) => data.Items("images"u8).Any() ? data.Text("play"u8) : null;

    async Task<MediaFormat> LocateAsync(Visit visit, string kind, VideoUrl url, CancellationToken cancellation)
    {
        var address = new Uri($"{Host}/video/media/{kind}/{url.Id}.mp4");
        VisitReply reply;
        try
        {
            reply = await visit.OpenAsync(new VisitRequest(address) { Method = HttpMethod.Head }, cancellation).ConfigureAwait(false);
        }
        catch (TrawlException e) when (e.Kind is FailureKind.Network or FailureKind.Timeout)
        {
            throw new TrawlException(e.Kind, e.Message, e) { Detail = "HEAD_FAILED" };
        }
        await using (reply.ConfigureAwait(false))
        {
            if (!reply.IsSuccess)
                throw HeadFailed(reply);
            if (!reply.ContentType.StartsWith("video/", StringComparison.Ordinal))
                throw new TrawlException(FailureKind.WrongContent, $"TikWM offers {Named(reply.ContentType)} instead of a video.")
                {
                    Detail = "INVALID_CONTENT_TYPE",
                };
            if (reply.ContentLength > largestFile)
                throw new TrawlException(FailureKind.TooLarge, $"The file has {reply.ContentLength} bytes, more than {largestFile}.")
                {
                    Detail = "SIZE_LIMIT_EXCEEDED",
                };
            return new MediaFormat
            {
                Id = $"tikwm-{kind}",
                Addresses = [reply.Address],
                Session = visit.Session,
                Size = reply.ContentLength > 0 ? reply.ContentLength : null,
            };
        }
    }

    static TrawlException HeadFailed(VisitReply reply)
    {
        var failure = TikwmReply.Refused(reply);
        return new TrawlException(failure.Kind, failure.Message) { Detail = "HEAD_FAILED", RetryAfter = failure.RetryAfter };
    }

    static string Named(string type) => type.Length == 0 ? "nothing" : TikwmReply.Shown(type);
}
