using Trawl.App.Crawls;

namespace Trawl.App.Reports;

/// <summary>Tells somebody what happens on the line.</summary>
public abstract class Reporter : IProgress<CrawlEvent>, IDisposable
{
    /// <summary>The job begins.</summary>
    public abstract Task BeginAsync(IReadOnlyList<CrawlRequest> requests);

    /// <summary>Something happened.</summary>
    public abstract void Report(CrawlEvent value);

    /// <summary>The job ended.</summary>
    public abstract Task EndAsync(JobResult result);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
