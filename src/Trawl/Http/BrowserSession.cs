namespace Trawl.Http;

/// <summary>A session a site gave a real browser, used for plain requests until it is refused; a secret.</summary>
public sealed record BrowserSession
{
    /// <summary>The site, for example <c>tiktok</c>.</summary>
    public required string Site { get; init; }

    /// <summary>The way out it is bound to: <c>direct</c>, or host and port of a proxy.</summary>
    public required string Way { get; init; }

    /// <summary>The browser it was given to.</summary>
    public required string Browser { get; init; }

    /// <summary>Who we are in it.</summary>
    public required Session Session { get; init; }

    /// <summary>When it was given.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>How many posts it has brought.</summary>
    public int Posts { get; init; }

    /// <summary>Names what it is, without its secrets.</summary>
    public override string ToString() => $"session of {Browser} at {Site} by {Way}, {Posts} posts";
}

/// <summary>Keeps sessions beyond the end of the program. An implementation must not keep them in clear text.</summary>
public abstract class SessionStore
{
    /// <summary>What is kept; nothing where it can no longer be read.</summary>
    public abstract Task<IReadOnlyList<BrowserSession>> ReadAsync(CancellationToken cancellation);

    /// <summary>Keeps these and no others.</summary>
    public abstract Task WriteAsync(IReadOnlyList<BrowserSession> sessions, CancellationToken cancellation);
}
