using System.Text.Json;
using Trawl.App.Storage;
using Trawl.Failures;

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
        try
        {
            using var document = JsonDocument.Parse(line);
            var entry = document.RootElement;
            var outcome = entry.GetProperty("outcome").GetString();
            return new Observation
            {
                At = entry.GetProperty("at").GetDateTimeOffset(),
                Source = new Source(
                    entry.GetProperty("platform").GetString()!,
                    entry.GetProperty("strategy").GetString()!,
                    entry.GetProperty("door").GetString()
                ),
                Post = entry.GetProperty("post").GetString()!,
                Failure = outcome == "ok" ? null : FailureTable.Rules.First(r => r.Name == outcome).Kind,
                Reason = entry.GetProperty("reason").GetString(),
                Status = entry.GetProperty("status") is { ValueKind: JsonValueKind.Number } status ? status.GetInt32() : null,
                Size = entry.GetProperty("size") is { ValueKind: JsonValueKind.Number } size ? size.GetInt64() : null,
                Elapsed = TimeSpan.FromMilliseconds(entry.GetProperty("elapsed_ms").GetDouble()),
                Headers = [.. entry.GetProperty("headers").EnumerateArray().Select(h => h.GetString()!)],
                Fields = entry.GetProperty("fields").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString()!),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null; // torn, or of another version
        }
    }
}
