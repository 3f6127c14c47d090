using Trawl.Sandbox.Manners;

namespace Trawl.Sandbox;

/// <summary>How a sandbox is set up.</summary>
public sealed record SandboxOptions
{
    /// <summary>The seed of the catalogue. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many posts there are. Default: 60.</summary>
    public int Posts { get; init; } = 60;

    /// <summary>Whether every post is one that can be seen and fetched without ado. Default: no, the first ones are of all kinds.</summary>
    public bool Plain { get; init; }

    /// <summary>Whose manners the sites have. Default: those of 2026.</summary>
    public SandboxYear Year { get; init; } = SandboxYear.Of2026;

    /// <summary>How tiktok.com answers clients it does not know. Default: null, as in <see cref="Year"/>.</summary>
    public TikTokManners? TikTok { get; init; }

    /// <summary>How many questions TikWM answers a day. Default: 5,000.</summary>
    public int TikwmPerDay { get; init; } = 5000;

    /// <summary>How many proxies there are, each another address for the sites. Default: 1.</summary>
    public int Ways { get; init; } = 1;

    /// <summary>The port on loopback. Default: any free one.</summary>
    public int Port { get; init; }

    /// <summary>Where made media is kept between runs. Default: <c>trawl/sandbox</c> in the user's cache folder.</summary>
    public string MediaCache { get; init; } =
        Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                ? cache
                : Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
                    ".cache"
                ),
            "trawl",
            "sandbox"
        );

    /// <summary>Zeros appended to every media file, in bytes, to make files of any size. Default: none.</summary>
    public long Padding { get; init; }
}
