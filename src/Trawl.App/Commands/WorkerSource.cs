using System.CommandLine;
using Microsoft.Extensions.Logging;
using Trawl.App.Crawls;
using Trawl.App.Resolver;
using Trawl.Browser;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

/// <summary>What commands of the crawl worker read: the settings, with the environment of the worker that came before.</summary>
sealed class WorkerSource(Command command)
{
    readonly SourceOptions _source = new(command, downloads: true);

    /// <summary>Reads them, and tells of old names.</summary>
    public (WorkerOptions Options, KeyframeOptions Keyframes, BrowserOptions Browser) Read(ParseResult parsed)
    {
        var environment = LegacyEnvironment.Translate(SourceOptions.Variables(), WorkerOptions.Old, out var warnings);
        // said to be off, it is off whatever the days say
        if (environment.GetValueOrDefault("CLEANUP_OLD_VIDEOS")?.Trim().ToLowerInvariant() is "false" or "0")
            environment["Trawl__Work__RetentionDays"] = "0";
        if (DatabaseOf(environment) is { } database)
            environment.TryAdd("Trawl__Work__Database", database);
        // the pipeline's names and its rule that what is not sharp is thrown away do not go together with real footage: only the names are kept
        environment.TryAdd("Trawl__Keyframes__Names", "pipeline");
        var settings = _source.UserSettings(parsed, environment);
        foreach (var warning in warnings)
            Console.Error.WriteLine(warning);
        var trawl = settings.Over(new TrawlOptions());
        return (settings.Worker(), settings.Keyframes(), ServiceSource.Trusting(settings.Service().Browser, trawl.Http));
    }

    /// <summary>Opens the library.</summary>
    public TrawlClient Open(ParseResult parsed) => _source.Open(parsed);

    /// <summary>Where a worker tells what happens.</summary>
    public static ILoggerFactory Logging() =>
        LoggerFactory.Create(builder =>
            builder
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddSimpleConsole(console =>
                    (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "HH:mm:ss ", true)
                )
        );

    // an address under one of three names, or in parts
    static string? DatabaseOf(Dictionary<string, string> environment)
    {
        foreach (var name in (string[])["POSTGRES_DSN", "DATABASE_URL", "POSTGRES_URI"])
            if (environment.GetValueOrDefault(name) is { Length: > 0 } address)
                return address;
        if (environment.GetValueOrDefault("POSTGRES_HOST") is not { Length: > 0 } host)
            return null;
        var (user, password) = (Part("USER", "postgres"), Part("PASSWORD", "dev"));
        return $"postgresql://{user}:{password}@{host}:{Part("PORT", "5432")}/{Part("DB", "product_video_matching")}?sslmode=disable";

        string Part(string name, string otherwise) =>
            Uri.EscapeDataString(environment.GetValueOrDefault($"POSTGRES_{name}") is { Length: > 0 } value ? value : otherwise);
    }
}
