using System.Globalization;
using System.Text.Json;
using Trawl.Browser.TikTok;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Platforms.TikTok;

namespace Trawl.App.Searches;

/// <summary>Searches TikTok by TikWM's <c>/api/feed/search</c>, without a browser.</summary>
sealed class TikwmFeed(Network network)
{
    const int Least = 10;
    const int Most = 30;

    /// <summary>What it finds.</summary>
    /// <exception cref="TrawlException">It could not look, and why; finding nothing is none.</exception>
    public async Task<IReadOnlyList<SearchHit>> RunAsync(string phrase, int limit, CancellationToken cancellation)
    {
        var address = new Uri(
            $"https://www.tikwm.com/api/feed/search?keywords={Uri.EscapeDataString(phrase)}&count={Math.Clamp(limit, Least, Most)}"
        );
        var (reply, body) = await network.Visit(Session.Desktop).GetPageAsync(new VisitRequest(address), cancellation);
        if (!reply.IsSuccess)
            throw TikwmReply.Refused(reply);
        return Read(body);
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="TrawlException">It refuses, or is of another shape.</exception>
    internal static IReadOnlyList<SearchHit> Read(ReadOnlyMemory<byte> body)
    {
        using var json = TikwmReply.Read(body, "what was searched for");
        var videos = json.RootElement.Get("data"u8).Get("videos"u8);
        if (videos.ValueKind != JsonValueKind.Array)
            throw TikwmReply.Unreadable(null);
        var hits = videos.Items().Take(Most * 2).Select(Hit).OfType<SearchHit>().ToList();
        return hits.Count > 0 || !videos.Items().Any() ? hits : throw TikwmReply.Unreadable(null);
    }

    static SearchHit? Hit(JsonElement video)
    {
        var author = video.Get("author"u8).Text("unique_id"u8) ?? "";
        return video.Text("video_id"u8) is { Length: > 0 and < 64 } id
            ? new SearchHit(
                id,
                video.Text("title"u8) ?? "",
                author,
                video.Whole("digg_count"u8) ?? 0,
                video.Time("create_time"u8)?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) ?? "",
                SearchHit.AddressOf(id, author)
            )
            : null;
    }
}
