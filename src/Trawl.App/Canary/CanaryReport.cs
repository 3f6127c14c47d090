using System.Text.Json.Nodes;
using Trawl.Failures;

namespace Trawl.App.Canary;

/// <summary>What became of a source since it was asked last.</summary>
enum Turn
{
    /// <summary>It shows known posts no longer.</summary>
    Closed,

    /// <summary>It shows them again.</summary>
    Opened,

    /// <summary>It shows them, but says other things of them, or nothing of some.</summary>
    Changed,
}

/// <summary>How a source is now.</summary>
/// <param name="Source">The source.</param>
/// <param name="Shown">How many known posts it showed as they must be.</param>
/// <param name="Asked">How many it was asked for.</param>
/// <param name="Failure">Why it did not show the others; null when it showed all.</param>
/// <param name="Reason">The same, for people.</param>
sealed record SourceState(Source Source, int Shown, int Asked, FailureKind? Failure, string? Reason)
{
    /// <summary>Whether it can be relied on: at least one post was shown.</summary>
    public bool IsOpen => Shown > 0;
}

/// <summary>A source that is not as it was.</summary>
/// <param name="State">How it is.</param>
/// <param name="Turn">What became of it.</param>
/// <param name="Differences">What differs, in words.</param>
/// <param name="Capture">Where an answer was written down; null where none was seen.</param>
sealed record SourceChange(SourceState State, Turn Turn, IReadOnlyList<string> Differences, string? Capture)
{
    /// <summary>What it is called on the wire.</summary>
    public string Topic => $"site.door.{Turn.ToString().ToLowerInvariant()}";

    /// <summary>Its body.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["platform"] = State.Source.Platform,
            ["strategy"] = State.Source.Strategy,
            ["door"] = State.Source.Door,
            ["shown"] = State.Shown,
            ["asked"] = State.Asked,
            ["kind"] = State.Failure?.Name(),
            ["reason"] = State.Reason,
            ["differences"] = new JsonArray([.. Differences.Select(d => JsonValue.Create(d))]),
            ["capture"] = Capture,
        };
}

/// <summary>What a round of the canary found.</summary>
sealed record CanaryReport(IReadOnlyList<SourceState> States, IReadOnlyList<SourceChange> Changes)
{
    /// <summary>Compares what was seen now with what was seen before.</summary>
    /// <param name="now">This round's answers.</param>
    /// <param name="before">The answers of all rounds before, in order.</param>
    /// <param name="captures">Where answers of this round were written down.</param>
    public static CanaryReport Of(
        IReadOnlyList<Observation> now,
        IReadOnlyList<Observation> before,
        IReadOnlyDictionary<Source, string> captures
    )
    {
        var (states, changes) = (new List<SourceState>(), new List<SourceChange>());
        foreach (var answers in now.GroupBy(o => o.Source))
        {
            var failed = answers.FirstOrDefault(o => !o.IsOpen);
            var state = new SourceState(answers.Key, answers.Count(o => o.IsOpen), answers.Count(), failed?.Failure, failed?.Reason);
            states.Add(state);
            var earlier = before.Where(o => o.Source == answers.Key && answers.Any(a => a.Post == o.Post)).ToList();
            var last = earlier.GroupBy(o => o.Post).Select(g => g.Last()).ToList();
            var differences = answers
                .SelectMany(a => earlier.LastOrDefault(o => o.Post == a.Post && o.IsOpen) is { } good ? Difference.Between(good, a) : [])
                .Distinct()
                .ToList();
            // one number is enough to see it
            differences = [.. differences.Where(d => !IsSize(d)), .. differences.Where(IsSize).Take(1)];
            if (TurnOf(state, last, answers, differences) is { } turn)
                changes.Add(new SourceChange(state, turn, differences, captures.GetValueOrDefault(answers.Key)));
        }
        return new CanaryReport(states, changes);
    }

    static bool IsSize(string difference) => difference.Contains(" bytes are now ", StringComparison.Ordinal);

    static Turn? TurnOf(SourceState state, List<Observation> last, IEnumerable<Observation> answers, List<string> differences)
    {
        var wasOpen = last.Count == 0 || last.Exists(o => o.IsOpen);
        if (!state.IsOpen)
            return wasOpen ? Turn.Closed : null;
        if (!wasOpen)
            return Turn.Opened;
        // some posts are shown and others no longer, or less is said of them
        var fewer = answers.Any(a => !a.IsOpen && last.Exists(o => o.Post == a.Post && o.IsOpen));
        return
            fewer
            || differences.Exists(d =>
                d.EndsWith("is missing", StringComparison.Ordinal) && !d.StartsWith("header", StringComparison.Ordinal)
            )
            ? Turn.Changed
            : null;
    }
}
