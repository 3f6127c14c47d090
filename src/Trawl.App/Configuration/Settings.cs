using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.App.Resolver;
using Trawl.App.Values;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Json;
using Trawl.Keyframes;
using Trawl.Videos;
using static Trawl.App.Values.SettingValue;

namespace Trawl.App.Configuration;

/// <summary>
/// The settings: the file <c>trawl.json</c>, over it the environment (<c>Trawl__Resolver__Address</c>), over it the command line. Names that
/// older services knew still work and are told to be old. A name nobody knows, or a value that cannot be, ends the program at once.
/// </summary>
public sealed class Settings
{
    const string Prefix = "Trawl__";

    delegate TrawlOptions Apply(TrawlOptions options, string value);

    static readonly Dictionary<string, Apply> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Strategies"] = (o, v) => o with { Strategies = List(v) },
        ["Format:Policy"] = (o, v) => o with { Format = o.Format with { Policy = Enum.Parse<FormatPolicy>(v, ignoreCase: true) } },
        ["Format:MaxHeight"] = (o, v) => o with { Format = o.Format with { MaxHeight = Whole(v) } },
        ["Format:Watermarked"] = (o, v) => o with { Format = o.Format with { Watermarked = bool.Parse(v) } },
        ["State"] = (o, _) => o, // the program's own: see StateFolder
        ["Web:OpenPages"] = (o, _) => o, // the program's own: see OpensPages
        ["Deps:Key"] = (o, _) => o, // the program's own: see ReleaseKey
        ["Canary:Links"] = (o, _) => o, // the program's own: see CanaryLinks
        ["Canary:Every"] = (o, _) => o, // the program's own: see CanaryEvery
        ["LargestFile"] = (o, v) => o with { LargestFile = Whole(v) },
        ["LimitRate"] = (o, v) => o with { LimitRate = Whole(v) },
        ["Resolver:Address"] = (o, v) => o with { Resolver = o.Resolver with { Address = new Uri(v) } },
        ["Resolver:Timeout"] = (o, v) => o with { Resolver = o.Resolver with { Timeout = Seconds(v) } },
        ["Resolver:Concurrency"] = (o, v) => o with { Resolver = o.Resolver with { Concurrency = Whole(v) } },
        ["Resolver:Headful"] = (o, v) => o with { Resolver = o.Resolver with { Headful = bool.Parse(v) } },
        ["Cache:Enabled"] = (o, v) => o with { Cache = o.Cache with { Enabled = bool.Parse(v) } },
        ["Cache:Videos"] = (o, v) => o with { Cache = o.Cache with { Videos = Seconds(v) } },
        ["YtDlp:Program"] = (o, v) => o with { YtDlp = o.YtDlp with { Program = v } },
        ["YtDlp:Timeout"] = (o, v) => o with { YtDlp = o.YtDlp with { Timeout = Seconds(v) } },
        ["YtDlp:JsRuntimes"] = (o, v) => o with { YtDlp = o.YtDlp with { JsRuntimes = List(v) } },
        ["YtDlp:ExtractorArgs"] = (o, v) => o with { YtDlp = o.YtDlp with { ExtractorArgs = Lines(v) } },
        ["YtDlp:Impersonate"] = (o, v) => o with { YtDlp = o.YtDlp with { Impersonate = v } },
        ["YtDlp:Arguments"] = (o, v) => o with { YtDlp = o.YtDlp with { Arguments = Lines(v) } },
        ["Http:Proxies"] = (o, v) => o with { Http = o.Http with { Proxies = [.. List(v).Select(p => new Uri(p))] } },
        ["Http:DirectWhenProxiesFail"] = (o, v) => o with { Http = o.Http with { DirectWhenProxiesFail = bool.Parse(v) } },
        ["Http:UserAgents"] = (o, v) => o with { Http = o.Http with { UserAgents = Lines(v) } },
        ["Http:RotateEvery"] = (o, v) => o with { Http = o.Http with { RotateEvery = Whole(v) } },
        ["Http:CertificateFile"] = (o, v) => o with { Http = o.Http with { CertificateFile = v } },
        ["Http:TrustedServices"] = (o, v) => o with { Http = o.Http with { TrustedServices = List(v) } },
        ["Http:ConnectTimeout"] = (o, v) => o with { Http = o.Http with { ConnectTimeout = Seconds(v) } },
        ["Http:AnswerTimeout"] = (o, v) => o with { Http = o.Http with { AnswerTimeout = Seconds(v) } },
        ["Http:IdleTimeout"] = (o, v) => o with { Http = o.Http with { IdleTimeout = Seconds(v) } },
        ["Http:Retries"] = (o, v) => o with { Http = o.Http with { Retries = v == "0" ? 0 : Whole(v) } },
        ["Http:RequestsPerItem"] = (o, v) => o with { Http = o.Http with { RequestsPerItem = Whole(v) } },
        ["Http:RequestsPerMinute"] = (o, v) => o with { Http = Paced(o.Http, Whole(v)) },
    };

    static readonly Dictionary<string, Func<KeyframeOptions, string, KeyframeOptions>> OfKeyframes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Keyframes:Mode"] = (o, v) => o with { Mode = KeyframeModes.Parse(v) },
        ["Keyframes:Interval"] = (o, v) => o with { Interval = Seconds(v) },
        ["Keyframes:Count"] = (o, v) => o with { Count = Whole(v) },
        ["Keyframes:Most"] = (o, v) => o with { Most = v == "0" ? 0 : Whole(v) },
        ["Keyframes:StrictBlur"] = (o, v) => o with { StrictBlur = bool.Parse(v) },
        ["Keyframes:LeastSharpness"] = (o, v) => o with { LeastSharpness = Whole(v) },
        ["Keyframes:Format"] = (o, v) => o with { Format = Enum.Parse<PictureFormat>(v, ignoreCase: true) },
        ["Keyframes:Quality"] = (o, v) =>
            o with
            {
                Quality = Whole(v) is <= 100 and var quality ? quality : throw new FormatException("1 to 100"),
            },
        ["Keyframes:Size"] = (o, v) => o with { Size = Whole(v) },
        ["Keyframes:Names"] = (o, v) => o with { Names = Enum.Parse<PictureNames>(v, ignoreCase: true) },
    };

    // what the services that came before called the same things
    static readonly Dictionary<string, string> Old = new(StringComparer.Ordinal)
    {
        ["TIKTOK_DOWNLOAD_STRATEGY"] = "Strategies",
        ["TIKTOK_DOWNLOAD_TIMEOUT"] = "Resolver:Timeout",
        ["TIKTOK_CACHE_ENABLED"] = "Cache:Enabled",
        ["TIKTOK_CACHE_TTL"] = "Cache:Videos",
        ["TIKTOK_PROXY_URL"] = "Http:Proxies",
        ["TIKTOK_RATE_LIMIT_RPM"] = "Http:RequestsPerMinute",
    };

    readonly Dictionary<string, Given> _values = new(StringComparer.OrdinalIgnoreCase);
    readonly List<string> _warnings = [];

    /// <summary>What should be told: old names in use.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Where the program remembers how its strategies did.</summary>
    public string StateFolder { get; private set; } = "";

    /// <summary>Whether a browser may open the page of a post that is shown to nobody else.</summary>
    public bool OpensPages => !_values.TryGetValue("Web:OpenPages", out var given) || Use("Web:OpenPages", given, bool.Parse);

    /// <summary>The fingerprint of the key that releases of yt-dlp are signed by.</summary>
    public string ReleaseKey => _values.TryGetValue("Deps:Key", out var given) ? given.Value : Programs.Release.YtDlpKey;

    /// <summary>The file of the posts a canary asks for; null where none is named.</summary>
    public string? CanaryLinks => _values.TryGetValue("Canary:Links", out var given) ? given.Value : null;

    /// <summary>How often the worker's canary asks.</summary>
    public TimeSpan CanaryEvery =>
        _values.TryGetValue("Canary:Every", out var given) ? Use("Canary:Every", given, Seconds) : TimeSpan.FromHours(6);

    /// <summary>The names there are.</summary>
    public static IReadOnlyCollection<string> Names =>
        [.. Known.Keys, .. OfKeyframes.Keys, .. ServiceOptions.Known.Keys, .. WorkerOptions.Known.Keys];

    /// <summary>Reads the settings of this program.</summary>
    /// <param name="file">The file; it need not exist unless it was asked for.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="required">Whether the file was asked for.</param>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the setting.</exception>
    public static Settings Read(string file, IReadOnlyDictionary<string, string> environment, bool required = false)
    {
        var settings = new Settings();
        if (File.Exists(file))
            settings.ReadFile(file);
        else if (required)
            throw new TrawlException(FailureKind.Configuration, $"The settings file {file} does not exist.");
        settings.ReadOld(environment);
        foreach (var (name, value) in environment)
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                settings.Set(name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), value, $"the variable {name}");
        settings.StateFolder = settings._values.TryGetValue("State", out var given)
            ? given.Value
            : UsualStateFolder(environment.GetValueOrDefault("XDG_STATE_HOME"), environment.GetValueOrDefault("HOME"));
        return settings;
    }

    /// <summary>The state folder where no setting names another one.</summary>
    public static string UsualStateFolder(string? states, string? home) =>
        Path.Combine(states is { Length: > 0 } ? states : Path.Combine(home ?? "", ".local", "state"), "trawl");

    /// <summary>Applies the settings to the knobs.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the setting and where it stands.</exception>
    public TrawlOptions Over(TrawlOptions options)
    {
        foreach (var (name, given) in _values)
            if (Known.TryGetValue(name, out var apply))
                options = Use(name, given, value => apply(options, value));
        return options;
    }

    /// <summary>The settings of keyframes.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the setting and where it stands.</exception>
    public KeyframeOptions Keyframes()
    {
        var options = new KeyframeOptions();
        foreach (var (name, given) in _values)
            if (OfKeyframes.TryGetValue(name, out var apply))
                options = Use(name, given, value => apply(options, value));
        return options;
    }

    /// <summary>The settings of the resolver service.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the setting and where it stands.</exception>
    internal ServiceOptions Service()
    {
        var options = new ServiceOptions();
        foreach (var (name, given) in _values)
            if (ServiceOptions.Known.TryGetValue(name, out var apply))
                options = Use(name, given, value => apply(options, value));
        return options;
    }

    /// <summary>The settings of the crawl worker.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the setting and where it stands.</exception>
    internal WorkerOptions Worker()
    {
        var options = new WorkerOptions();
        foreach (var (name, given) in _values)
            if (WorkerOptions.Known.TryGetValue(name, out var apply))
                options = Use(name, given, value => apply(options, value));
        return options;
    }

    /// <summary>The settings with where each stands; what could let somebody in is masked.</summary>
    /// <param name="defaults">What holds where nothing is set.</param>
    /// <param name="all">Whether those that are not set are told, too.</param>
    internal IEnumerable<(string Name, string Value, string Source)> Shown(IReadOnlyDictionary<string, string> defaults, bool all)
    {
        foreach (var name in Names)
            if (_values.TryGetValue(name, out var given))
                yield return (name, Masked(name, given.Value), given.Source);
            else if (all)
                yield return (name, defaults[name], "default");
    }

    // apart, so that a short command that meets none of these loads nothing of them
    static bool IsOfService(string name) => ServiceOptions.Known.ContainsKey(name) || WorkerOptions.Known.ContainsKey(name);

    static T Use<T>(string name, Given given, Func<string, T> apply)
    {
        try
        {
            return apply(given.Value);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            throw new TrawlException(
                FailureKind.Configuration,
                $"{name} is wrong: \"{Shown(given.Value)}\" in {given.Source} cannot be used.",
                e
            );
        }
    }

    void ReadFile(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(
                File.ReadAllBytes(file),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            Flatten(json.RootElement, "", file);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TrawlException(FailureKind.Configuration, $"The settings file {file} cannot be read: {e.Message}", e);
        }
    }

    void Flatten(JsonElement element, string path, string file)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var (name, member) in element.Members())
                Flatten(member, path.Length == 0 ? name : $"{path}:{name}", file);
            return;
        }
        var value = element.ValueKind == JsonValueKind.Array ? string.Join('\n', element.Items().Select(Scalar)) : Scalar(element);
        Set(path, value, file);
    }

    static string Scalar(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.String()!,
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        };

    void ReadOld(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (old, name) in Old)
            if (environment.GetValueOrDefault(old) is { Length: > 0 } value)
            {
                Warn(old, name);
                Set(name, name == "Strategies" ? OldStrategies(value, environment) : value, $"the variable {old}");
            }
        if (environment.GetValueOrDefault("TIKTOK_CRAWL_HOST") is { Length: > 0 } host)
        {
            Warn("TIKTOK_CRAWL_HOST", "Resolver:Address");
            // two names of the same: documents and code of the worker before differ
            var given = environment.GetValueOrDefault("TIKTOK_CRAWL_HOST_PORT") ?? environment.GetValueOrDefault("TIKTOK_CRAWL_PORT");
            var port = given is { Length: > 0 } ? given : "5680";
            Set("Resolver:Address", $"http://{host}:{port}/", "the variable TIKTOK_CRAWL_HOST");
        }
    }

    // exactly the named one, without a fallback unless that is named too
    static string OldStrategies(string value, IReadOnlyDictionary<string, string> environment)
    {
        var name = value.Trim().ToLowerInvariant().Replace('_', '-');
        var fallback = environment.GetValueOrDefault("TIKWM_FALLBACK_STRATEGY")?.Trim().ToLowerInvariant().Replace('_', '-');
        return name == "tikwm" && fallback is { Length: > 0 } ? $"{name},{fallback}" : name;
    }

    void Warn(string old, string name) =>
        _warnings.Add($"{old} is an old name: use {Prefix}{name.Replace(":", "__", StringComparison.Ordinal)} or {name} in trawl.json.");

    void Set(string name, string value, string source)
    {
        if (!Known.ContainsKey(name) && !OfKeyframes.ContainsKey(name) && !IsOfService(name))
            throw new TrawlException(
                FailureKind.Configuration,
                $"There is no setting {Shown(name)}, named in {source}; there are {string.Join(", ", Names)}."
            );
        _values[name] = new Given(value, source);
    }

    sealed record Given(string Value, string Source);

    static HttpOptions Paced(HttpOptions http, int perMinute) =>
        perMinute is >= 1 and <= 1000
            ? http with
            {
                Pace = http.Pace.ToDictionary(
                    p => p.Key,
                    p =>
                        p.Key switch
                        {
                            "www.tiktok.com" => HostPace.PerMinute(perMinute, p.Value.Burst),
                            "www.tikwm.com" => p.Value, // one a second is its rule
                            _ => HostPace.PerMinute(perMinute / 3.0, p.Value.Burst), // each start of yt-dlp makes about three
                        }
                ),
            }
            : throw new FormatException("1 to 1000");

    // postgresql://user:password@host -> postgresql://user:…@host
    static string Masked(string name, string value) =>
        name.Contains("Secret", StringComparison.Ordinal) || name.Contains("Token", StringComparison.Ordinal)
            ? "…"
            : string.Join(
                '\n',
                value
                    .Split('\n')
                    .Select(line =>
                        Uri.TryCreate(line, UriKind.Absolute, out var address)
                        && address.UserInfo.IndexOf(':', StringComparison.Ordinal) is > 0 and var end
                            ? line.Replace(address.UserInfo[end..] + "@", ":…@", StringComparison.Ordinal)
                            : line
                    )
            );

    static string Shown(string text) => new([.. text.Take(80).Where(c => !char.IsControl(c))]);
}
