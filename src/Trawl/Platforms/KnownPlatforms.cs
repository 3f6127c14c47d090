namespace Trawl.Platforms;

/// <summary>The platforms Trawl brings along.</summary>
public static class KnownPlatforms
{
    /// <summary>TikTok, YouTube, Bilibili, then any other site through yt-dlp.</summary>
    public static IReadOnlyList<PlatformFactory> All { get; } =
    [TikTok.TikTok.Create, YouTube.YouTube.Create, Bilibili.Bilibili.Create, YtDlp.AnySite.Create];
}
