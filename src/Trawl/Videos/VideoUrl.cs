namespace Trawl.Videos;

/// <summary>What a link leads to.</summary>
public enum LinkKind
{
    Video,
    Photo,

    /// <summary>A short link: where it leads is known only after following it.</summary>
    Short,
    Profile,
    Live,
    Sound,
    Effect,
    Tag,
    Collection,
    Login,

    /// <summary>A page of the platform that is none of these.</summary>
    Other,
}

/// <summary>A link to a known platform, parsed; it cannot be invalid. Made by a platform's grammar.</summary>
/// <param name="Platform">The platform's name, for example <c>tiktok</c>.</param>
/// <param name="Kind">What it leads to.</param>
/// <param name="Id">The id or code in the link; null where the kind has none.</param>
/// <param name="User">The user in the link, unchecked; never part of a path.</param>
/// <param name="Canonical">The one address of the same thing.</param>
public sealed record VideoUrl(string Platform, LinkKind Kind, string? Id, string? User, Uri Canonical)
{
    /// <summary>Whether this is a single post: a video or a photo post.</summary>
    public bool IsPost => Kind is LinkKind.Video or LinkKind.Photo;

    /// <summary>What tells two posts apart, for example <c>tiktok-7571863205253778710</c>; safe as a file name.</summary>
    public string Identity => $"{Platform}-{Id}";

    /// <summary>The canonical address.</summary>
    public override string ToString() => Canonical.AbsoluteUri;
}
