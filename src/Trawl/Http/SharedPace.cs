using Trawl.Failures;

namespace Trawl.Http;

/// <summary>Keeps the pace of a host together with other programs that go out the same way, so that all of them together stay polite.</summary>
public abstract class SharedPace
{
    /// <summary>Takes the host's next turn.</summary>
    /// <param name="host">The host.</param>
    /// <param name="pace">How often all together may ask it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How long to wait for it.</returns>
    /// <exception cref="TrawlException"><see cref="FailureKind.RateLimited"/> when it is too far away; then none was taken.</exception>
    public abstract ValueTask<TimeSpan> TakeAsync(string host, HostPace pace, CancellationToken cancellation);

    /// <summary>Lets nobody ask a host for some time: it demanded silence.</summary>
    public abstract ValueTask SilenceAsync(string host, TimeSpan duration, CancellationToken cancellation);
}
