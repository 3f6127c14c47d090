using System.Text.RegularExpressions;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.Platforms;

/// <summary>The platforms we know; each is asked in turn whether a link is its own.</summary>
public sealed partial class PlatformList(IReadOnlyList<Platform> platforms)
{
    const int LongestText = 64 * 1024;

    /// <summary>Parses a link; null when no platform knows it.</summary>
    public VideoUrl? TryParse(string link) => platforms.Select(p => p.Parse(link)).FirstOrDefault(url => url is not null);

    /// <summary>Parses a link.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.InvalidLink"/> when no platform knows it.</exception>
    public VideoUrl Parse(string link) =>
        TryParse(link) ?? throw new TrawlException(FailureKind.InvalidLink, $"\"{Shorten(link)}\" is not a link to a video we know.");

    /// <summary>Finds the first link of a known platform in a text, such as a message from the share button; the scheme may be missing.</summary>
    public VideoUrl? FindIn(string text) =>
        Candidate()
            .Matches(text.Length > LongestText ? text[..LongestText] : text)
            .Select(m => TryParse(m.Value.Contains("://", StringComparison.Ordinal) ? m.Value : "https://" + m.Value))
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
    public Platform Of(VideoUrl url) => platforms.First(p => p.Name == url.Platform);

    static string Shorten(string text)
    {
        var clean = new string([.. text.Take(100).Select(c => char.IsControl(c) ? ' ' : c)]);
        return text.Length > 100 ? clean + "…" : clean;
    }

    // Look! https://vm.tiktok.com/ZTR45GpSF/ or tiktok.com/@user/video/123
    [GeneratedRegex(@"(?:https?://)?[A-Za-z0-9.-]+\.[A-Za-z]{2,}/[^\s""'<>()\[\]]*", RegexOptions.NonBacktracking)]
    private static partial Regex Candidate();
}
