using Trawl.App.Crawls;
using Trawl.App.Jobs;

namespace Trawl.App.Searches;

/// <summary>Which videos are wanted. What nobody says of a video is no reason against it.</summary>
/// <param name="NotBefore">The oldest.</param>
/// <param name="Shortest">The shortest; null for any.</param>
/// <param name="Longest">The longest; null for any.</param>
sealed record Wanted(DateTimeOffset NotBefore, TimeSpan? Shortest = null, TimeSpan? Longest = null)
{
    /// <summary>Why a video is not wanted; null when it is.</summary>
    public string? Against(DateTimeOffset? publishedAt, TimeSpan? duration) =>
        publishedAt < NotBefore ? $"published {publishedAt:yyyy-MM-dd}, before {NotBefore:yyyy-MM-dd}"
        : duration < Shortest ? $"{duration.Value.TotalSeconds:0} s long, shorter than {Shortest.Value.TotalSeconds:0} s"
        : duration > Longest ? $"{duration.Value.TotalSeconds:0} s long, longer than {Longest.Value.TotalSeconds:0} s"
        : null;
}
