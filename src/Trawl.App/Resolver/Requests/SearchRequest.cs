using System.Security.Cryptography;
using System.Text;
using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver.Requests;

/// <summary>What is searched for: one phrase, or several.</summary>
sealed record Query(IReadOnlyList<string> Phrases, bool IsList)
{
    /// <summary>The phrases without the space around them.</summary>
    public IEnumerable<string> Trimmed => Phrases.Select(PythonText.Strip);
}

/// <summary>A request to search.</summary>
/// <param name="Query">What for.</param>
/// <param name="Count">How many hits at most.</param>
/// <param name="Headful">Whether the browser must have a window.</param>
sealed record SearchRequest(Query Query, int Count, bool Headful)
{
    const int MostHeadless = 15;
    const int LongestPhrase = 100;

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidRequestException"/>
    public static SearchRequest Read(object? body)
    {
        var model = new Model(body);
        var query = model.Required("query", Coerce.TextOrTexts);
        var count = model.Optional("numVideos", 10, Coerce.Whole(1, 100));
        var headful = model.Optional("force_headful", false, Coerce.Truth);
        model.Finish(
            () => !headful && count > MostHeadless ? $"numVideos cannot exceed {MostHeadless} in headless mode" : null,
            () => Broken(query!)
        );
        return new SearchRequest(query!, count, headful);
    }

    /// <summary>What tells equal requests: a digest of the request as Python writes it, keys sorted.</summary>
    public string Hash
    {
        get
        {
            var phrases = Query.Phrases.Select(PythonText.Ascii);
            var query = Query.IsList ? $"[{string.Join(", ", phrases)}]" : phrases.First();
            var request = $$"""{"force_headful": {{(Headful ? "true" : "false")}}, "numVideos": {{Count}}, "query": {{query}}}""";
            return Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(request)));
        }
    }

    static string? Broken(Query query)
    {
        // a single blank phrase is told of in a shape of its own
        if (!query.IsList)
            return IsTooLong(query.Phrases[0]) ? $"Query string must be {LongestPhrase} characters or less" : null;
        if (query.Phrases.Count == 0)
            return "Query array cannot be empty";
        foreach (var phrase in query.Phrases)
        {
            if (phrase.Strip().Length == 0)
                return "Query strings cannot be empty";
            if (IsTooLong(phrase))
                return $"Query strings must be {LongestPhrase} characters or less";
        }
        return null;
    }

    static bool IsTooLong(string phrase) => PythonText.Length(phrase.Strip()) > LongestPhrase;
}
