using System.Text.Json;
using System.Text.Json.Nodes;
using Trawl.App.Crawls;
using Trawl.Json;

namespace Trawl.App.Jobs;

/// <summary>An order to crawl: what to search for, where, and how new it must be. The wire contract of <c>videos.search.request</c>.</summary>
/// <param name="JobId">What the orderer calls it.</param>
/// <param name="Industry">What it is about; only told in logs.</param>
/// <param name="Queries">Phrases by language.</param>
/// <param name="Platforms">Where.</param>
/// <param name="RecencyDays">The oldest wanted, in days.</param>
/// <param name="Count">How many videos of each platform and phrase; null for the setting.</param>
sealed record CrawlOrder(
    string JobId,
    string Industry,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Queries,
    IReadOnlyList<string> Platforms,
    int RecencyDays,
    int? Count = null
)
{
    /// <summary>The platforms an order may name.</summary>
    public static readonly string[] KnownPlatforms = ["youtube", "bilibili", "douyin", "tiktok"];

    /// <summary>The oldest that can be asked for, in days.</summary>
    public const int MostDays = 36_500;

    const int LongestId = 255;
    const int LongestText = 1000;
    const int MostPhrases = 1000;

    /// <summary>Reads an order as others send it.</summary>
    /// <exception cref="FormatException">It is none, or asks for what nobody can do, and why.</exception>
    public static CrawlOrder Parse(ReadOnlyMemory<byte> body)
    {
        // how many videos is for the settings to say, not for the wire
        var order = Read(body) with
        {
            Count = null,
        };
        if (order.Platforms.FirstOrDefault(p => !KnownPlatforms.Contains(p)) is { } unknown)
            throw new FormatException($"There is no platform \"{Shortened(unknown)}\"; there are {string.Join(", ", KnownPlatforms)}.");
        if (order.RecencyDays > MostDays)
            throw new FormatException($"recency_days must be at most {MostDays}.");
        if (order.Queries.Values.Sum(p => p.Count) > MostPhrases || order.Queries.Count > MostPhrases)
            throw new FormatException($"queries may hold at most {MostPhrases} phrases.");
        foreach (var text in order.Queries.SelectMany(q => (IEnumerable<string>)[q.Key, .. q.Value]).Append(order.Industry))
            if (text.Length > LongestText || !ForeignJson.IsWhole(text))
                throw new FormatException(
                    $"\"{Shortened(text)}\" cannot be used: a text has at most {LongestText} characters, none of them NUL or half a character."
                );
        return order;
    }

    /// <summary>The job a message is about.</summary>
    /// <exception cref="FormatException">It names none that can be kept.</exception>
    public static string JobOf(ReadOnlyMemory<byte> body)
    {
        using var document = ForeignJson.Parse(body, Unreadable);
        return JobOf(document.RootElement);
    }

    static string JobOf(JsonElement message)
    {
        var id = message.String("job_id"u8) ?? throw new FormatException("job_id must be a string.");
        return id.Length <= LongestId && !id.Any(char.IsControl) && ForeignJson.IsWhole(id)
            ? id
            : throw new FormatException($"job_id must have at most {LongestId} characters, none of them a control character.");
    }

    /// <summary>Reads an order as it is kept.</summary>
    /// <exception cref="FormatException">It is none, and why.</exception>
    public static CrawlOrder Read(ReadOnlyMemory<byte> body)
    {
        using var document = ForeignJson.Parse(body, Unreadable);
        var json = document.RootElement;
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException("The body is no JSON object.");
        return new CrawlOrder(
            JobOf(json),
            json.String("industry"u8) ?? throw new FormatException("industry must be a string."),
            PhrasesOf(json.Get("queries"u8)),
            PlatformsOf(json.Get("platforms"u8)),
            json.Int("recency_days"u8) is >= 1 and var days
                ? days
                : throw new FormatException("recency_days must be a whole number of at least 1."),
            json.Int("_count"u8)
        );
    }

    /// <summary>The order as it is kept.</summary>
    public string ToJson()
    {
        var queries = new JsonObject();
        foreach (var (language, phrases) in Queries)
            queries[language] = new JsonArray([.. phrases.Select(p => (JsonNode)p)]);
        var json = new JsonObject
        {
            ["job_id"] = JobId,
            ["industry"] = Industry,
            ["queries"] = queries,
            ["platforms"] = new JsonArray([.. Platforms.Select(p => (JsonNode)p)]),
            ["recency_days"] = RecencyDays,
        };
        if (Count is { } count)
            json["_count"] = count;
        return json.ToJsonString();
    }

    static Dictionary<string, IReadOnlyList<string>> PhrasesOf(JsonElement queries)
    {
        var phrases = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (language, value) in queries.Members().Take(MostPhrases + 1))
            phrases[language] = value.ValueKind switch
            {
                JsonValueKind.Array when language is not ("vi" or "zh") || value.Items().All(IsText) =>
                [
                    .. value.Items().Where(IsText).Take(MostPhrases + 1).Select(p => p.String()!),
                ],
                _ when language is "vi" or "zh" => throw new FormatException($"queries.{language} must be a list of strings."),
                JsonValueKind.String => [value.String()!],
                _ => [],
            };
        return phrases.Count > 0 ? phrases : throw new FormatException("queries must be an object with at least one language.");
    }

    static IReadOnlyList<string> PlatformsOf(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array && list.Items().All(IsText)
            ? [.. list.Items().Select(p => p.String()!).Distinct(StringComparer.Ordinal)]
            : throw new FormatException("platforms must be a list of strings.");

    static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";

    static FormatException Unreadable(Exception e) => new($"The body is no JSON: {e.Message}", e);
}
