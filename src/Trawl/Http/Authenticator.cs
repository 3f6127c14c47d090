using System.Collections.Immutable;

namespace Trawl.Http;

/// <summary>Knows how to be let in at a host: extend it to log in with an account of yours. Its pass goes to the hosts it names and nowhere else.</summary>
public abstract class Authenticator
{
    /// <summary>Its name in the log and in the credential store.</summary>
    public abstract string Name { get; }

    /// <summary>Whether its pass is for this host.</summary>
    public abstract bool IsFor(string host);

    /// <summary>Obtains a new pass. Called for the first request and again shortly before the pass ends; one call serves all who wait.</summary>
    /// <exception cref="Failures.TrawlException">For example <see cref="Failures.FailureKind.LoginRequired"/>.</exception>
    public abstract Task<Pass> LogInAsync(CancellationToken cancellation);
}

/// <summary>What lets us in; a secret.</summary>
public sealed record Pass
{
    /// <summary>Headers sent along, for example <c>Authorization</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Cookies sent along.</summary>
    public ImmutableArray<SessionCookie> Cookies { get; init; } = [];

    /// <summary>When it ends; null when nobody said.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Names what it is, without its secrets.</summary>
    public override string ToString() => $"pass with {Headers.Count} headers and {Cookies.Length} cookies";
}

/// <summary>Keeps passes beyond the end of the program. An implementation must not keep them in clear text.</summary>
public abstract class CredentialStore
{
    /// <summary>The pass kept under a name; null when there is none, or when it can no longer be read.</summary>
    public abstract Task<Pass?> ReadAsync(string name, CancellationToken cancellation);

    /// <summary>Keeps a pass under a name; null forgets it.</summary>
    public abstract Task WriteAsync(string name, Pass? pass, CancellationToken cancellation);
}
