namespace Trawl.Sandbox.Catalogue;

/// <summary>Posts by twelve authors: made of a seed, the same in every run.</summary>
sealed class PostCatalogue
{
    static readonly DateTimeOffset Epoch = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    // What the first posts are about; the demo shows these.
    static readonly (Condition Condition, int Photos)[] Openers =
    [
        (Condition.Fine, 0),
        (Condition.Fine, 0),
        (Condition.Fine, 0),
        (Condition.Fine, 3),
        (Condition.Deleted, 0),
        (Condition.Challenged, 0),
        (Condition.MobileOnly, 0),
        (Condition.Fine, 0),
        (Condition.Private, 0),
        (Condition.RegionLocked, 0),
        (Condition.AgeRestricted, 0),
        (Condition.LoginWall, 0),
        (Condition.UnderReview, 0),
        (Condition.OldPage, 0),
    ];

    // one more that is odd, among the ordinary ones
    const int ProfilePlace = 57;

    /// <summary>What its posts speak of.</summary>
    public static readonly string[] Subjects =
    [
        "sourdough starter",
        "wireless earbuds",
        "street cat",
        "rainy tram ride",
        "tiny kitchen",
        "mountain hut",
        "old synthesizer",
        "desk setup",
        "night market",
        "paper planes",
    ];

    static readonly string[] Verdicts =
    [
        "you won't regret",
        "in thirty seconds",
        "that nobody asked for 😅",
        "explained",
        "but slower",
        "день первый",
        "一天",
        "(part 2)",
    ];

    readonly Dictionary<string, Post> _byId;
    readonly Dictionary<string, Post> _byCode;

    public PostCatalogue(int seed, int posts, long padding, bool plain = false)
    {
        var chance = new Random(seed);
        var people = Enumerable.Range(0, 12).Select(i => MakePerson(i, chance)).ToList();
        var openers = plain ? [] : Openers;
        Posts =
        [
            .. Enumerable
                .Range(0, posts)
                .Select(i =>
                    MakePost(
                        i,
                        i < openers.Length ? openers[i]
                            : i == ProfilePlace && !plain ? (Condition.ProfileInstead, 0)
                            : (Condition.Fine, 0),
                        people[i % people.Count],
                        padding,
                        chance
                    )
                ),
        ];
        _byId = Posts.ToDictionary(p => p.Id);
        _byCode = Posts.ToDictionary(p => p.ShortCode);
    }

    public IReadOnlyList<Post> Posts { get; }

    public Post? ById(string id) => _byId.GetValueOrDefault(id);

    public Post? ByCode(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>
    /// The videos a phrase finds: those that speak of it first, then whatever else there is, as the real searches do; none for one that begins with
    /// <c>nothing</c>.
    /// </summary>
    public IReadOnlyList<Post> Search(string phrase)
    {
        var words = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is ["nothing", ..]
            ? []
            :
            [
                .. Posts
                    .Where(p => p.IsVisible && p.Photos == 0)
                    .OrderByDescending(p => words.Count(w => p.Caption.Contains(w, StringComparison.OrdinalIgnoreCase))),
            ];
    }

    static Person MakePerson(int index, Random chance)
    {
        string[] first = ["lena", "tomo", "ada", "kwame", "sofia", "ines", "yuki", "marek", "noor", "pavel", "juno", "rosa"];
        var secUid =
            "MS4wLjABAAAA" + new string(chance.GetItems("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".AsSpan(), 43));
        return new Person(
            $"{6_700_000_000_000_000_000 + chance.NextInt64(9_000_000_000_000_000)}",
            $"{first[index]}.makes_{index}",
            $"{char.ToUpperInvariant(first[index][0])}{first[index][1..]} makes",
            secUid,
            index % 4 == 0
        );
    }

    static Post MakePost(int index, (Condition Condition, int Photos) opener, Person author, long padding, Random chance)
    {
        var createdAt = Epoch.AddHours(index * 37).AddSeconds(chance.Next(3600));
        // an id carries the time it was made in its upper half; the post follows seconds later
        var id = ((createdAt.ToUnixTimeSeconds() - 11) << 32) | (uint)(chance.Next() & 0x7FFFFFFF);
        var (condition, photos) = opener;
        var subject = Subjects[chance.Next(Subjects.Length)];
        return new Post
        {
            Id = $"{id}",
            Place = index,
            Author = author,
            Caption =
                index % 9 == 8
                    ? ""
                    : $"{char.ToUpperInvariant(subject[0])}{subject[1..]} {Verdicts[chance.Next(Verdicts.Length)]} #{subject.Replace(" ", "")} #fyp @{author.Handle}",
            CreatedAt = createdAt,
            Clip = index % Clips.All.Count,
            Plays = (long)Math.Pow(10, 2 + (chance.NextDouble() * 5)),
            ShortCode = "ZS" + new string(chance.GetItems("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789".AsSpan(), 7)),
            Condition = condition,
            Photos = photos,
            Variants = photos > 0 ? [] : [.. VariantsOf(index).Select(v => v with { Padding = padding })],
        };
    }

    static IReadOnlyList<Variant> VariantsOf(int index)
    {
        var watermarked = new Variant("download", "h264", 576, 1024, Watermarked: true);
        return (index % 15) switch
        {
            // the best h264 form lost its sound
            7 => [new("h264-720-mute", "h264", 720, 1280, Silent: true), new("h264-540", "h264", 576, 1024), watermarked],
            // nothing but h265 and the form no player decodes
            9 => [new("h265-720", "h265", 720, 1280), new("bytevc2-1080", "bytevc2", 1080, 1920)],
            // landscape
            11 => [new("h264-wide", "h264", 1024, 576), new("h265-720", "h265", 720, 1280), watermarked],
            // the first entry is not the largest
            13 => [new("h264-360", "h264", 360, 640), new("h264-540", "h264", 576, 1024), new("h265-720", "h265", 720, 1280), watermarked],
            // the largest form comes in two halves
            14 =>
            [
                new("h264-540", "h264", 576, 1024),
                new("h265-720", "h265", 720, 1280),
                new("h265-1080-picture", "h265", 1080, 1920, Silent: true) { IsPicture = true },
                watermarked,
            ],
            _ => [new("h264-540", "h264", 576, 1024), new("h265-720", "h265", 720, 1280), watermarked],
        };
    }
}
