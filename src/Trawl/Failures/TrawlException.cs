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

    /// <summary>The same failure, with the attempts that led to it.</summary>
    public TrawlException With(IReadOnlyList<Attempt> attempts) =>
        new(Kind, Message, InnerException)
        {
            Detail = Detail,
            RetryAfter = RetryAfter,
            ServiceTime = ServiceTime,
            Attempts = attempts,
        };

    /// <summary>What the failure table says about this kind.</summary>
    public FailureRule Rule => Kind.Rule();
}
