namespace Trawl.Failures;

/// <summary>Everything there is to say of a failure, for people, logs and other programs; it carries no secret.</summary>
public sealed record FailureContext
{
    /// <summary>What was being done: follow, resolve or download.</summary>
    public required string Operation { get; init; }

    /// <summary>What it was about, masked; null where nothing is known of it.</summary>
    public string? Link { get; init; }

    /// <summary>The kind.</summary>
    public required FailureKind Kind { get; init; }

    /// <summary>A finer code, for example <c>HEAD_FAILED</c>.</summary>
    public string? Detail { get; init; }

    /// <summary>What happened, for people.</summary>
    public required string UserMessage { get; init; }

    /// <summary>What happened, for those who mend it: our words and the kinds of all exceptions behind it; addresses and secrets are masked.</summary>
    public required string Technical { get; init; }

    /// <summary>Whether trying the same again later can help.</summary>
    public bool Retryable { get; init; }

    /// <summary>How long to wait before that, if somebody said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The ways out.</summary>
    public required IReadOnlyList<Recovery> Recoveries { get; init; }

    /// <summary>What to do, for people; at least one sentence.</summary>
    public required IReadOnlyList<string> Suggestions { get; init; }

    /// <summary>Every attempt made before giving up.</summary>
    public required IReadOnlyList<Attempt> Attempts { get; init; }

    /// <summary>The same as plain names and values, for loggers and serializers.</summary>
    public IReadOnlyDictionary<string, object?> ToDictionary() =>
        new Dictionary<string, object?>
        {
            ["operation"] = Operation,
            ["link"] = Link,
            ["kind"] = Kind.Name(),
            ["detail"] = Detail,
            ["user_message"] = UserMessage,
            ["technical"] = Technical,
            ["retryable"] = Retryable,
            ["retry_after_s"] = RetryAfter?.TotalSeconds,
            ["recoveries"] = Recoveries.Select(r => r.ToString()).ToArray(),
            ["suggestions"] = Suggestions.ToArray(),
            ["attempts"] = Attempts.Select(a => $"{a.Strategy}: {a.Outcome}").ToArray(),
        };
}
