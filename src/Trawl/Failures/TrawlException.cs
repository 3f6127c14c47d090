using System.Text;

namespace Trawl.Failures;

/// <summary>The only exception Trawl throws on purpose. <see cref="Kind"/> says what a caller can do, the message says what happened to which video.</summary>
public sealed class TrawlException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What a caller acts on.</summary>
    public FailureKind Kind { get; } = kind;

    /// <summary>A finer code of the place that failed, for example <c>HEAD_FAILED</c>; null where the kind says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>How long the other side asked us to wait; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How long a remote service says it worked before it gave up; null where none did.</summary>
    public TimeSpan? ServiceTime { get; init; }

    /// <summary>Every attempt made before giving up, in order.</summary>
    public IReadOnlyList<Attempt> Attempts { get; init; } = [];

    /// <summary>Whether it is what the post is like that kept it from being had: the strategy is not to blame, whatever the kind says.</summary>
    public bool IsOfContent { get; init; }

    /// <summary>What a helper program warned of on the way.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The door of the strategy that said so; null where it has no more than one.</summary>
    public string? Door { get; init; }

    /// <summary>The way out that was taken to the door: <c>direct</c>, or host and port of a proxy.</summary>
    public string? Way { get; init; }

    /// <summary>What was being done: follow, resolve or download; null where nobody said.</summary>
    public string? Operation { get; init; }

    /// <summary>What it was about; null where nobody said.</summary>
    public Uri? Link { get; init; }

    /// <summary>Everything there is to say of it, without secrets.</summary>
    public FailureContext Context =>
        new()
        {
            Operation = Operation ?? "unknown",
            Link = Link?.Masked(),
            Kind = Kind,
            Detail = Detail,
            UserMessage = Rule.Sentence,
            Technical = Masking.Masked(Technical),
            Retryable = Rule.RetryLater,
            RetryAfter = RetryAfter,
            Recoveries = Rule.Recoveries,
            Suggestions = Rule.Suggestions,
            Attempts = Attempts,
        };

    /// <summary>The same failure, with the attempts that led to it.</summary>
    public TrawlException With(IReadOnlyList<Attempt> attempts) => Copy(attempts, Operation, Link);

    /// <summary>The same failure, with what was being done when it happened.</summary>
    public TrawlException During(string operation, Uri link) => Copy(Attempts, operation, link);

    /// <summary>The same failure, with the door that said so.</summary>
    internal TrawlException At(string door, string way) => Copy(Attempts, Operation, Link, door, way);

    TrawlException Copy(IReadOnlyList<Attempt> attempts, string? operation, Uri? link, string? door = null, string? way = null) =>
        new(Kind, Message, InnerException)
        {
            IsOfContent = IsOfContent,
            Warnings = Warnings,
            Door = door ?? Door,
            Way = way ?? Way,
            Detail = Detail,
            RetryAfter = RetryAfter,
            ServiceTime = ServiceTime,
            Attempts = attempts,
            Operation = operation,
            Link = link,
        };

    string Technical
    {
        get
        {
            var text = new StringBuilder(Message);
            for (var cause = InnerException; cause is not null; cause = cause.InnerException)
                text.Append($" <- {cause.GetType().Name}: {cause.Message}");
            return text.ToString();
        }
    }

    /// <summary>What the failure table says about this kind.</summary>
    public FailureRule Rule => Kind.Rule();
}
