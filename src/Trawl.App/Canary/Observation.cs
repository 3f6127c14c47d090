using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Json;

namespace Trawl.App.Canary;

/// <summary>Where a known post is asked for: a door of a strategy, or the strategy.</summary>
/// <param name="Platform">The platform's name.</param>
/// <param name="Strategy">The strategy's name.</param>
/// <param name="Door">The door's name; null where the strategy has none.</param>
sealed record Source(string Platform, string Strategy, string? Door)
{
    /// <summary>For example <c>tiktok web/phone</c>.</summary>
    public override string ToString() => $"{Platform} {Strategy}{(Door is null ? "" : $"/{Door}")}";
}

/// <summary>How a known post was answered.</summary>
sealed record Observation
{
    public required DateTimeOffset At { get; init; }

    public required Source Source { get; init; }

    /// <summary>The post's identity.</summary>
    public required string Post { get; init; }

    /// <summary>What went wrong; null when the post was shown.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>Why, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>The status of the answer; null where none was seen.</summary>
    public int? Status { get; init; }

    /// <summary>The bytes of the answer; null where none was seen.</summary>
    public long? Size { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>The names of the headers.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>What was said of the post: values that stay the same, and <c>yes</c> for what is there and changes.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    public bool IsOpen => Failure is null;

    /// <summary>A line of the history.</summary>
    public string ToJson() =>
        JsonText.Line(writer =>
        {
            writer.WriteString("at", At);
            writer.WriteString("platform", Source.Platform);
            writer.WriteString("strategy", Source.Strategy);
            writer.WriteString("door", Source.Door);
            writer.WriteString("post", Post);
            writer.WriteString("outcome", Failure?.Name() ?? "ok");
            writer.WriteString("reason", Reason);
            writer.WriteNumberOrNull("status", Status);
            writer.WriteNumberOrNull("size", Size);
            writer.WriteNumber("elapsed_ms", Math.Round(Elapsed.TotalMilliseconds));
            writer.WriteTexts("headers", Headers);
            writer.WriteStartObject("fields");
            foreach (var (name, value) in Fields)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        });

    /// <summary>Reads a line of the history; null for one that cannot be read.</summary>
    public static Observation? Parse(string line)
    {
        using var document = ForeignJson.TryParse(line);
        var entry = document?.RootElement ?? default;
        var outcome = entry.String("outcome"u8);
        var rule = FailureTable.Rules.FirstOrDefault(r => r.Name == outcome);
        if (
            entry.Moment("at"u8) is not { } at
            || entry.String("platform"u8) is not { } platform
            || entry.String("strategy"u8) is not { } strategy
            || entry.String("post"u8) is not { } post
            || (rule is null && outcome != "ok")
        )
            return null; // torn, or of another version
        return new Observation
        {
            At = at,
            Source = new Source(platform, strategy, entry.String("door"u8)),
            Post = post,
            Failure = rule?.Kind,
            Reason = entry.String("reason"u8),
            Status = (int?)entry.Whole("status"u8),
            Size = entry.Whole("size"u8),
            Elapsed = TimeSpan.FromMilliseconds(Math.Clamp(entry.Number("elapsed_ms"u8) ?? 0, 0, int.MaxValue)),
            Headers = [.. entry.Items("headers"u8).Select(h => h.String()).OfType<string>()],
            Fields = entry.Get("fields"u8).Members().DistinctBy(f => f.Name).ToDictionary(f => f.Name, f => f.Value.String() ?? ""),
        };
    }
}
