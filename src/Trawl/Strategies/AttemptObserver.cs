using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>Somebody who is told of every attempt: its start, then exactly once its end. Called on the attempt's own thread; it should be quick.</summary>
public abstract class AttemptObserver
{
    /// <summary>An attempt begins.</summary>
    public virtual void Started(VideoUrl url, string strategy) { }

    /// <summary>It ended.</summary>
    public virtual void Ended(AttemptRecord attempt) { }

    /// <summary>A question needed no attempt: the answer was known.</summary>
    public virtual void Known(VideoUrl url) { }
}
