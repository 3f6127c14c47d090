using System.Text.Json;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;

namespace Trawl.Platforms.TikTok;

/// <summary>What answers of TikWM mean: refusals come as statuses, as pages, and as messages with status 200.</summary>
static class TikwmReply
{
    /// <summary>How long TikWM wants to be left alone between two questions.</summary>
    public static readonly TimeSpan OneTurn = TimeSpan.FromSeconds(1);

    /// <summary>Reads an answer that grants what was asked.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="subject">What was asked about.</param>
    /// <exception cref="TrawlException">It refuses, and why.</exception>
    public static JsonDocument Read(ReadOnlyMemory<byte> json, string subject)
    {
        var document = ForeignJson.Parse(
            json,
            e =>
                json.Span.TrimStart(" \r\n\t"u8).StartsWith("<"u8)
                    ? new TrawlException(FailureKind.Challenged, "TikWM answered with a page instead of data.", e)
                    : Unreadable(e)
        );
        var reply = document.RootElement;
        if (reply.Whole("code"u8) == 0)
            return document;
        var refusal =
            reply.Get("code"u8).ValueKind == JsonValueKind.Undefined ? Unreadable(null) : Refusal(reply.Text("msg"u8) ?? "", subject);
        document.Dispose();
        throw refusal;
    }

    /// <summary>The failure of an answer with another status than 200. What is missing is said with 200: a 404 is an address that has moved.</summary>
    public static TrawlException Refused(VisitReply reply)
    {
        var failure = HttpStatus.Failure(reply, "TikWM");
        if (failure.Kind == FailureKind.Gone)
            return new TrawlException(FailureKind.LayoutChanged, $"{failure.Message} Its address has moved.") { Detail = failure.Detail };
        return reply.Header("cf-mitigated") is not null
            ? new TrawlException(FailureKind.Challenged, "TikWM answered with a challenge of Cloudflare.") { Detail = failure.Detail }
            : failure;
    }

    /// <summary>The failure of an answer of another shape.</summary>
    public static TrawlException Unreadable(Exception? e) => new(FailureKind.LayoutChanged, "TikWM's answer cannot be read.", e);

    /// <summary>The beginning of a foreign text, for people.</summary>
    public static string Shown(string text) => new([.. text.Take(80).Where(c => !char.IsControl(c))]);

    // Free Api Limit: 1 request/second. | Free Api Limit: 10000 request/ 1 day. | Url parsing is failed! Please check url.
    static TrawlException Refusal(string message, string subject)
    {
        if (message.Contains("request/second", StringComparison.OrdinalIgnoreCase))
            return new TrawlException(FailureKind.RateLimited, "TikWM allows one request a second.") { RetryAfter = OneTurn };
        if (message.Contains("limit", StringComparison.OrdinalIgnoreCase))
            return new TrawlException(FailureKind.RateLimited, "TikWM's daily limit is used up.") { RetryAfter = TimeSpan.FromHours(1) };
        if (
            message.Contains("parsing is failed", StringComparison.OrdinalIgnoreCase)
            || message.Contains("check url", StringComparison.OrdinalIgnoreCase)
        )
            return new TrawlException(FailureKind.Gone, $"TikWM cannot find {subject}.");
        return new TrawlException(
            FailureKind.UpstreamError,
            $"TikWM refused: {(message.Length == 0 ? "it says nothing" : Shown(message))}."
        );
    }
}
