using System.Text.Json;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>
/// Reads a post's page: finds the one key of the hydration JSON that matters by searching its UTF-8 bytes, and parses only its value.
/// Every page TikTok answers with has a meaning, and each gets its own kind.
/// </summary>
static class TikTokPage
{
    /// <summary>The detail of the failure that the author's page came instead of the post's.</summary>
    public const string ProfileInstead = "PROFILE_INSTEAD";

    // what stands in the place of a page; the smallest real one has 100 KB
    const int StubSize = 16 * 1024;

    /// <summary>Parses a page.</summary>
    /// <exception cref="TrawlException">With the reason the page gives for not showing the video.</exception>
    public static Video Parse(ReadOnlySpan<byte> html, VideoUrl url, Session session)
    {
        var json = FindDetail(html);
        if (json.IsEmpty)
            return ParseOld(html, url, session) ?? throw WithoutData(html, url);

        using var document = ReadValue(json, url);
        return ParseDetail(document.RootElement, url, session);
    }

    /// <summary>Whether a page speaks of a post at all, be it to say why it is not shown.</summary>
    public static bool HasData(ReadOnlySpan<byte> html) => !FindData(html).IsEmpty || html.IndexOf(Profile) >= 0;

    /// <summary>The JSON of a page the post was read from: the first value that speaks of it.</summary>
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> html)
    {
        var json = FindData(html);
        var reader = new Utf8JsonReader(json);
        return !json.IsEmpty && reader.Read() && reader.TrySkip() ? json[..(int)reader.BytesConsumed] : [];
    }

    static ReadOnlySpan<byte> FindData(ReadOnlySpan<byte> html) =>
        FindDetail(html) is { IsEmpty: false } detail ? detail
        : After(html, "ItemModule"u8) is { IsEmpty: false } module ? module
        : After(html, "pageProps"u8);

    static Video ParseDetail(JsonElement detail, VideoUrl url, Session session)
    {
        if (detail.Whole("statusCode"u8) is { } code and not 0)
            throw Unseen(code, detail.Text("statusMsg"u8) ?? "", url);
        var item = detail.Get("itemInfo"u8).Get("itemStruct"u8);
        if (item.ValueKind != JsonValueKind.Object)
            throw TikTokItem.LayoutChanged(url, "itemStruct");
        var video = TikTokItem.ToVideo(item, url, session);
        if (item.Flag("isContentClassified"u8) == true && video is { IsPhotoPost: false } && video.Formats.All(f => f.AudioOnly))
            throw new TrawlException(FailureKind.AgeRestricted, $"{url.Identity} is shown to signed-in adults only.");
        return video;
    }

    // The forms of 2022 (SIGI_STATE, sigi-persisted-data) and 2020 (__NEXT_DATA__), as archives and some edges still serve them.
    static Video? ParseOld(ReadOnlySpan<byte> html, VideoUrl url, Session session)
    {
        if (html.IndexOf("SIGI_STATE"u8) >= 0 || html.IndexOf("sigi-persisted-data"u8) >= 0)
        {
            if (After(html, "ItemModule"u8) is { IsEmpty: false } module)
            {
                using var items = ReadValue(module, url);
                var item = items.RootElement.Get(System.Text.Encoding.UTF8.GetBytes(url.Id!));
                if (item.ValueKind == JsonValueKind.Object)
                    return TikTokItem.ToVideo(item, url, session);
            }
            if (After(html, "VideoPage"u8) is { IsEmpty: false } page)
            {
                using var state = ReadValue(page, url);
                if (state.RootElement.Whole("statusCode"u8) is { } code and not 0)
                    throw Unseen(code, state.RootElement.Text("statusMsg"u8) ?? "", url);
            }
            throw TikTokItem.LayoutChanged(url, "ItemModule");
        }
        if (html.IndexOf("__NEXT_DATA__"u8) < 0 || After(html, "pageProps"u8) is not { IsEmpty: false } properties)
            return null;
        using var document = ReadValue(properties, url);
        return ParseDetail(document.RootElement, url, session);
    }

    static JsonDocument ReadValue(ReadOnlySpan<byte> json, VideoUrl url)
    {
        try
        {
            return ForeignJson.ParseFirst(json);
        }
        catch (JsonException e)
        {
            throw new TrawlException(FailureKind.LayoutChanged, $"The page of {url.Identity} holds JSON that cannot be read.", e);
        }
    }

    // the desktop page's key, then the mobile page's
    static ReadOnlySpan<byte> FindDetail(ReadOnlySpan<byte> html)
    {
        var start = html.IndexOf(Hydration);
        if (start < 0)
            return [];
        var data = html[start..];
        return After(data, "webapp.video-detail"u8) is { IsEmpty: false } desktop ? desktop : After(data, "webapp.reflow.video.detail"u8);
    }

    static ReadOnlySpan<byte> Profile => "webapp.user-detail"u8;

    // Searched without the quotes around it: the search looks for first and last byte first, and quotes are everywhere.
    static ReadOnlySpan<byte> Hydration => "UNIVERSAL_DATA_FOR_REHYDRATION"u8;

    static ReadOnlySpan<byte> After(ReadOnlySpan<byte> data, ReadOnlySpan<byte> key)
    {
        var at = data.IndexOf(key);
        if (at < 1 || data[at - 1] != '"' || !data[(at + key.Length)..].StartsWith("\""u8))
            return [];
        var rest = data[(at + key.Length + 1)..].TrimStart((byte)' ');
        if (rest.IsEmpty || rest[0] != ':')
            return [];
        // the script's end bounds what may be looked at
        rest = rest[1..];
        var end = rest.IndexOf("</script"u8);
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>What a page means that says nothing of the post.</summary>
    public static TrawlException WithoutData(ReadOnlySpan<byte> html, VideoUrl url)
    {
        if (html.IndexOf("id=\"wci\""u8) >= 0 || html.IndexOf("_wafchallengeid"u8) >= 0 || html.IndexOf("waf-jschallenge"u8) >= 0)
            return Failure(FailureKind.Challenged, "TikTok answered with a proof-of-work page.");
        if (html.IndexOf("TTGCaptcha"u8) >= 0 || html.IndexOf("captcha_container"u8) >= 0)
            return Failure(FailureKind.Challenged, "TikTok answered with a captcha.");
        if (html.IndexOf("slardar_us_waf"u8) >= 0 || html.IndexOf("SlardarWAF"u8) >= 0)
            return Failure(FailureKind.Challenged, "TikTok answered with the page of its risk control.");
        if (html.IndexOf(Profile) >= 0)
            return new TrawlException(FailureKind.Unavailable, $"TikTok shows the author's page instead of {url.Identity}.")
            {
                Detail = ProfileInstead,
            };
        if (html.IndexOf(Hydration) >= 0)
            return TikTokItem.LayoutChanged(url, "video-detail");
        // a page that is nothing but a script wants a browser, whatever it is called this month
        if (html.Length < StubSize && html.IndexOf("<script"u8) >= 0)
            return Failure(FailureKind.Challenged, "TikTok answered with a page that only a browser can pass.");
        return html.Length < StubSize
            ? Failure(FailureKind.Blocked, "TikTok answered with an empty page, as it does to clients it does not like.")
            : Failure(FailureKind.LayoutChanged, "TikTok's page holds no data we know.");

        TrawlException Failure(FailureKind kind, string reason) => new(kind, reason);
    }

    static TrawlException Unseen(long code, string message, VideoUrl url)
    {
        var shown = new string([.. message.Take(80).Where(c => !char.IsControl(c))]);
        var (kind, what) = code switch
        {
            10204 when message.Contains("cross_border", StringComparison.Ordinal) => (
                FailureKind.RegionLocked,
                "is withheld in this region"
            ),
            10204 when message.Contains("status_reviewing", StringComparison.Ordinal) => (FailureKind.UnderReview, "is under review"),
            10204 or 10202 or 10203 or 10217 => (FailureKind.Gone, "has been deleted or does not exist"),
            10221 => (FailureKind.Gone, "belongs to an account that does not exist"),
            10216 => (FailureKind.Private, "is private"),
            10222 => (FailureKind.Private, "belongs to a private account"),
            10231 => (FailureKind.RegionLocked, "is locked in this region"),
            _ => (FailureKind.Unavailable, "is not shown, for a reason we do not know"),
        };
        return new TrawlException(kind, $"{url.Identity} {what} (status {code}{(shown.Length > 0 ? $", {shown}" : "")}).")
        {
            Detail = $"STATUS_{code}",
        };
    }
}
