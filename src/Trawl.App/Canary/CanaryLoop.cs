using Microsoft.Extensions.Logging;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Canary;

/// <summary>The canary of a worker: a round now and from time to time, its changes as events of the worker's database.</summary>
sealed partial class CanaryLoop(CanaryRound round, string links, TimeSpan every, Database database, TimeProvider time, ILogger logger)
{
    /// <summary>Asks until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var report = await round.RunAsync(KnownPost.ReadAll(links), _ => { }, cancellation);
                foreach (var change in report.Changes)
                    LogChange(logger, $"{change.State.Source}", change.Topic, change.State.Reason ?? string.Join("; ", change.Differences));
                await DoorEvents.NoteAsync(database, report, time, cancellation);
            }
            catch (Exception caught) when (!cancellation.IsCancellationRequested)
            {
                var e = Defects.Known(caught, logger);
                LogFailed(logger, e.Kind.Name(), e.Message); // at the next round it may work
            }
            await Task.Delay(every, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: {Topic}, {Reason}")]
    static partial void LogChange(ILogger logger, string source, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The canary could not ask: {Kind}, {Reason}")]
    static partial void LogFailed(ILogger logger, string kind, string reason);
}
