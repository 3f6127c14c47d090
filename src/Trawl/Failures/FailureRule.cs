namespace Trawl.Failures;

/// <summary>What the line does after a failure.</summary>
public enum NextStep
{
    /// <summary>Nothing else can help: report it.</summary>
    Stop,

    /// <summary>Ask the next strategy; report the failure only when nobody knows better.</summary>
    SecondOpinion,

    /// <summary>Let the next strategy try.</summary>
    NextStrategy,

    /// <summary>Try the next format of the same video, then the next strategy.</summary>
    NextFormat,

    /// <summary>Resolve the video again, once, for a fresh address.</summary>
    ResolveAgain,
}

/// <summary>One row of the failure table.</summary>
/// <param name="Kind">The failure.</param>
/// <param name="Name">Its one spelling on every wire.</param>
/// <param name="Next">What the chain does next.</param>
/// <param name="CountsAgainstStrategy">Whether the strategy is to blame.</param>
/// <param name="RetryLater">Whether trying the same item again later can help.</param>
/// <param name="ExitCode">The exit code of a command that failed for this reason alone.</param>
/// <param name="HttpStatus">The status of an API answer that failed for this reason.</param>
/// <param name="Sentence">What happened, for people.</param>
/// <param name="Suggestion">What to do about it first, for people.</param>
/// <param name="Recoveries">The ways out.</param>
public sealed record FailureRule(
    FailureKind Kind,
    string Name,
    NextStep Next,
    bool CountsAgainstStrategy,
    bool RetryLater,
    int ExitCode,
    int HttpStatus,
    string Sentence,
    string Suggestion,
    IReadOnlyList<Recovery> Recoveries
)
{
    /// <summary>Everything worth doing about it, for people, the likeliest first.</summary>
    public IReadOnlyList<string> Suggestions => [Suggestion, .. Recoveries.Select(r => r.Sentence()).Where(s => s != Suggestion)];
}
