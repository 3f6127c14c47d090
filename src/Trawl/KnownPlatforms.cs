using Trawl.Platforms;
using Trawl.Platforms.Bilibili;
using Trawl.Platforms.TikTok;
using Trawl.Platforms.YouTube;
using Trawl.Platforms.YtDlp;

namespace Trawl;

/// <summary>The platforms Trawl brings along.</summary>
public static class KnownPlatforms
{
    /// <summary>TikTok, YouTube, Bilibili, then any other site through yt-dlp.</summary>
    public static IReadOnlyList<PlatformFactory> All { get; } = [TikTok.Create, YouTube.Create, Bilibili.Create, AnySite.Create];
}
