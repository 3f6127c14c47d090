namespace Trawl.Platforms;

/// <summary>A service that resolves videos with a real browser (<c>POST /tiktok/download</c>).</summary>
public sealed record ResolverOptions
{
    /// <summary>Where it stands, for example <c>http://localhost:5680/</c>. Default: null, there is none.</summary>
    public Uri? Address { get; init; }

    /// <summary>How long it may take over one question. Default: 180 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Questions asked at a time; the others wait their turn. Default: 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Whether it is always to use a browser with a window. Default: no, only when it fails without.</summary>
    public bool Headful { get; init; }
}
