using Microsoft.Extensions.Logging;
using Trawl.Http;
using Trawl.Strategies;

namespace Trawl.Platforms.TikTok;

/// <summary>TikTok: its grammar and its strategies.</summary>
static class TikTok
{
    public static Platform Create(TrawlOptions options, Network network, ILogger logger, TimeProvider time) =>
        new()
        {
            Name = "tiktok",
            Parse = TikTokUrl.Parse,
            FollowAsync = new ShortLink(network).FollowAsync,
            Chain = new StrategyChain(
                StrategyOrder.Arrange(options.Strategies, [new TikTokWeb(network), new Tikwm(network, options.LargestFile)]),
                new OEmbed(network),
                logger,
                time
            ),
        };
}
