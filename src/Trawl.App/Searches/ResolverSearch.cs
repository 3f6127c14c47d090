using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trawl.App.Crawls;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Platforms;
using Trawl.Platforms.TikTok;

namespace Trawl.App.Searches;

/// <summary>Searches TikTok through a resolver service: without a window first, then once more with one, which it keeps to if that helps.</summary>
sealed class ResolverSearch(Network network, ResolverOptions options) : Searcher
{
    const int Most = 50;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    bool _headful = options.Headful;

    public override string Name => "resolver";

    public override string? Obstacle => options.Address is null ? "no resolver is configured" : null;

    public override async Task<IReadOnlyList<Found>> RunAsync(string phrase, int count, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(phrase, count, _headful, cancellation);
        }
        catch (TrawlException e) when (!_headful && e.Kind != FailureKind.InvalidLink)
        {
            await Task.Delay(e.RetryAfter ?? Pause, network.Time, cancellation);
            var found = await AskAsync(phrase, count, headful: true, cancellation);
            _headful = true;
            return found;
        }
    }

    async Task<IReadOnlyList<Found>> AskAsync(string phrase, int count, bool headful, CancellationToken cancellation)
    {
        var question = new JsonObject
        {
            ["query"] = phrase,
            ["numVideos"] = Math.Min(count, Most),
            ["force_headful"] = headful,
        };
        var request = new VisitRequest(new Uri(options.Address!, "tiktok/search"))
        {
            Method = HttpMethod.Post,
            Json = JsonSerializer.SerializeToUtf8Bytes(question),
            AnswerTimeout = options.Timeout,
            Follow = false,
            Repeat = false,
        };
        var (reply, body) = await network.Visit(Session.Desktop).GetPageAsync(request, cancellation);
        if (!reply.IsSuccess)
            throw Refusal((int)reply.Status, reply.RetryAfter);
        using var answer = ForeignJson.Parse(body, Unreadable);
        var results = answer.RootElement.Get("results"u8);
        return results.ValueKind == JsonValueKind.Array
            ? [.. results.Items().Take(2 * Most).Select(Hit).OfType<Found>()]
            : throw Failure(answer.RootElement);
    }

    static TrawlException Unreadable(Exception? e) =>
        new(FailureKind.UpstreamError, "Invalid JSON response from the resolver's search.", e);

    // {"error": {"code": "SCRAPE_FAILED", "message": "..."}}, with status 200
    static TrawlException Failure(JsonElement answer)
    {
        if (answer.Get("error"u8).String("message"u8) is not { } message)
            return Unreadable(null);
        var kind = answer.Get("error"u8).String("code"u8) switch
        {
            "NOT_LOGGED_IN" => FailureKind.LoginRequired,
            "RATE_LIMITED" => FailureKind.RateLimited,
            _ => FailureKind.UpstreamError,
        };
        return new TrawlException(kind, $"The resolver could not search: {message[..Math.Min(message.Length, 200)]}");
    }

    static TrawlException Refusal(int status, TimeSpan? wait) =>
        status switch
        {
            400 => new(FailureKind.InvalidLink, "The resolver calls the search a bad request (400)."),
            409 => new(FailureKind.LoginRequired, "The resolver's browser is not logged in."),
            429 => new(FailureKind.RateLimited, "The resolver says that we ask too often.") { RetryAfter = wait },
            _ => new(FailureKind.UpstreamError, $"The resolver's search answered with status {status}."),
        };

    // what has no link or no id is of no use to us
    static Found? Hit(JsonElement hit) =>
        hit.String("id"u8) is { Length: > 0 and < 64 } id
        && TikTokUrl.Parse(hit.String("webViewUrl"u8) ?? "") is { } url
        && (url.Id ?? id) == id
            ? new Found(
                "tiktok",
                id,
                url.Canonical,
                hit.String("caption"u8) ?? "",
                Date(hit.String("uploadTime"u8)) ?? TikTokUrl.TimeOf(id)
            )
            : null;

    // 2026-03-04, or seconds since 1970; what says neither is dated by the id
    static DateTimeOffset? Date(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds is > 1_000_000_000 and < 10_000_000_000
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day
        : null;
}
