using System.Globalization;
using System.Numerics;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;

namespace Trawl.App.Resolver.Answers;

/// <summary>What a search came to, in the shape clients know.</summary>
sealed record SearchAnswer(int Status, Fields Body)
{
    /// <summary>Shapes what the work found.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="work">What the work says: hits, or an error.</param>
    /// <param name="headful">Whether the browser had a window in the end.</param>
    /// <param name="seconds">How long it took.</param>
    public static SearchAnswer Of(SearchRequest request, Fields work, bool headful, double seconds)
    {
        if (work.GetValueOrDefault("error") is { } error)
            return Failed(error);
        List<object?> hits = [.. (work.GetValueOrDefault("results") as List<object?> ?? []).OfType<Fields>().Select(Hit)];
        return new(
            200,
            new Fields
            {
                ["results"] = hits,
                ["totalResults"] = Whole(work.GetValueOrDefault("totalResults")) ?? hits.Count,
                ["query"] = work.Text("query") ?? string.Join(", ", request.Query.Trimmed),
                ["search_metadata"] = new Fields
                {
                    ["executed_path"] = headful ? "browser-based" : "headless",
                    ["execution_time"] = seconds,
                    ["request_hash"] = request.Hash,
                },
                ["execution_mode"] = headful ? "headful" : "headless",
            }
        );
    }

    /// <summary>A blank phrase is refused in a shape of its own.</summary>
    public static SearchAnswer Blank { get; } =
        new(
            422,
            new Fields
            {
                ["error"] = new Fields
                {
                    ["code"] = "VALIDATION_ERROR",
                    ["message"] = "Invalid request parameters",
                    ["fields"] = new Fields { ["query"] = "Query cannot be empty" },
                },
            }
        );

    /// <summary>One hit with its six fields, whatever of them was there.</summary>
    public static Fields Hit(Fields item) =>
        new()
        {
            ["id"] = Text(item, "id"),
            ["caption"] = Text(item, "caption", "title"),
            ["authorHandle"] = Text(item, "authorHandle", "author").TrimStart('@'),
            ["likeCount"] = Whole(item.GetValueOrDefault("likeCount") ?? item.GetValueOrDefault("likes")) ?? 0L,
            ["uploadTime"] = Text(item, "uploadTime", "createTime"),
            ["webViewUrl"] = Text(item, "webViewUrl", "url"),
        };

    static SearchAnswer Failed(object error)
    {
        var fields = error as Fields ?? Classified(error as string ?? PythonText.Json(error));
        var status = fields.Text("code")?.ToUpperInvariant() switch
        {
            "NOT_LOGGED_IN" => 409,
            "VALIDATION_ERROR" => 422,
            "RATE_LIMITED" => 429,
            _ => 500,
        };
        return new(status, new Fields { ["error"] = fields });
    }

    static Fields Classified(string message)
    {
        var code = message.ToLowerInvariant() switch
        {
            var text when Has(text, "not logged", "session") => "NOT_LOGGED_IN",
            var text when Has(text, "validation") => "VALIDATION_ERROR",
            var text when Has(text, "too many request", "rate limit") => "RATE_LIMITED",
            _ => "SCRAPE_FAILED",
        };
        return new Fields { ["code"] = code, ["message"] = message };

        static bool Has(string text, params string[] signs) => Array.Exists(signs, s => text.Contains(s, StringComparison.Ordinal));
    }

    static string Text(Fields item, string name, string? otherwise = null) =>
        (item.GetValueOrDefault(name) ?? (otherwise is null ? null : item.GetValueOrDefault(otherwise))) switch
        {
            null => "",
            string text => text,
            var value => PythonText.Json(value),
        };

    static object? Whole(object? value) =>
        value switch
        {
            long or int or BigInteger => value,
            bool truth => truth ? 1L : 0L,
            double number when double.IsFinite(number) && Math.Abs(number) < long.MaxValue => (long)number,
            string text when long.TryParse(text.Strip(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                number,
            _ => null,
        };
}
