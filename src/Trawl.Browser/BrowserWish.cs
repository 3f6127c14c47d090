namespace Trawl.Browser;

/// <summary>Which browser is wanted.</summary>
/// <param name="Engine">Its family.</param>
/// <param name="Headful">Whether it must have a window.</param>
public sealed record BrowserWish(BrowserEngine Engine, bool Headful)
{
    /// <summary>The proxy it must go out by. Default: null, the next in turn.</summary>
    public Uri? Way { get; init; }
}
