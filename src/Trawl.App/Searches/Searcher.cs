using Trawl.App.Crawls;
using Trawl.Failures;

namespace Trawl.App.Searches;

/// <summary>A way to search a platform.</summary>
abstract class Searcher
{
    /// <summary>Its one name in logs.</summary>
    public abstract string Name { get; }

    /// <summary>Why it cannot be used here; null when it can.</summary>
    public virtual string? Obstacle => null;

    /// <summary>Searches for a phrase.</summary>
    /// <param name="phrase">What for.</param>
    /// <param name="count">How many videos at most.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TrawlException">With the true reason; finding nothing is none.</exception>
    public abstract Task<IReadOnlyList<Found>> RunAsync(string phrase, int count, CancellationToken cancellation);
}
