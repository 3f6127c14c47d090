namespace Trawl.Downloads;

/// <summary>How far a download has come.</summary>
/// <param name="Received">Bytes on disk.</param>
/// <param name="Total">Bytes of the whole; null where the server does not say.</param>
/// <param name="Format">What is being fetched.</param>
public sealed record DownloadProgress(long Received, long? Total, string Format)
{
    /// <summary>Bytes a second since this connection began; null before the first.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>How long the rest will take at this speed; null while that cannot be known.</summary>
    public TimeSpan? Remaining =>
        Total is { } total && BytesPerSecond is > 0 and var speed ? TimeSpan.FromSeconds((total - Received) / speed) : null;

    /// <summary>Whether everything has arrived; told exactly once.</summary>
    public bool IsComplete { get; init; }

    /// <summary>How long it pauses before it tries again; null while it does not.</summary>
    public TimeSpan? RetryingIn { get; init; }
}
