using Trawl.App.Storage;

namespace Trawl.App.Jobs;

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

    /// <summary>How many workers ended before it was done.</summary>
    public int Lost { get; init; }

    public long Token { get; init; }
}

/// <summary>When there is something to do for a platform.</summary>
sealed record DueItems
{
    public string Platform { get; init; } = "";

    /// <summary>In how many seconds a video can next be claimed; zero or less for now.</summary>
    public double Seconds { get; init; }

    /// <summary>Whether there are videos whose worker has ended.</summary>
    public bool HasLost => Lost > 0;

    /// <summary>Whether there are videos to be worked on alone.</summary>
    public bool HasSuspects => Suspects > 0;

    internal int Lost { get; init; }

    internal int Suspects { get; init; }
}
