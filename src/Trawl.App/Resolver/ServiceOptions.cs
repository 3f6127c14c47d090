using System.Net;
using Trawl.App.Values;
using Trawl.Browser;
using static Trawl.App.Values.SettingValue;

namespace Trawl.App.Resolver;

/// <summary>How the resolver service is run.</summary>
sealed record ServiceOptions
{
    /// <summary>The address it listens on. Default: this machine only.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>The port. Default: 5680.</summary>
    public int Port { get; init; } = 5680;

    /// <summary>What must be shown to browse from other machines. Default: none, then that is refused.</summary>
    public string? Token { get; init; }

    /// <summary>Origins whose pages may make it act. Default: only its own.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Public names it is reached by. Default: none.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What it calls itself.</summary>
    public string Name { get; init; } = "Scrapling FastAPI Service";

    /// <summary>How long the answer to a search is kept. Default: not at all.</summary>
    public TimeSpan SearchCache { get; init; }

    /// <summary>Whether a search that failed is answered as one that found nothing. Default: no.</summary>
    public bool EmptyOnFailure { get; init; }

    /// <summary>The family of browser that resolves videos. Default: Chromium.</summary>
    public BrowserEngine DownloadEngine { get; init; }

    /// <summary>The most time for one request, browsing by hand excepted. Default: 165 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(165);

    /// <summary>The most time for browsing by hand. Default: 1 h.</summary>
    public TimeSpan BrowseTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether looking for a login needs no window. Default: yes.</summary>
    public bool SessionHeadless { get; init; } = true;

    /// <summary>How long the page is looked at for a login. Default: 8 s.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How browsers are used.</summary>
    public BrowserOptions Browser { get; init; } = new();

    /// <summary>Where Chromium's profile lies; blank for none. Default: data/chromium_profiles.</summary>
    public string ChromiumProfiles { get; init; } = "data/chromium_profiles";

    /// <summary>Where Camoufox's profile lies. Default: none.</summary>
    public string CamoufoxProfiles { get; init; } = "";

    /// <summary>How old a clone may get. Default: 24 h.</summary>
    public TimeSpan OldestClone { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How many clones may be left. Default: 50.</summary>
    public int MostClones { get; init; } = 50;

    /// <summary>Whether it can be reached from other machines.</summary>
    public bool IsOpen => !IPAddress.IsLoopback(Host);

    /// <summary>The names of the settings, and what they set.</summary>
    public static readonly Dictionary<string, Func<ServiceOptions, string, ServiceOptions>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Serve:Host"] = (o, v) => o with { Host = v == "localhost" ? IPAddress.Loopback : IPAddress.Parse(v) },
        ["Serve:Port"] = (o, v) => o with { Port = Port(v) },
        ["Serve:Token"] = (o, v) => o with { Token = v },
        ["Serve:Origins"] = (o, v) => o with { Origins = List(v) },
        ["Serve:Hosts"] = (o, v) => o with { Hosts = List(v) },
        ["Serve:Name"] = (o, v) => o with { Name = v },
        ["Serve:Timeout"] = (o, v) => o with { Timeout = Seconds(v) },
        ["Serve:BrowseTimeout"] = (o, v) => o with { BrowseTimeout = Seconds(v) },
        ["Serve:SessionHeadless"] = (o, v) => o with { SessionHeadless = bool.Parse(v) },
        ["Serve:LoginTimeout"] = (o, v) => o with { LoginTimeout = Seconds(v) },
        ["Resolver:SearchCacheSeconds"] = (o, v) => o with { SearchCache = v == "0" ? TimeSpan.Zero : Seconds(v) },
        ["Resolver:EmptyOnFailure"] = (o, v) => o with { EmptyOnFailure = bool.Parse(v) },
        ["Resolver:DownloadEngine"] = (o, v) => o with { DownloadEngine = Engine(v) },
        ["Browser:Chromium"] = (o, v) => o with { Browser = o.Browser with { Chromium = v } },
        ["Browser:Camoufox"] = (o, v) => o with { Browser = o.Browser with { Camoufox = v } },
        ["Browser:Firefox"] = (o, v) => o with { Browser = o.Browser with { Firefox = v } },
        ["Browser:AllowHeadless"] = (o, v) => o with { Browser = o.Browser with { AllowHeadless = bool.Parse(v) } },
        ["Browser:Concurrency"] = (o, v) => o with { Browser = o.Browser with { Concurrency = Whole(v) } },
        ["Browser:Patience"] = (o, v) => o with { Browser = o.Browser with { Patience = Seconds(v) } },
        ["Browser:PagesPerBrowser"] = (o, v) => o with { Browser = o.Browser with { PagesPerBrowser = Whole(v) } },
        ["Browser:Lifetime"] = (o, v) => o with { Browser = o.Browser with { BrowserLifetime = Seconds(v) } },
        ["Browser:TikVid"] = (o, v) => o with { Browser = o.Browser with { TikVid = Web(v) } },
        ["Browser:TikTok"] = (o, v) => o with { Browser = o.Browser with { TikTok = Web(v) } },
        ["Browser:ChromiumProfiles"] = (o, v) => o with { ChromiumProfiles = v },
        ["Browser:CamoufoxProfiles"] = (o, v) => o with { CamoufoxProfiles = v },
        ["Browser:OldestClone"] = (o, v) => o with { OldestClone = Seconds(v) },
        ["Browser:MostClones"] = (o, v) => o with { MostClones = Whole(v) },
    };

    /// <summary>What the service that came before called the same things.</summary>
    public static readonly Dictionary<string, string> Old = new(StringComparer.Ordinal)
    {
        ["APP_NAME"] = "Serve:Name",
        ["HOST"] = "Serve:Host",
        ["PORT"] = "Serve:Port",
        ["DEFAULT_HEADLESS"] = "Serve:SessionHeadless",
        ["TIKTOK_LOGIN_DETECTION_TIMEOUT"] = "Serve:LoginTimeout",
        ["PRIVATE_PROXY_URL"] = "Http:Proxies",
        ["REQUEST_TIMEOUT_SECONDS"] = "Http:AnswerTimeout",
        ["CAMOUFOX_USER_DATA_DIR"] = "Browser:CamoufoxProfiles",
        ["CHROMIUM_USER_DATA_DIR"] = "Browser:ChromiumProfiles",
        ["TIKTOK_URL"] = "Browser:TikTok",
        ["TIKVID_BASE"] = "Browser:TikVid",
    };

    /// <summary>What it knew and we do not need; a name that ends in a star stands for all that begin so.</summary>
    public static readonly string[] Retired =
    [
        "RELOAD",
        "LOG_LEVEL",
        "DEFAULT_NETWORK_IDLE",
        "DEFAULT_TIMEOUT_MS",
        "MAX_RETRIES",
        "RETRY_*",
        "MIN_HTML_CONTENT_LENGTH",
        "PROXY_*",
        "CAMOUFOX_LOCALE",
        "CAMOUFOX_WINDOW",
        "CAMOUFOX_DISABLE_COOP",
        "CAMOUFOX_VIRTUAL_DISPLAY",
        "CAMOUFOX_GEOIP",
        "CAMOUFOX_SKIP_READY_CHECK",
        "AUSPOST_*",
        "TIKTOK_WRITE_MODE_ENABLED",
        "TIKTOK_MAX_SESSION_DURATION",
    ];

    static BrowserEngine Engine(string value) =>
        value.Trim().ToLowerInvariant() switch
        {
            "chromium" => BrowserEngine.Chromium,
            "camoufox" => BrowserEngine.Camoufox,
            _ => throw new FormatException("chromium or camoufox"),
        };
}
