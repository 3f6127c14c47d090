namespace Trawl.App.Storage;

/// <summary>A job that a worker holds until the lease ends. The token tells this worker from a later one.</summary>
sealed record ClaimedJob
{
    public string JobId { get; init; } = "";
    public string CorrelationId { get; init; } = "";
    public string Request { get; init; } = "";
    public int Attempts { get; init; }
    public long Token { get; init; }
}

/// <summary>A video that a worker holds until the lease ends.</summary>
sealed record ClaimedItem
{
    public string JobId { get; init; } = "";
    public string CorrelationId { get; init; } = "";
    public string Platform { get; init; } = "";
    public string VideoId { get; init; } = "";
    public string Url { get; init; } = "";
    public string? Title { get; init; }
    public string Request { get; init; } = "";
    public int Attempts { get; init; }
    public long Token { get; init; }
}
