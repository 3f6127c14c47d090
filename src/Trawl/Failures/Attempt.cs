namespace Trawl.Failures;

/// <summary>One try of one strategy, kept whatever came of it.</summary>
/// <param name="Strategy">The strategy's name.</param>
/// <param name="Failure">What went wrong; null when it succeeded.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Reason">What happened, for people; null when it succeeded.</param>
/// <param name="Detail">A finer code, for example <c>HEAD_FAILED</c>.</param>
public sealed record Attempt(string Strategy, FailureKind? Failure, TimeSpan Elapsed, string? Reason = null, string? Detail = null)
{
    /// <summary>Which of the strategy's doors it was asked at, for example <c>phone</c>; null where it has no more than one.</summary>
    public string? Door { get; init; }

    /// <summary>The way out that was taken: <c>direct</c>, or host and port of a proxy; null where no door was asked.</summary>
    public string? Way { get; init; }

    /// <summary>Whether it is what the post is like that kept it from being had, whatever the kind says.</summary>
    public bool IsOfContent { get; init; }

    /// <summary>What a helper program warned of on the way.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long a remote service says it worked; null where none did.</summary>
    public TimeSpan? ServiceTime { get; init; }

    /// <summary>The size of the file as the source says it, in bytes; null where it does not.</summary>
    public long? Size { get; init; }

    /// <summary>Who was asked, for people: the strategy, and the door where it has several, for example <c>web/phone</c>.</summary>
    public string Source => Door is null ? Strategy : $"{Strategy}/{Door}";

    /// <summary><c>ok</c> or the failure's name.</summary>
    public string Outcome => Failure?.Name() ?? "ok";
}
