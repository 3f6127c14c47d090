using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Trawl.App.Configuration;
using Trawl.App.Programs;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Browser;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Keyframes;
using Trawl.Platforms;
using Trawl.Videos;

namespace Trawl.App.Commands;

/// <summary>The options of every command that asks the platforms something.</summary>
sealed class SourceOptions
{
    readonly Option<string> _strategy = new("--strategy")
    {
        Description = "Strategies in the order they are tried, for example web,tikwm.",
        HelpName = "ORDER",
    };

    readonly Option<FormatPolicy> _policy = new("--format-policy")
    {
        Description = "compatible: h264 with sound; best; smallest; audio.",
        DefaultValueFactory = _ => FormatPolicy.Compatible,
    };

    readonly Option<int?> _maxHeight = new("--max-height")
    {
        Description = "The largest short side wanted, in pixels.",
        HelpName = "PIXELS",
    };
    readonly Option<bool> _watermarked = new("--allow-watermark") { Description = "Watermarked formats may be chosen." };
    readonly Option<string> _proxy = new("--proxy")
    {
        Description = "The proxy to use; by default the one HTTPS_PROXY names.",
        HelpName = "URL",
    };

    readonly Option<string> _cookies = new("--cookies")
    {
        Description = "Cookies in Netscape's format; each goes only to its host.",
        HelpName = "FILE",
    };

    readonly Option<double?> _sleepRequests = new("--sleep-requests")
    {
        Description = "Seconds between two requests for pages of a platform.",
        HelpName = "SECONDS",
    };

    readonly Option<string> _rate = new("--limit-rate", "-r")
    {
        Description = "The most bytes per second of one download, for example 500K or 2M.",
        HelpName = "RATE",
    };
    readonly Option<string> _config = new("--config")
    {
        Description = "The settings file; by default trawl.json here, else in the user's configuration folder.",
        HelpName = "FILE",
    };
    readonly Option<bool> _raw = new("--write-raw") { Description = "Keep what the source sent, word for word, as ID.raw.json." };

    /// <summary>Whether much is to be told.</summary>
    public static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Tell every request on the error stream." };

    readonly bool _downloads;

    public SourceOptions(Command command, bool downloads)
    {
        _downloads = downloads;
        foreach (var option in (Option[])[_strategy, _policy, _maxHeight, _watermarked, _proxy, _cookies, _sleepRequests, _config, Verbose])
            command.Options.Add(option);
        if (downloads)
        {
            command.Options.Add(_rate);
            command.Options.Add(_raw);
        }
    }

    /// <summary>Opens the library.</summary>
    /// <param name="parsed">What was said.</param>
    /// <param name="pace">Keeps the pace of hosts together with others; null when each keeps its own.</param>
    public TrawlClient Open(ParseResult parsed, SharedPace? pace = null)
    {
        var settings = UserSettings(parsed);
        foreach (var warning in settings.Warnings)
            Console.Error.WriteLine(warning);
        var journal = new AttemptJournal(settings.StateFolder, TimeProvider.System);
        var options = Over(WithKeptCookies(settings.Over(new TrawlOptions()), settings), parsed) with { Observers = [journal] };
        if (options.YtDlp.Program == new YtDlpOptions().Program)
            options = options with { YtDlp = options.YtDlp with { Program = KeptYtDlp(settings) } };
        if (options.Strategies?.Contains("browser") == true)
            options = ServiceSource.WithBrowser(options, settings.Service());
        options = options with
        {
            Http = options.Http with { SharedPace = pace },
            Renderer = settings.OpensPages ? parts => ServiceSource.Renderer(settings.Service(), parts) : null,
            SessionStore = new SessionVault(VaultOf(settings)),
        };
        var trawl = new TrawlClient(options, parsed.GetValue(Verbose) ? new ErrorLog(Console.Error) : null);
        KnownAnswers = journal.Replay(trawl.Platforms, trawl.Sites.Doors);
        return trawl;
    }

    // the one Trawl keeps up to date, else the one on PATH
    static string KeptYtDlp(Settings settings) => new ManagedProgram(settings.StateFolder, "yt-dlp").Path ?? "yt-dlp";

    static TrawlOptions WithKeptCookies(TrawlOptions options, Settings settings)
    {
        var vault = VaultOf(settings);
        if (!vault.Has(Storage.Vault.Cookies))
            return options;
        var kept = vault.ReadAsync(Storage.Vault.Cookies, CancellationToken.None).GetAwaiter().GetResult();
        if (kept is null)
            Console.Error.WriteLine("The cookies that are kept can no longer be read: import them again.");
        return kept is null ? options : options with { Http = options.Http with { Cookies = kept.Cookies } };
    }

    /// <summary>What the settings say of keyframes.</summary>
    public KeyframeOptions Keyframes(ParseResult parsed) => UserSettings(parsed).Keyframes();

