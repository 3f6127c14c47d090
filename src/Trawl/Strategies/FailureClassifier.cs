using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>Says what a strategy's exception means, before we do: extend it to know the failures of a strategy of yours, or to know better.</summary>
public abstract class FailureClassifier
{
    /// <summary>The failure an exception means; null to leave it to the next one, at last to us.</summary>
    /// <param name="url">What was being resolved.</param>
    /// <param name="strategy">By whom.</param>
    /// <param name="exception">What it threw; a <see cref="TrawlException"/> where the strategy knew it itself.</param>
    public abstract TrawlException? Classify(VideoUrl url, string strategy, Exception exception);
}
