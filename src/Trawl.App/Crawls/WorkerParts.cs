using Microsoft.Extensions.Logging;
using Trawl.App.Jobs;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Crawls;

/// <summary>What every part of a crawl worker uses.</summary>
/// <param name="Jobs">What is to be searched for.</param>
/// <param name="Items">The videos that are to do.</param>
/// <param name="Record">What is written of it.</param>
/// <param name="Upkeep">Whether the disk has room.</param>
/// <param name="Changes">Says when there is something new to do.</param>
/// <param name="Options">How the worker works.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Gets what happens.</param>
sealed partial record WorkerParts(
    JobQueue Jobs,
    ItemQueue Items,
    CrawlRecord Record,
    Upkeep Upkeep,
    Changes Changes,
    WorkerOptions Options,
    TimeProvider Time,
    ILogger Logger
)
{
    static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(2);

    /// <summary>Says something to the database, and says it again while the database is away or its disk is full: the work that it is about has been done.</summary>
    public async Task<T> SettleAsync<T>(Func<CancellationToken, Task<T>> say, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await say(cancellation);
            }
            catch (TrawlException e) when (e.Kind is FailureKind.ServiceUnavailable or FailureKind.StorageFull)
            {
                LogWaiting(Logger, e.Message);
                await Task.Delay(BetweenTries, Time, cancellation);
            }
        }
    }

    /// <inheritdoc cref="SettleAsync{T}"/>
    public Task SettleAsync(Func<CancellationToken, Task> say, CancellationToken cancellation) =>
        SettleAsync<object?>(
            async token =>
            {
                await say(token);
                return null;
            },
            cancellation
        );

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting to write what was done: {Reason}")]
    static partial void LogWaiting(ILogger logger, string reason);
}
