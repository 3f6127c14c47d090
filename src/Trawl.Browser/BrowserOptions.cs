namespace Trawl.Browser;

/// <summary>Which family a browser is of.</summary>
public enum BrowserEngine
{
    /// <summary>Chromium or Chrome.</summary>
    Chromium,

    /// <summary>Camoufox where it is configured, else stock Firefox.</summary>
    Camoufox,
}

/// <summary>How browsers are used.</summary>
public sealed record BrowserOptions
{
    /// <summary>The Chromium to run: a name on PATH or a whole path. Default: null, the first of chromium, chromium-browser, google-chrome on PATH.</summary>
    public string? Chromium { get; init; }

    /// <summary>The Camoufox to run. Default: null; then stock Firefox stands in for it.</summary>
    public string? Camoufox { get; init; }

    /// <summary>The Firefox that stands in for Camoufox. Default: null, the first of firefox-esr, firefox on PATH.</summary>
    public string? Firefox { get; init; }

    /// <summary>Whether a browser may run without a window. Default: yes; where not, every one has a window whatever is asked for.</summary>
    public bool AllowHeadless { get; init; } = true;

    /// <summary>How many pages are open at a time; others wait their turn. Default: 4.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>How long to wait for a turn. Default: 60 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how many pages a browser is replaced. Default: 50.</summary>
    public int PagesPerBrowser { get; init; } = 50;

    /// <summary>After how long a browser is replaced. Default: 30 min.</summary>
    public TimeSpan BrowserLifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The most time for one page's work. Default: 150 s.</summary>
    public TimeSpan WorkTimeout { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Whether certificates are taken on trust, as a private authority's must be, which browsers cannot be told of. Default: no.</summary>
    public bool TrustAnyCertificate { get; init; }

    /// <summary>Where the service TikVid stands. Default: https://tikvid.io/vi.</summary>
    public Uri TikVid { get; init; } = new("https://tikvid.io/vi");

    /// <summary>Where TikTok stands. Default: https://www.tiktok.com/.</summary>
    public Uri TikTok { get; init; } = new("https://www.tiktok.com/");
}
