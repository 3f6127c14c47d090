using System.CommandLine;
using Trawl.App.Configuration;
using Trawl.App.Resolver;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.TikTok;
using Trawl.Http;
using Trawl.Platforms;

namespace Trawl.App.Commands;

/// <summary>What commands of the resolver service read: the settings, with the environment of the service that came before.</summary>
sealed class ServiceSource(Command command)
{
    readonly SourceOptions _source = new(command, downloads: false);

    /// <summary>Reads them, and tells of names that are old or of no use any more.</summary>
    public (ServiceOptions Options, HttpOptions Http) Read(ParseResult parsed)
    {
        var settings = _source.UserSettings(parsed, LegacyEnvironment.OfService(SourceOptions.Variables(), out var warnings));
        foreach (var warning in warnings.Concat(settings.Warnings))
            Console.Error.WriteLine(warning);
        var http = settings.Over(new TrawlOptions()).Http;
        var options = settings.Service();
        return (options with { Browser = Trusting(options.Browser, http) }, http);
    }

    /// <summary>The strategy <c>browser</c> for who asks for it: only then is anything of it loaded.</summary>
    public static TrawlOptions WithBrowser(TrawlOptions options, ServiceOptions service)
    {
        var (chromium, camoufox) = ResolverService.Profiles(service, ".");
        var profile = service.DownloadEngine == BrowserEngine.Chromium ? chromium : camoufox;
        return options with
        {
            ExtraStrategies =
            [
                (
                    "tiktok",
                    parts => new BrowserStrategy(
                        new BrowserPool(Trusting(service.Browser, options.Http), parts.Network, parts.Time),
                        service.DownloadEngine,
                        profile
                    )
                ),
            ],
        };
    }

    /// <summary>The browser that opens a page where nobody else is let in: nothing of it is started before it is needed.</summary>
    public static PageRenderer Renderer(ServiceOptions service, PlatformParts parts)
    {
        var (chromium, camoufox) = ResolverService.Profiles(service, ".");
        var profile = service.DownloadEngine == BrowserEngine.Chromium ? chromium : camoufox;
        var pool = new BrowserPool(Trusting(service.Browser, parts.Options.Http), parts.Network, parts.Time);
        return new PageVisit(pool, service.DownloadEngine, profile);
    }

    /// <summary>Browsers that take a private authority's certificates where one is configured.</summary>
    public static BrowserOptions Trusting(BrowserOptions options, HttpOptions http) =>
        options with
        {
            TrustAnyCertificate = IsPrivate(http.CertificateFile ?? Environment.GetEnvironmentVariable("SSL_CERT_FILE")),
        };

    // a file with one or two authorities is somebody's own; the world's are more than a hundred
    static bool IsPrivate(string? file)
    {
        const int Few = 3;
        return file is { Length: > 0 }
            && File.Exists(file)
            && File.ReadLines(file).Count(l => l.StartsWith("-----BEGIN CERTIFICATE", StringComparison.Ordinal)) is > 0 and <= Few;
    }
}
