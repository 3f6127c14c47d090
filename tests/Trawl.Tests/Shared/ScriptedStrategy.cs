using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Tests.Shared;

/// <summary>A strategy that says what it is told to.</summary>
public sealed class ScriptedStrategy(string name, Func<VideoUrl, Video> resolve) : Strategy
{
    int _asked;

    /// <summary>How often it was asked.</summary>
    public int Asked => _asked;

    public override string Name => name;

    public string? Blocks { get; init; }

    public override string? Obstacle => Blocks;

    public static ScriptedStrategy Fails(string name, FailureKind kind) =>
        new(name, _ => throw new TrawlException(kind, $"{name} failed."));

    public static ScriptedStrategy Resolves(string name) => new(name, url => new Video { Url = url, Id = url.Id! });

    public override Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        return Task.Run(() => resolve(url), cancellation);
    }
}
