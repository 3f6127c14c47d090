using System.Collections.Immutable;
using Trawl.Failures;

namespace Trawl.Videos;

/// <summary>What a platform says about a post: a video with its formats, or a set of photos.</summary>
public sealed record Video
{
    /// <summary>The link it was asked by.</summary>
    public required VideoUrl Url { get; init; }

    /// <summary>Its id on the platform.</summary>
    public required string Id { get; init; }

    /// <summary>The author's caption; empty where there is none.</summary>
    public string Caption { get; init; } = "";

    /// <summary>Its title where the platform knows such, else the caption; a name made of the id where there is neither.</summary>
    public string Title
    {
        get =>
            field is { Length: > 0 } ? field
            : Caption.Length > 0 ? Caption
            : $"{(Url.Platform == "tiktok" ? "TikTok" : Url.Platform)} video #{Id}";
        init;
    } = "";

    /// <summary>Who made it.</summary>
    public Author Author { get; init; } = new();

    /// <summary>Its sound.</summary>
    public Music? Music { get; init; }

    /// <summary>How often it was seen, liked and so on.</summary>
    public Counts Counts { get; init; } = new();

    /// <summary>When it was published; null where the platform does not say.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>The earliest it can have been published, where its id carries the time it was made; drafts may be days older than their publication.</summary>
    public DateTimeOffset? PublishedAfter { get; init; }

    /// <summary>The hashtags of the caption, without #: in order, in lower case, each once.</summary>
    public ImmutableArray<string> Hashtags => CaptionText.Hashtags(Caption);

    /// <summary>The handles the caption mentions, without @: in order, in lower case, each once.</summary>
    public ImmutableArray<string> Mentions => CaptionText.Mentions(Caption);

    /// <summary>The language of the caption, for example <c>en</c>; null where the platform does not say.</summary>
    public string? Language { get; init; }

    /// <summary>The country or place it was made in; null where the platform does not say.</summary>
    public string? Location { get; init; }

    /// <summary>The effects used.</summary>
    public ImmutableArray<string> Effects { get; init; } = [];

    /// <summary>What is written in the picture by the author's stickers.</summary>
    public ImmutableArray<string> OnScreenTexts { get; init; } = [];

    /// <summary>What the platform takes it to be about.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Its subtitles.</summary>
    public ImmutableArray<Subtitle> Subtitles { get; init; } = [];

    /// <summary>Whether it is an advertisement; null where the platform does not say.</summary>
    public bool? IsAd { get; init; }

    /// <summary>Whether it is said to be made by AI; null where the platform does not say.</summary>
    public bool? IsAiGenerated { get; init; }

    /// <summary>What the source sent, word for word, if that was asked for (<c>TrawlOptions.KeepRaw</c>).</summary>
    public string? Raw { get; init; }

    /// <summary>How long it plays; null where the platform does not say.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The address of its cover picture.</summary>
    public Uri? Cover { get; init; }

    /// <summary>The downloadable forms; empty for photo posts.</summary>
    public ImmutableArray<MediaFormat> Formats { get; init; } = [];

    /// <summary>The photos of a photo post; empty for videos.</summary>
    public ImmutableArray<Photo> Photos { get; init; } = [];

    /// <summary>Whether this is a photo post.</summary>
    public bool IsPhotoPost => Photos.Length > 0;

    /// <summary>When this was learned, if its sources cannot be asked now; null for a fresh answer.</summary>
    public DateTimeOffset? StaleSince { get; init; }

    /// <summary>Whether this is an old answer, given because its sources cannot be asked now.</summary>
    public bool IsStale => StaleSince is not null;

    /// <summary>How long a remote service says it worked on the answer; null where none did.</summary>
    public TimeSpan? ServiceTime { get; init; }

    /// <summary>What a helper program warned of on the way.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The door of the strategy that it was learned at, for example <c>phone</c>; null where the strategy has no more than one.</summary>
    public string? Door { get; init; }

    /// <summary>The way out it was learned by: <c>direct</c>, or host and port of a proxy; null where no door was asked.</summary>
    public string? Way { get; init; }

    /// <summary>Every attempt to resolve it, the successful one last.</summary>
    public ImmutableArray<Attempt> Attempts { get; init; } = [];

    /// <summary>The strategy that resolved it.</summary>
    public string Strategy => Attempts.IsEmpty ? "" : Attempts[^1].Strategy;
}

/// <summary>An account.</summary>
public sealed record Author
{
    /// <summary>The number the platform knows it by.</summary>
    public string? Id { get; init; }

    /// <summary>The handle, without @.</summary>
    public string? Handle { get; init; }

    /// <summary>The display name.</summary>
    public string? Name { get; init; }

    /// <summary>Where their videos are listed; null where the platform does not say.</summary>
    public Uri? Page { get; init; }

    /// <summary>The long-lived id of the account: TikTok's secUid, YouTube's channel.</summary>
    public string? SecUid { get; init; }

    /// <summary>Whether the platform vouches for it; null where it does not say.</summary>
    public bool? Verified { get; init; }
}

/// <summary>The sound of a post.</summary>
public sealed record Music
{
    /// <summary>Its id.</summary>
    public string? Id { get; init; }

    /// <summary>Its title.</summary>
    public string? Title { get; init; }

    /// <summary>Who made it.</summary>
    public string? Author { get; init; }

    /// <summary>The album it is from.</summary>
    public string? Album { get; init; }

    /// <summary>How long it plays.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Whether the post's author made it; null where the platform does not say.</summary>
    public bool? Original { get; init; }

    /// <summary>Where it can be fetched; usually signed.</summary>
    public Uri? Address { get; init; }
}

/// <summary>A text that goes with a video.</summary>
/// <param name="Language">Its language, as the platform names it, for example <c>eng-US</c>.</param>
/// <param name="Address">Where it can be fetched; usually signed.</param>
/// <param name="Format">webvtt, srt or another name the platform gives.</param>
/// <param name="Automatic">Whether a machine wrote it; null where the platform does not say.</param>
public sealed record Subtitle(string Language, Uri Address, string Format, bool? Automatic);

/// <summary>How often a post was seen, liked and so on; null where the platform does not say.</summary>
public sealed record Counts
{
    /// <summary>Whether numbers above 9,999 are rounded, as TikTok's pages round them; null where it is not known.</summary>
    public bool? Rounded { get; init; }

    /// <summary>Times played.</summary>
    public long? Views { get; init; }

    /// <summary>Likes.</summary>
    public long? Likes { get; init; }

    /// <summary>Comments.</summary>
    public long? Comments { get; init; }

    /// <summary>Times shared outside the platform.</summary>
    public long? Shares { get; init; }

    /// <summary>Times saved to a collection.</summary>
    public long? Saves { get; init; }

    /// <summary>Times reposted on the platform.</summary>
    public long? Reposts { get; init; }
}

/// <summary>One picture of a photo post.</summary>
/// <param name="Addresses">Where it can be fetched, best first.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
public sealed record Photo(ImmutableArray<Uri> Addresses, int Width, int Height);
