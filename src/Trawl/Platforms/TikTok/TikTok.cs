using Trawl.Platforms.YtDlp;

namespace Trawl.Platforms.TikTok;

/// <summary>TikTok: its grammar and its strategies.</summary>
static class TikTok
{
    public static Platform Create(PlatformParts parts) =>
        new()
        {
            Name = "tiktok",
            DisplayName = "TikTok",
            Capabilities = new PlatformCapabilities
            {
                Photos = true,
                WatermarkFree = true,
                RateRequests = 30,
            },
            Hosts = TikTokUrl.Hosts,
            Parse = TikTokUrl.Parse,
            FollowAsync = new ShortLink(parts.Network).FollowAsync,
            Strategies =
            [
                new TikTokWeb(parts),
                new Tikwm(parts.Network, parts.Options.LargestFile, parts.Options.KeepRaw),
                new Resolver(parts.Network, parts.Options.Resolver, parts.Options.KeepRaw),
                new YtDlpStrategy(parts, extractors: "TikTok.*,vm\\.tiktok", refused: parts.Options.Format.Watermarked ? null : "download"),
            ],
            Witness = new OEmbed(parts.Network),
        };
}
