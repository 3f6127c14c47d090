using Trawl.Failures;

namespace Trawl.Http;

/// <summary>What an unwelcome status of a page or an API means.</summary>
static class HttpStatus
{
    public static TrawlException Failure(VisitReply reply, string who) => Failure((int)reply.Status, reply.RetryAfter, who);

    public static TrawlException Failure(int status, TimeSpan? retryAfter, string who)
    {
        var kind = status switch
        {
            401 => FailureKind.LoginRequired,
            403 => FailureKind.Blocked,
            404 or 410 => FailureKind.Gone,
            429 => FailureKind.RateLimited,
            451 => FailureKind.RegionLocked,
            _ => FailureKind.UpstreamError,
        };
        return new TrawlException(kind, $"{who} answered with status {status}.") { Detail = $"HTTP_{status}", RetryAfter = retryAfter };
    }
}
