using Microsoft.Extensions.Logging;
using Trawl.App.Jobs;
using Trawl.App.Messaging;
using Trawl.App.Programs;
using Trawl.App.Resolver;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Keyframes;
using Trawl.Platforms.YtDlp;

namespace Trawl.App.Crawls;

/// <summary>A crawl worker with everything it is made of: the one place where its parts meet.</summary>
sealed class WorkerSite : IAsyncDisposable
{
    readonly TrawlClient _trawl;
    readonly Network _network;
    readonly BrowserPool _pool;
    readonly ExtractorPool _extractors;

    WorkerSite(
        Database database,
        WorkerOptions options,
        TrawlClient trawl,
        KeyframeOptions keyframes,
        BrowserOptions browser,
        IEventTransport transport,
        SecretBox? box,
        ILogger logger
    )
    {
        var time = TimeProvider.System;
        _trawl = trawl;
        _extractors = new ExtractorPool(new Ffmpeg(), keyframes, ExtractorProgram.For(int.MaxValue))
        {
            Folders = [StagingFolder.RootOf(options.Data)],
        };
        _network = new Network(trawl.Options.Network, logger, time);
        _pool = new BrowserPool(browser, _network);
        Database = database;
        Store = StoreOf(options, time);
        Queue = new JobQueue(Database, options.Lease);
        Record = new CrawlRecord(Database, Store, options.OmitEmptyBatch, time);
        Webhooks = new WebhookSender(new Webhooks(Database, box), _network, Database.Changes[Topic.Events], options.Look, time, logger);
        Events = new EventPublisher(Database, transport, options.Look, time, logger);
        IVideoWork work = options.Mock ? new NoWork() : new LineWork(trawl, new Crawl(trawl, _extractors, Store), options, time);
        Upkeep = new Upkeep(options, Database, time, logger);
        var parts = new WorkerParts(Queue, new ItemQueue(Database, options.Lease), Record, Upkeep, Database.Changes, options, time, logger);
        Worker = new CrawlWorker(parts, work, Searches(options, time, logger));
    }

    public Database Database { get; }

    public IMediaStore Store { get; }

    public JobQueue Queue { get; }

    public JobDesk Desk => new(Database);

    public CrawlRecord Record { get; }

    public CrawlWorker Worker { get; }

    public EventPublisher Events { get; }

    public WebhookSender Webhooks { get; }

    public Upkeep Upkeep { get; }

    /// <summary>Puts a worker together, and brings its database up to date.</summary>
    /// <exception cref="TrawlException">The database cannot be reached, or the folder not be written.</exception>
    public static async Task<WorkerSite> OpenAsync(
        Database database,
        WorkerOptions options,
        TrawlClient trawl,
        KeyframeOptions keyframes,
        BrowserOptions browser,
        IEventTransport transport,
        SecretBox? box,
        ILogger logger,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(options.Data);
        var site = new WorkerSite(database, options, trawl, keyframes, browser, transport, box, logger);
        try
        {
            if (options is { Pictures: true, Mock: false })
                await site._extractors.RequireAsync(cancellation);
            await Migrations.ApplyAsync(site.Database, cancellation);
            await site.Store.SweepAsync(cancellation);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Events.DisposeAsync();
        await _pool.DisposeAsync();
        await _extractors.DisposeAsync();
        _network.Dispose();
        (Store as IDisposable)?.Dispose();
    }

    /// <summary>Where the settings want finished videos.</summary>
    public static IMediaStore StoreOf(WorkerOptions options, TimeProvider time)
    {
        var disk = new DiskStore(
            options.Data,
            new OutputTemplate($"{options.Videos}/%(platform)s/%(id)s.%(ext)s"),
            time,
            Path.GetFullPath(Path.Combine(options.Data, options.Keyframes))
        );
        return options.Bucket is null ? disk : InBucket(disk, options, time);
    }

    // apart, so that the program that is spoken to object storage with is loaded only where there is some
    static S3Store InBucket(DiskStore disk, WorkerOptions options, TimeProvider time)
    {
        var s3 = options.Bucket! with { Endpoint = options.BucketEndpoint, Region = options.BucketRegion };
        return new S3Store(disk, new S3Bucket(s3), s3, time);
    }

    IReadOnlyList<PlatformSearch> Searches(WorkerOptions options, TimeProvider time, ILogger logger)
    {
        if (options.Mock)
            return [.. CrawlOrder.KnownPlatforms.Select(p => new PlatformSearch(p, [new MockSearch(p)], time, logger))];
        var ytDlp = new YtDlpProgram(_trawl.Options, _network);
        return
        [
            new PlatformSearch(
                "tiktok",
                [new ResolverSearch(_network, _trawl.Options.Resolver), new BrowserSearcher(_pool), new TikwmSearch(_network)],
                time,
                logger
            ),
            new PlatformSearch("youtube", [new YouTubeSearch(ytDlp)], time, logger),
            new PlatformSearch("bilibili", [new BilibiliSearch(ytDlp)], time, logger),
            new PlatformSearch("mock", [new MockSearch("mock")], time, logger),
        ];
    }
}
