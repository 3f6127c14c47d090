namespace Trawl.Http;

/// <summary>A page as a real browser was shown it, and the session it was shown in.</summary>
/// <param name="Session">Cookies, user agent and navigation headers of the browser, bound to its way out.</param>
/// <param name="Html">The document that came last.</param>
public sealed record RenderedPage(Session Session, ReadOnlyMemory<byte> Html);

/// <summary>A real browser that opens a page as a person would: the page runs its own script.</summary>
public abstract class PageRenderer
{
    /// <summary>Its name for people, for example <c>chromium</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Why it cannot run here; null when it can.</summary>
    public abstract string? Obstacle { get; }

    /// <summary>Opens a page and waits until it shows what is wanted.</summary>
    /// <param name="address">The page.</param>
    /// <param name="way">The proxy to go out by; null for the next in turn.</param>
    /// <param name="isShown">Whether a document is the one that is wanted.</param>
    /// <param name="cancellation">Closes it.</param>
    /// <exception cref="Failures.TrawlException">With the true reason: it is challenged still, or the browser failed.</exception>
    public abstract Task<RenderedPage> OpenAsync(
        Uri address,
        Uri? way,
        Func<ReadOnlyMemory<byte>, bool> isShown,
        CancellationToken cancellation
    );
}
