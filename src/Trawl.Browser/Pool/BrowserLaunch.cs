using System.Collections;
using Microsoft.Playwright;
using Trawl.Browser.Profiles;
using Trawl.Http;

namespace Trawl.Browser.Pool;

/// <summary>How a browser is started: quiet, alone, and out to the network by our way only.</summary>
sealed class BrowserLaunch(
    BrowserOptions options,
    BrowserWish wish,
    string program,
    string? display,
    string mark,
    Egress egress,
    Fingerprint? fingerprint
)
{
    static readonly string[] Quiet =
    [
        "--no-first-run",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--deny-permission-prompts",
        "--mute-audio",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    ];

    // Firefox is told its way by preferences, too: what is told otherwise it does not take
    Dictionary<string, object> QuietFirefox =>
        new()
        {
            ["media.peerconnection.enabled"] = false,
            ["permissions.default.desktop-notification"] = 2,
            ["permissions.default.geo"] = 2,
            ["network.http.http3.enable"] = false,
            ["network.proxy.type"] = 1,
            ["network.proxy.http"] = egress.Way.Host,
            ["network.proxy.http_port"] = egress.Way.Port,
            ["network.proxy.ssl"] = egress.Way.Host,
            ["network.proxy.ssl_port"] = egress.Way.Port,
            ["network.proxy.no_proxies_on"] = "",
            ["network.proxy.allow_hijacking_localhost"] = true,
        };

    bool IsChromium => wish.Engine == BrowserEngine.Chromium;

    /// <summary>Starts one without a profile.</summary>
    public Task<IBrowser> StartAsync(IPlaywright playwright) =>
        Type(playwright)
            .LaunchAsync(
                new BrowserTypeLaunchOptions
                {
                    ExecutablePath = program,
                    Channel = IsChromium ? null : "moz-firefox",
                    Headless = !wish.Headful,
                    ChromiumSandbox = IsChromium ? !Environment.IsPrivilegedProcess : null,
                    Args = IsChromium ? Quiet : null,
                    FirefoxUserPrefs = IsChromium ? null : QuietFirefox,
                    Env = Variables(),
                    Proxy = IsChromium ? Way() : null,
                    HandleSIGINT = false,
                    HandleSIGTERM = false,
                    HandleSIGHUP = false,
                }
            );

    /// <summary>Starts one on a profile.</summary>
    public Task<IBrowserContext> StartAsync(IPlaywright playwright, string folder) =>
        Type(playwright)
            .LaunchPersistentContextAsync(
                folder,
                new BrowserTypeLaunchPersistentContextOptions
                {
                    ExecutablePath = program,
                    Channel = IsChromium ? null : "moz-firefox",
                    Headless = !wish.Headful,
                    ChromiumSandbox = IsChromium ? !Environment.IsPrivilegedProcess : null,
                    Args = IsChromium ? Quiet : null,
                    FirefoxUserPrefs = IsChromium ? null : QuietFirefox,
                    Env = Variables(),
                    Proxy = IsChromium ? Way() : null,
                    HandleSIGINT = false,
                    HandleSIGTERM = false,
                    HandleSIGHUP = false,
                    AcceptDownloads = false,
                    IgnoreHTTPSErrors = options.TrustAnyCertificate,
                    UserAgent = fingerprint?.UserAgent,
                    ViewportSize = fingerprint is null
                        ? null
                        : new() { Width = fingerprint.Viewport.Width, Height = fingerprint.Viewport.Height },
                    ScreenSize = fingerprint is null
                        ? null
                        : new() { Width = fingerprint.Screen.Width, Height = fingerprint.Screen.Height },
                    Locale = fingerprint?.Locale,
                    TimezoneId = fingerprint?.OtherTimeZone,
                }
            );

    /// <summary>A context of its own: as the fingerprint says, without downloads.</summary>
    public BrowserNewContextOptions Context(Fingerprint fingerprint) =>
        new()
        {
            AcceptDownloads = false,
            IgnoreHTTPSErrors = options.TrustAnyCertificate,
            UserAgent = fingerprint.UserAgent,
            ViewportSize = new() { Width = fingerprint.Viewport.Width, Height = fingerprint.Viewport.Height },
            ScreenSize = new() { Width = fingerprint.Screen.Width, Height = fingerprint.Screen.Height },
            Locale = fingerprint.Locale,
            TimezoneId = fingerprint.OtherTimeZone,
        };

    IBrowserType Type(IPlaywright playwright) => IsChromium ? playwright.Chromium : playwright.Firefox;

    Proxy Way() =>
        new()
        {
            Server = egress.Way.GetLeftPart(UriPartial.Authority).Replace(egress.Way.UserInfo + "@", "", StringComparison.Ordinal),
            Username = egress.Way.UserInfo.Split(':')[0],
            Password = egress.Way.UserInfo.Split(':')[^1],
        };

    IEnumerable<KeyValuePair<string, string>> Variables()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (!((string)variable.Key).EndsWith("_proxy", StringComparison.OrdinalIgnoreCase))
                yield return new((string)variable.Key, (string?)variable.Value ?? "");
        yield return new(Orphans.Variable, mark);
        if (display is not null)
            yield return new("DISPLAY", display);
    }
}
