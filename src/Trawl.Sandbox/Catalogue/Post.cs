namespace Trawl.Sandbox.Catalogue;

/// <summary>How a post presents itself.</summary>
enum Condition
{
    Fine,
    Deleted,
    Private,
    RegionLocked,
    AgeRestricted,
    UnderReview,
    LoginWall,

    /// <summary>Both pages answer with the challenge page; other sources know the post.</summary>
    Challenged,

    /// <summary>The desktop page is a stub; the phone's page is served in full.</summary>
    MobileOnly,

    /// <summary>An old page form, as archives and old clients know it.</summary>
    OldPage,

    /// <summary>Its page is its author's.</summary>
    ProfileInstead,
}

/// <summary>One form of a post's media.</summary>
/// <param name="Name">Its name in addresses: letters, digits, hyphen.</param>
/// <param name="Codec">h264, h265 or bytevc2.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Silent">Without sound.</param>
/// <param name="Watermarked">With a watermark.</param>
/// <param name="Padding">Zeros appended in a box of their own, to make a file of any size.</param>
sealed record Variant(string Name, string Codec, int Width, int Height, bool Silent = false, bool Watermarked = false, long Padding = 0)
{
    /// <summary>Whether it is the picture alone, whose sound comes in a file of its own.</summary>
    public bool IsPicture { get; init; }
}

/// <summary>A synthetic author.</summary>
sealed record Person(string Id, string Handle, string Name, string SecUid, bool Verified);

/// <summary>A synthetic post.</summary>
sealed record Post
{
    public required string Id { get; init; }

    /// <summary>Its place in the catalogue.</summary>
    public required int Place { get; init; }

    public required Person Author { get; init; }

    public required string Caption { get; init; }

    /// <summary>What it is called where videos have titles.</summary>
    public string Title => Caption.Length > 0 ? Caption : $"Untitled {ShortCode}";

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Which clip it shows.</summary>
    public required int Clip { get; init; }

    /// <summary>How often it was played; everything else is counted from it.</summary>
    public required long Plays { get; init; }

    /// <summary>The code of its short link.</summary>
    public required string ShortCode { get; init; }

    public Condition Condition { get; init; }

    /// <summary>Whether its item is written as in 2023: without pixels for each form.</summary>
    public bool IsOfOldMake => Place % 7 == 5;

    /// <summary>How long the clip lasts.</summary>
    public double Seconds => Clips.All[Clip].Sum(s => s.Seconds);

    /// <summary>Photos, for a photo post.</summary>
    public int Photos { get; init; }

    public required IReadOnlyList<Variant> Variants { get; init; }

    /// <summary>What a client reports that does everything right and may use every source.</summary>
    public string Expect =>
        Condition switch
        {
            Condition.Deleted => "gone",
            Condition.Private => "private",
            Condition.UnderReview => "under-review",
            _ => "ok",
        };

    public string Kind => Photos > 0 ? "photo" : "video";

    public string Address => $"https://www.tiktok.com/@{Author.Handle}/{Kind}/{Id}";

    /// <summary>Whether apps and other services can see it, whatever its page says.</summary>
    public bool IsVisible => Condition is not (Condition.Deleted or Condition.Private or Condition.UnderReview);

    /// <summary>Its forms without a watermark, with sound, that players can decode.</summary>
    public IEnumerable<Variant> Playable => Variants.Where(v => !v.Watermarked && !v.Silent && v.Codec != "bytevc2");

    /// <summary>How many like it, as pages say it.</summary>
    public long Likes => Rounded(Plays / 9);

    /// <summary>Pages round counters above 9,999 as the real ones do: 25500, 192100, 2600000.</summary>
    public static long Rounded(long count) =>
        count < 10_000 ? count
        : count < 1_000_000 ? count / 100 * 100
        : count / 100_000 * 100_000;

    public Variant Find(string name) => Variants.First(v => v.Name == name);
}
