using System.CommandLine;
using Microsoft.Extensions.Logging;
using Trawl.App.Configuration;
using Trawl.App.Crawls;
using Trawl.App.Reports;
using Trawl.App.Resolver;
using Trawl.App.Storage;
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
        var settings = Settings(parsed);
        var trawl = settings.Over(new TrawlOptions());
        return (settings.Worker(), settings.Keyframes(), ServiceSource.Trusting(settings.Service().Browser, trawl.Http));
    }

    /// <summary>Reads the settings as they are given.</summary>
    public Settings Settings(ParseResult parsed)
    {
        var environment = LegacyEnvironment.OfWorker(SourceOptions.Variables(), out var warnings);
        // the pipeline's names and its rule that what is not sharp is thrown away do not go together with real footage: only the names are kept
        environment.TryAdd("Trawl__Keyframes__Names", "pipeline");
        foreach (var warning in warnings)
            Console.Error.WriteLine(warning);
        return _source.UserSettings(parsed, environment);
    }

    /// <summary>Protects secrets in a database of this machine; null for one that many share.</summary>
    public SecretBox? BoxFor(ParseResult parsed, Database database) => database.IsShared ? null : _source.Vault(parsed).Box();

    /// <summary>Opens the library; workers that share a database of their own share the pace of hosts, too.</summary>
    public TrawlClient Open(ParseResult parsed, WorkerOptions options, Database database) =>
        _source.Open(parsed, database.IsShared ? new PaceBook(database, options.WayOut) : null);

    /// <summary>Where a worker tells what happens.</summary>
    public static ILoggerFactory Logging(WorkerOptions options)
    {
        // a log that cannot be written stops nothing
        Console.SetError(new PatientWriter(Console.Error));
        return LoggerFactory.Create(builder =>
        {
            builder
                .SetMinimumLevel(options.LogLevel)
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            builder.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            if (options.LogsAreJson)
                builder.AddJsonConsole(console =>
                    (console.TimestampFormat, console.UseUtcTimestamp) = ("yyyy-MM-dd'T'HH:mm:ss.fffK", true)
                );
            else
                builder.AddSimpleConsole(console =>
                    (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "HH:mm:ss ", true)
                );
        });
    }
}