    /// <summary>What the settings say of browsers.</summary>
    public BrowserOptions Browsers(ParseResult parsed) => UserSettings(parsed).Service().Browser;

    /// <summary>How many answers of the last day were known without asking.</summary>
    public long KnownAnswers { get; private set; }

    /// <summary>The folder of what commands remember.</summary>
    public string StateFolder(ParseResult parsed) => UserSettings(parsed).StateFolder;

    /// <summary>The fingerprint of the key that releases of yt-dlp are signed by.</summary>
    public string ReleaseKey(ParseResult parsed) => UserSettings(parsed).ReleaseKey;

    /// <summary>The file of the posts a canary asks for; null where none is named.</summary>
    public string? CanaryLinks(ParseResult parsed) => UserSettings(parsed).CanaryLinks;

    /// <summary>What commands remember of each other.</summary>
    public AttemptJournal Journal(ParseResult parsed) => new(UserSettings(parsed).StateFolder, TimeProvider.System);

    /// <summary>Where credentials are kept.</summary>
    public Vault Vault(ParseResult parsed) => VaultOf(UserSettings(parsed));

    static Vault VaultOf(Settings settings) => new(Path.Combine(settings.StateFolder, "credentials"));

    // what is not said on the command line stays as the settings have it
    TrawlOptions Over(TrawlOptions options, ParseResult parsed) =>
        options with
        {
            Format = new FormatWish
            {
                Policy = parsed.GetResult(_policy) is { Implicit: false } ? parsed.GetValue(_policy) : options.Format.Policy,
                MaxHeight = parsed.GetValue(_maxHeight) ?? options.Format.MaxHeight,
                Watermarked = parsed.GetValue(_watermarked) || options.Format.Watermarked,
            },
            // a command that asks once remembers nothing
            Cache = _downloads ? options.Cache : options.Cache with { Enabled = false },
            KeepRaw = parsed.GetValue(_raw),
            LimitRate = parsed.GetValue(_rate) is { } rate ? Rate(rate) : options.LimitRate,
            Strategies = parsed.GetValue(_strategy) is { } order
                ? order.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                : options.Strategies,
            Http = options.Http with
            {
                Proxies = parsed.GetValue(_proxy) is { } proxy ? [ProxyAddress(proxy)] : options.Http.Proxies,
                Cookies = parsed.GetValue(_cookies) is { } file ? ReadCookies(file, "--cookies") : options.Http.Cookies,
                Pace = Pace(parsed, options.Http),
            },
        };

    Settings UserSettings(ParseResult parsed) => UserSettings(parsed, Variables());

    /// <summary>The environment of the program.</summary>
    public static Dictionary<string, string> Variables()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        return environment;
    }

    /// <summary>The settings, the environment being what it is taken for.</summary>
    public Settings UserSettings(ParseResult parsed, Dictionary<string, string> environment)
    {
        if (parsed.GetValue(_config) is { } file)
            return Settings.Read(file, environment, required: true);
        var home = environment.GetValueOrDefault("XDG_CONFIG_HOME") is { Length: > 0 } folder
            ? folder
            : Path.Combine(environment.GetValueOrDefault("HOME", ""), ".config");
        return Settings.Read(File.Exists("trawl.json") ? "trawl.json" : Path.Combine(home, "trawl", "trawl.json"), environment);
    }

    IReadOnlyDictionary<string, HostPace> Pace(ParseResult parsed, HttpOptions defaults)
    {
        if (parsed.GetValue(_sleepRequests) is not { } seconds)
            return defaults.Pace;
        if (seconds is < 0 or > 3600)
            throw Wrong("--sleep-requests", "it must lie between 0 and 3600");
        // TikWM's limit is not ours to change
        return defaults.Pace.ToDictionary(
            p => p.Key,
            p => p.Key == "www.tikwm.com" ? p.Value : new HostPace(TimeSpan.FromSeconds(seconds))
        );
    }

    /// <summary>Reads cookies from a file.</summary>
    public static ImmutableArray<SessionCookie> ReadCookies(string file, string option)
    {
        try
        {
            return CookieFile.Parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong(option, $"{file} cannot be read");
        }
    }

    static Uri ProxyAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var proxy) ? proxy : throw Wrong("--proxy", "it is not an address");

    // 500K, 4.2M: powers of 1024, as yt-dlp reads them
    static long Rate(string text)
    {
        var unit = text.Length == 0 ? ' ' : char.ToUpperInvariant(text[^1]);
        var factor = unit switch
        {
            'K' => 1L << 10,
            'M' => 1L << 20,
            'G' => 1L << 30,
            _ => 1,
        };
        var digits = factor == 1 ? text : text[..^1];
        return
            double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number * factor is >= 1 and < 1e12
            ? (long)(number * factor)
            : throw Wrong("--limit-rate", $"\"{text}\" is not a rate");
    }

    static TrawlException Wrong(string option, string why) => new(FailureKind.Configuration, $"{option} is wrong: {why}.");
}
