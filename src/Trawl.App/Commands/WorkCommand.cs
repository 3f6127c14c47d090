using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Trawl.App.Canary;
using Trawl.App.Concurrency;
using Trawl.App.Configuration;
using Trawl.App.Crawls;
using Trawl.App.Messaging;
using Trawl.App.Operations;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl work</c>: the crawl worker.</summary>
static class WorkCommand
{
    // of the canary
    static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var command = new Command("work", "Work on crawl orders from the queue and the database until stopped.");
        command.Aliases.Add("worker");
        var source = new WorkerSource(command);
        command.SetAction((parsed, cancellation) => RunAsync(source, parsed, cancellation));
        return command;
    }

    static async Task<int> RunAsync(WorkerSource source, ParseResult parsed, CancellationToken cancellation)
    {
        var (options, keyframes, browser) = source.Read(parsed);
        Directory.CreateDirectory(options.Data);
        await using var database = Database.At(options.DatabasePlace);
        await using var trawl = source.Open(parsed, options, database);
        using var logging = WorkerSource.Logging(options);
        var logger = logging.CreateLogger("Trawl.Work");
        await using var broker = options.Broker is { } address ? new Broker(address, options.Quorum, logger, TimeProvider.System) : null;
        await using var site = await WorkerSite.OpenAsync(
            database,
            options,
            trawl,
            keyframes,
            browser,
            broker ?? (IEventTransport)new LineTransport(null),
            source.BoxFor(parsed, database),
            logger,
            cancellation
        );
        var queue = broker ?? (IWorkQueue)new Inbox(database, options.Look, options.Lease, TimeProvider.System, logger);
        await using var health = options.Port is { } port
            ? await HealthServer.StartAsync(options.Host, port, TroublesAsync, logging, cancellation)
            : null;
        if (health is not null && !IPAddress.IsLoopback(options.Host))
            Console.Error.WriteLine($"Whoever reaches {options.Host} may read how the worker is.");
        Console.Error.WriteLine($"The worker uses {site.Database.Name}{(broker is null ? "" : " and RabbitMQ")}; Ctrl-C stops it.");
        var intake = new OrderIntake(site.Queue, site.Record);
        await TaskGroup.RunAsync(
            cancellation,
            token => database.ListenAsync(TimeProvider.System, logger, token),
            site.Worker.RunAsync,
            site.Events.RunAsync,
            site.Webhooks.RunAsync,
            site.Upkeep.RunAsync,
            CanaryAsync,
            token => queue.ListenAsync(intake.KeepAsync, intake.CancelAsync, token)
        );
        return 0;

        Task CanaryAsync(CancellationToken token)
        {
            var settings = source.Settings(parsed);
            if (settings.CanaryLinks is not { } links)
                return Task.CompletedTask;
            var folder = Path.Combine(settings.StateFolder, "canary");
            var (history, captures) = (new CanaryHistory(folder), Path.Combine(folder, "captures"));
            var round = new CanaryRound(trawl, history, captures, BetweenQuestions, TimeProvider.System);
            return new CanaryLoop(round, links, settings.CanaryEvery, database, TimeProvider.System, logger).RunAsync(token);
        }

        async Task<IReadOnlyList<string>> TroublesAsync(CancellationToken token)
        {
            var troubles = new List<string>();
            try
            {
                await site.Queue.EndedAsync(token);
                await queue.ReadyAsync(token);
            }
            catch (TrawlException e)
            {
                troubles.Add(e.Message);
            }
            if (!site.Upkeep.HasRoom)
                troubles.Add("The disk is nearly full.");
            return troubles;
        }
    }
}
