using System.Text.Json;
using System.Text.Json.Nodes;

namespace Trawl.App.Crawls;

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

    /// <summary>Reads an order as others send it.</summary>
    /// <exception cref="FormatException">It is none, and why.</exception>
    public static CrawlOrder Parse(ReadOnlySpan<byte> body)
    {
        var order = Read(body);
        return order.Platforms.FirstOrDefault(p => !KnownPlatforms.Contains(p)) is { } unknown
            ? throw new FormatException($"There is no platform \"{unknown}\"; there are {string.Join(", ", KnownPlatforms)}.")
            : order;
    }

    /// <summary>Reads an order as it is kept.</summary>
    /// <exception cref="FormatException">It is none, and why.</exception>
    public static CrawlOrder Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = JsonNode.Parse(body) as JsonObject ?? throw new FormatException("The body is no JSON object.");
            return new CrawlOrder(
                Text(json, "job_id"),
                Text(json, "industry"),
                PhrasesOf(json["queries"]),
                PlatformsOf(json["platforms"]),
                json["recency_days"] is JsonValue value && value.TryGetValue<int>(out var days) && days >= 1
                    ? days
                    : throw new FormatException("recency_days must be a whole number of at least 1."),
                json["_count"]?.GetValue<int>()
            );
        }
        catch (JsonException e)
        {
            throw new FormatException($"The body is no JSON: {e.Message}", e);
        }
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

    static string Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw new FormatException($"{name} must be a string.");

    static IReadOnlyDictionary<string, IReadOnlyList<string>> PhrasesOf(JsonNode? node)
    {
        if (node is not JsonObject { Count: > 0 } queries)
            throw new FormatException("queries must be an object with at least one language.");
        var phrases = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (language, value) in queries)
            phrases[language] = value switch
            {
                JsonArray list when language is not ("vi" or "zh") || list.All(IsText) =>
                [
                    .. list.Where(IsText).Select(p => p!.GetValue<string>()),
                ],
                _ when language is "vi" or "zh" => throw new FormatException($"queries.{language} must be a list of strings."),
                { } one when IsText(one) => [one.GetValue<string>()],
                _ => [],
            };
        return phrases;
    }

    static IReadOnlyList<string> PlatformsOf(JsonNode? node)
    {
        if (node is not JsonArray list || !list.All(IsText))
            throw new FormatException("platforms must be a list of strings.");
        return [.. list.Select(p => p!.GetValue<string>()).Distinct(StringComparer.Ordinal)];
    }

    static bool IsText(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out _);
}
