namespace Trawl.Downloads;

/// <summary>How far a download has come.</summary>
/// <param name="Received">Bytes on disk.</param>
/// <param name="Total">Bytes of the whole; null where the server does not say.</param>
/// <param name="Format">What is being fetched.</param>
public sealed record DownloadProgress(long Received, long? Total, string Format);
