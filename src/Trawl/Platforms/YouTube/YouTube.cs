using System.Text.RegularExpressions;
using Trawl.Platforms.YtDlp;
using Trawl.Videos;

namespace Trawl.Platforms.YouTube;

/// <summary>YouTube: single videos, through yt-dlp. Its lists and channels are left to <see cref="AnySite"/>.</summary>
public static partial class YouTube
{
    /// <summary>What yt-dlp may use for it.</summary>
    public const string Extractors = "youtube.*";

    internal static Platform Create(PlatformParts parts) =>
        new()
        {
            Name = "youtube",
            DisplayName = "YouTube",
            Parse = Parse,
            Strategies = [new YtDlpStrategy(parts, Extractors)],
        };

    /// <summary>Parses a link to a video; null for anything else.</summary>
    public static VideoUrl? Parse(string link)
    {
        var match = Link().Match(link.Trim());
        if (!match.Success)
            return null;
        var id = match.Groups["id"].Value;
        return new VideoUrl("youtube", LinkKind.Video, id, null, AddressOf(id));
    }

    /// <summary>A video's page.</summary>
    public static Uri AddressOf(string id) => new($"https://www.youtube.com/watch?v={id}");

    // https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1s, https://youtu.be/dQw4w9WgXcQ, https://m.youtube.com/shorts/dQw4w9WgXcQ
    [GeneratedRegex(
        @"^https?://(?:(?:www\.|m\.|music\.)?youtube\.com/(?:watch\?(?:[^#\s]*&)?v=|shorts/|embed/|live/|v/)|youtu\.be/)(?<id>[A-Za-z0-9_-]{11})(?:[?&#/][^\s]*)?$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase
    )]
    private static partial Regex Link();
}
