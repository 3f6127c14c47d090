using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms;

/// <summary>The platforms we know, in the order they are asked whether a link is their own; the chain of strategies of each.</summary>
public sealed partial class PlatformList
{
    const int LongestText = 64 * 1024;

    readonly IReadOnlyList<Platform> _platforms;
    readonly Dictionary<string, StrategyChain> _chains = new(StringComparer.Ordinal);
    readonly ILogger _logger;

    /// <summary>Registers platforms.</summary>
    /// <param name="platforms">The platforms, in the order they are asked.</param>
    /// <param name="parts">What they are made of.</param>
    /// <param name="before">The list this one takes the place of; how its strategies did is kept.</param>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/> for a name used twice, and for a strategy nobody has.</exception>
    public PlatformList(IReadOnlyList<Platform> platforms, PlatformParts parts, PlatformList? before = null)
    {
        (_platforms, _logger) = (platforms, parts.Logger);
        var order = parts.Options.Strategies;
        StrategyOrder.Check(order, [.. platforms.SelectMany(p => p.Strategies)]);
        var behaviour = new ChainOptions
        {
            Learns = order?.Contains(StrategyOrder.Auto, StringComparer.OrdinalIgnoreCase) == true,
            HedgeAfter = parts.Options.HedgeAfter,
            Observers = parts.Options.Observers,
            Classifiers = parts.Options.Classifiers,
        };
        foreach (var platform in platforms)
        {
            var strategies = StrategyOrder.Arrange(order, platform.Strategies);
            var chain = new StrategyChain(
                platform.Name,
                strategies,
                platform.Witness,
                behaviour,
                parts.Logger,
                parts.Time,
                before?._chains.GetValueOrDefault(platform.Name)
            );
            if (!_chains.TryAdd(platform.Name, chain))
                throw new TrawlException(FailureKind.Configuration, $"There are two platforms called {platform.Name}.");
        }
    }

    /// <summary>All platforms.</summary>
    public IReadOnlyList<Platform> All => _platforms;

    /// <summary>Parses a link; null when no platform knows it.</summary>
    public VideoUrl? TryParse(string link)
    {
        var url = Read(link);
        // what nobody calls his own may be somebody's when it is written plainly: https://@www.bilibili.com/video/BV17x411w7KC
        return url is not null && Of(url).Hosts.Count == 0 && url.Canonical.AbsoluteUri != link ? Read(url.Canonical.AbsoluteUri) : url;
    }

    /// <summary>Parses a link.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.InvalidLink"/> when no platform knows it.</exception>
    public VideoUrl Parse(string link) =>
        TryParse(link) ?? throw new TrawlException(FailureKind.InvalidLink, $"\"{Shorten(link)}\" is not a link to a video we know.");

    /// <summary>Finds the first link of a platform with hosts of its own in a text, such as a message from the share button; the scheme may be missing.</summary>
    public VideoUrl? FindIn(string text) =>
        Candidate()
            .Matches(text.Length > LongestText ? text[..LongestText] : text)
            .Select(m => m.Value.Contains("://", StringComparison.Ordinal) ? m.Value : "https://" + m.Value)
            .Where(link => OwnerOf(link) is not null)
            .Select(TryParse)
            .FirstOrDefault(url => url is not null);

    /// <summary>Follows a short link; any other link comes back as it is.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.UnsupportedLink"/> when it does not lead to a single post.</exception>
    public async Task<VideoUrl> FollowAsync(VideoUrl url, CancellationToken cancellation)
    {
        var target = url.Kind == LinkKind.Short ? await Of(url).FollowAsync(url, cancellation).ConfigureAwait(false) : url;
        return target.IsPost
            ? target
            : throw new TrawlException(
                FailureKind.UnsupportedLink,
                $"{target} leads to a {target.Kind.ToString().ToLowerInvariant()} page, not to a video."
            );
    }

    /// <summary>The platform of a link.</summary>
    public Platform Of(VideoUrl url) => Named(url.Platform);

    /// <summary>The platform of a name.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/> for an unknown name, naming those there are.</exception>
    public Platform Named(string name) =>
        _platforms.FirstOrDefault(p => p.Name == name)
        ?? throw new TrawlException(
            FailureKind.Configuration,
            $"There is no platform \"{Shorten(name)}\"; there are {string.Join(", ", _platforms.Select(p => p.Name))}."
        );

    /// <summary>The strategies of a link's platform.</summary>
    public StrategyChain ChainOf(VideoUrl url) => _chains[url.Platform];

    /// <summary>The strategies of a platform.</summary>
    public StrategyChain ChainOf(Platform platform) => _chains[platform.Name];

    VideoUrl? Read(string link)
    {
        var owner = OwnerOf(link);
        return _platforms.Where(p => owner is null || p == owner).Select(p => Parse(p, link)).FirstOrDefault(url => url is not null);
    }

    // a broken grammar of somebody else's platform must not take the others down
    VideoUrl? Parse(Platform platform, string link)
    {
        try
        {
            return platform.Parse(link);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _logger.LogWarning(e, "The grammar of {Platform} failed; the next platform is asked", platform.Name);
            return null;
        }
    }

    Platform? OwnerOf(string link) =>
        Uri.TryCreate(link.Trim(), UriKind.Absolute, out var uri)
            ? _platforms.FirstOrDefault(p => p.Hosts.Contains(HostName.Of(uri)))
            : null;

    static string Shorten(string text)
    {
        var clean = new string([.. text.Take(100).Select(c => char.IsControl(c) ? ' ' : c)]);
        return text.Length > 100 ? clean + "…" : clean;
    }

    // Look! https://vm.tiktok.com/ZTR45GpSF/ or tiktok.com/@user/video/123
    [GeneratedRegex(@"(?:https?://)?[A-Za-z0-9.-]+\.[A-Za-z]{2,}/[^\s""'<>()\[\]]*", RegexOptions.NonBacktracking)]
    private static partial Regex Candidate();
}
