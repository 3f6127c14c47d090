using Trawl.App.Crawls;
using Trawl.App.Jobs;
using Trawl.App.Messaging;
using Trawl.App.Storage;

namespace Trawl.App.Crawls;

/// <summary>What becomes of messages that come in: an order becomes a job, a cancellation ends one.</summary>
sealed class OrderIntake(JobQueue queue, CrawlRecord record)
{
    const int LongestId = 255;

    /// <summary>Keeps an order.</summary>
    /// <exception cref="FormatException">It is none, and why.</exception>
    public async Task KeepAsync(Incoming message, CancellationToken cancellation)
    {
        var order = CrawlOrder.Parse(message.Body);
        await queue.SubmitAsync(order, CorrelationOf(message) ?? order.JobId, cancellation);
    }

    /// <summary>Cancels a job.</summary>
    /// <exception cref="FormatException">The message names none.</exception>
    public async Task CancelAsync(Incoming message, CancellationToken cancellation)
    {
        var job = CrawlOrder.JobOf(message.Body);
        await record.CancelAsync(job, CorrelationOf(message) ?? job, cancellation);
    }

    // what no column holds is not told on
    static string? CorrelationOf(Incoming message) =>
        message.CorrelationId is { Length: > 0 and <= LongestId } id && !id.Any(char.IsControl) ? id : null;
}
