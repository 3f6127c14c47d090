using Trawl.App.Storage;
using Trawl.Downloads;
using Trawl.Failures;
using Trawl.Keyframes;
using Trawl.Videos;

namespace Trawl.App.Crawls;

/// <summary>Something that happened to an item on the line.</summary>
/// <param name="Item">The item.</param>
public abstract record CrawlEvent(string Item);

/// <summary>It is being resolved.</summary>
public sealed record ItemResolving(string Item, string Link) : CrawlEvent(Item);

/// <summary>A strategy could not help.</summary>
public sealed record StrategyFailed(string Item, Attempt Attempt) : CrawlEvent(Item);

/// <summary>Nobody can be asked now: it waits for its turn.</summary>
public sealed record ItemWaiting(string Item, TimeSpan For, TrawlException Reason) : CrawlEvent(Item);

/// <summary>Bytes arrived.</summary>
public sealed record ItemProgress(string Item, string Title, DownloadProgress Progress) : CrawlEvent(Item);

/// <summary>First pictures, while the rest is still arriving; they are gone when it is done.</summary>
public sealed record ItemPreview(string Item, IReadOnlyList<Keyframe> Keyframes) : CrawlEvent(Item);

/// <summary>The file is whole and verified.</summary>
public sealed record ItemDownloaded(string Item, StagedVideo Staged) : CrawlEvent(Item);

/// <summary>The pictures of a photo post, and its sound, are whole and verified.</summary>
public sealed record ItemPhotos(string Item, PhotoSet Photos) : CrawlEvent(Item);

/// <summary>The keyframes are taken.</summary>
public sealed record ItemKeyframes(string Item, KeyframeSet Set) : CrawlEvent(Item);

/// <summary>Everything stands under its final name.</summary>
public sealed record ItemDone(string Item, Crawled Crawled) : CrawlEvent(Item);

/// <summary>It is no post; nothing was fetched.</summary>
public sealed record ItemSkipped(string Item, string Link, TrawlException Reason) : CrawlEvent(Item);

/// <summary>It failed.</summary>
public sealed record ItemFailed(string Item, string Link, TrawlException Failure) : CrawlEvent(Item);
