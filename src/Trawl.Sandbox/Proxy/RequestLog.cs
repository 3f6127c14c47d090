namespace Trawl.Sandbox.Proxy;

/// <summary>One request the sandbox answered.</summary>
/// <param name="At">When, by the sandbox's clock.</param>
/// <param name="Method">GET, HEAD, POST or CONNECT.</param>
/// <param name="Host">The host it was meant for.</param>
/// <param name="Path">Its path, without the query.</param>
/// <param name="Status">The status answered.</param>
/// <param name="Bytes">Bytes of the body that were sent.</param>
/// <param name="Fault">The fault that befell it, if any.</param>
/// <param name="Headers">Its headers.</param>
public sealed record LoggedRequest(
    DateTimeOffset At,
    string Method,
    string Host,
    string Path,
    int Status,
    long Bytes,
    string? Fault,
    IReadOnlyDictionary<string, string> Headers
);
