namespace Trawl.Http;

/// <summary>What an errand asks for.</summary>
public sealed record VisitRequest(Uri Address)
{
    /// <summary>GET, HEAD or POST. Default: GET.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>What is sent along, as JSON. Default: nothing.</summary>
    public ReadOnlyMemory<byte>? Json { get; init; }

    /// <summary>Headers for this address alone: no redirect takes them along. Default: none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Whether a page is opened, as by a click: the session's navigation headers are sent. Default: no.</summary>
    public bool Navigates { get; init; }

    /// <summary>How long the head of the answer may take. Default: null, as for all (<see cref="HttpOptions.AnswerTimeout"/>).</summary>
    public TimeSpan? AnswerTimeout { get; init; }

    /// <summary>The first byte wanted; with <see cref="IfRange"/> only if the file is still the same. Default: 0, the whole.</summary>
    public long From { get; init; }

    /// <summary>The entity tag or date the file had when the first part came; null where it had none.</summary>
    public string? IfRange { get; init; }

    /// <summary>Whether redirects are followed. Default: yes.</summary>
    public bool Follow { get; init; } = true;

    /// <summary>Judges each address a redirect leads to, beyond what the guard refuses. Default: all may be visited.</summary>
    public Func<Uri, bool> MayVisit { get; init; } = static _ => true;

    /// <summary>Whether the visit repeats the request by itself after a passing trouble. Default: yes; downloads repeat by their own rules.</summary>
    public bool Repeat { get; init; } = true;

    /// <summary>Whether a compressed answer is welcome. Default: no; pages ask for gzip.</summary>
    public bool Compressed { get; init; }
}
