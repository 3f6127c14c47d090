using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.App.Messaging;

/// <summary>
/// Takes messages in, one at a time, each to its end: it has been kept, or it has been put aside with the reason. It is held while the database or the
/// broker is away, since it is nowhere else; and one that breaks us is put aside after the last try, so that those behind it are taken.
/// </summary>
/// <param name="take">Keeps a message. A <see cref="FormatException"/> says that it cannot be used.</param>
/// <param name="bury">Puts a message aside, with the kind of the failure and its reason.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets what cannot be used.</param>
sealed partial class MessageIntake(
    Func<Incoming, CancellationToken, Task> take,
    Func<Incoming, string, string, CancellationToken, Task> bury,
    TimeProvider time,
    ILogger logger
)
{
    const int MostTries = 3;
    const string Invalid = "ValidationError";
    const string Broken = "Defect";

    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    static readonly Backoff Pause = new(FirstPause, TimeSpan.FromSeconds(60));

    /// <summary>Takes a message in.</summary>
    public async Task TakeAsync(Incoming message, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await PatientlyAsync(token => take(message, token), cancellation);
                return;
            }
            catch (FormatException e)
            {
                await BuryAsync(message, Invalid, e.Message, cancellation);
                return;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                var failure = Defects.Known(e, logger);
                if (tries == MostTries)
                {
                    await BuryAsync(message, Broken, failure.Message, cancellation);
                    return;
                }
                await Task.Delay(FirstPause * tries, time, cancellation);
            }
        }
    }

    Task BuryAsync(Incoming message, string kind, string reason, CancellationToken cancellation)
    {
        LogDead(logger, message.Topic, reason);
        return PatientlyAsync(token => bury(message, kind, reason, token), cancellation);
    }

    async Task PatientlyAsync(Func<CancellationToken, Task> act, CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await act(cancellation);
                return;
            }
            catch (TrawlException e) when (e.Kind == FailureKind.ServiceUnavailable)
            {
                LogWaiting(logger, e.Message);
                await Task.Delay(Pause.After(failures), time, cancellation);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for broker or database: {Reason}")]
    static partial void LogWaiting(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of {Topic} cannot be used and is put aside: {Reason}")]
    static partial void LogDead(ILogger logger, string topic, string reason);
}
