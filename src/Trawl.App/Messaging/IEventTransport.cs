using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Messaging;

/// <summary>What became of events that were sent.</summary>
/// <param name="Arrived">How many of them have arrived, counted from the first without a gap.</param>
/// <param name="Failure">Why the next one has not; null when all have.</param>
sealed record Delivered(int Arrived, TrawlException? Failure = null);

/// <summary>Where events go.</summary>
interface IEventTransport
{
    /// <summary>Sees to it that events can be sent.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ServiceUnavailable"/></exception>
    Task ReadyAsync(CancellationToken cancellation);

    /// <summary>Sends events in their order, and waits until they have arrived or cannot.</summary>
    Task<Delivered> SendAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellation);
}
