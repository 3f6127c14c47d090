using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Trawl.Browser.TikTok;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.App.Resolver;

/// <summary>Searches by TikWM, without a browser: what is asked when TikTok itself finds nothing.</summary>
sealed partial class FeedSearch(Network network, ILogger logger)
{
    const int Least = 10;
    const int Most = 30;

    /// <summary>What it finds; nothing when it does not answer, since it is only a second opinion.</summary>
    public async Task<IReadOnlyList<SearchHit>> RunAsync(string phrase, int limit, CancellationToken cancellation)
    {
        var address = new Uri(
            $"https://www.tikwm.com/api/feed/search?keywords={Uri.EscapeDataString(phrase)}&count={Math.Clamp(limit, Least, Most)}"
        );
        try
        {
            var (reply, body) = await network.Visit(Session.Desktop).GetPageAsync(new VisitRequest(address), cancellation);
            return reply.IsSuccess ? Read(body) : [];
        }
        catch (Exception e) when (e is TrawlException or JsonException)
        {
            LogSilent(logger, e.Message);
            return [];
        }
    }

    static IReadOnlyList<SearchHit> Read(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        if (
            !json.RootElement.TryGetProperty("data", out var data)
            || data.ValueKind != JsonValueKind.Object
            || !data.TryGetProperty("videos", out var videos)
            || videos.ValueKind != JsonValueKind.Array
        )
            return [];
        return [.. videos.EnumerateArray().Select(Hit).Where(h => h.Id.Length > 0)];
    }

    static SearchHit Hit(JsonElement video)
    {
        var author = video.TryGetProperty("author", out var person) ? Text(person, "unique_id") : "";
        var id = Text(video, "video_id");
        return new SearchHit(
            id,
            Text(video, "title"),
            author,
            long.TryParse(Text(video, "digg_count"), CultureInfo.InvariantCulture, out var likes) ? likes : 0,
            Text(video, "create_time"),
            author.Length > 0 ? $"https://www.tiktok.com/@{author}/video/{id}" : $"https://www.tiktok.com/video/{id}"
        );
    }

    static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : "";

    [LoggerMessage(Level = LogLevel.Information, Message = "TikWM gave no second opinion: {Reason}")]
    static partial void LogSilent(ILogger logger, string reason);
}
