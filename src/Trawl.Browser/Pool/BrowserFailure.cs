using Microsoft.Playwright;
using Trawl.Failures;

namespace Trawl.Browser.Pool;

/// <summary>What a browser's troubles mean.</summary>
static class BrowserFailure
{
    /// <summary>The failure an exception stands for; a cancellation stays one.</summary>
    public static Exception Of(Exception exception, string what, CancellationToken cancellation) =>
        exception switch
        {
            _ when cancellation.IsCancellationRequested => new OperationCanceledException(what, exception, cancellation),
            TrawlException or OperationCanceledException => exception,
            TimeoutException => new TrawlException(FailureKind.Timeout, $"{what}: it took too long.", exception),
            PlaywrightException e when IsNetwork(e.Message) => new TrawlException(FailureKind.Network, $"{what}: {Short(e)}", e),
            PlaywrightException e => new TrawlException(FailureKind.ToolFailed, $"{what}: {Short(e)}", e),
            _ => exception,
        };

    static bool IsNetwork(string message) =>
        message.Contains("net::ERR_", StringComparison.Ordinal)
        || message.Contains("NS_ERROR_", StringComparison.Ordinal)
        || message.Contains("NS_BINDING_ABORTED", StringComparison.Ordinal);

    // the first line; what follows is the driver's own diary
    static string Short(Exception e) => e.Message.Split('\n')[0].Trim();
}
