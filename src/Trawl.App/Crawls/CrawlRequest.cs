using Trawl.App.Searches;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.App.Crawls;

/// <summary>A wish that enters the line, from whatever door.</summary>
/// <param name="Item">What this item is called within its job.</param>
/// <param name="Link">The link as it was given.</param>
/// <param name="Format">What is wanted of the formats.</param>
/// <param name="Keyframes">Whether keyframes are wanted.</param>
/// <param name="Slideshow">Whether a video is wanted of a photo post.</param>
/// <param name="Preview">Whether first pictures are wanted while a video is still arriving.</param>
public sealed record CrawlRequest(
    string Item,
    string Link,
    FormatWish Format,
    bool Keyframes = true,
    bool Slideshow = false,
    bool Preview = false
)
{
    /// <summary>The link as it may be shown: without passwords and tokens.</summary>
    internal string Shown => Masking.MaskedLink(Link);

    /// <summary>Which videos are wanted at all. Default: every one.</summary>
    internal Wanted? Wanted { get; init; }
}
