using System.Net;
using Microsoft.Extensions.Logging;
using Trawl.App.Jobs;
using Trawl.App.Searches;
using Trawl.App.Storage;
using Trawl.App.Values;
using static Trawl.App.Values.SettingValue;

namespace Trawl.App.Crawls;

/// <summary>How the crawl worker works.</summary>
sealed record WorkerOptions
{
    /// <summary>The database: an address of PostgreSQL, or the path of a SQLite file. Default: null, <c>trawl.db</c> in the data folder.</summary>
    public string? Database { get; init; }

    /// <summary>Where the database is.</summary>
    public string DatabasePlace => Database ?? Path.Combine(Data, "trawl.db");

    /// <summary>The broker. Default: none; then orders come from the database alone.</summary>
    public Uri? Broker { get; init; }

    /// <summary>Whether the broker's queues are declared as quorum queues, which several brokers keep. Default: no, as existing installations have them.</summary>
    public bool Quorum { get; init; }

    /// <summary>Where files go. Default: the current folder.</summary>
    public string Data { get; init; } = ".";

    /// <summary>Where videos go, below that.</summary>
    public string Videos { get; init; } = "videos";

    /// <summary>Where keyframes go, below that.</summary>
    public string Keyframes { get; init; } = "keyframes";

    /// <summary>Object storage for finished videos; null when they stay in the data folder.</summary>
    public S3Options? Bucket { get; init; }

    /// <summary>The service that has the bucket. Default: null, Amazon's own.</summary>
    public Uri? BucketEndpoint { get; init; }

    /// <summary>The region its requests are signed for. Default: us-east-1.</summary>
    public string BucketRegion { get; init; } = "us-east-1";

    /// <summary>How many videos of each platform and phrase. Default: 5.</summary>
    public int Count { get; init; } = 5;

    /// <summary>The shortest video that is wanted; null for any.</summary>
    public TimeSpan? Shortest { get; init; }

    /// <summary>The longest video that is wanted; null for any.</summary>
    public TimeSpan? Longest { get; init; }

    /// <summary>Downloads at a time, for each platform. Default: 3.</summary>
    public int Downloads { get; init; } = 3;

    /// <summary>What this worker's way out to the network is called: workers of the same name share the pace of hosts. Default: default.</summary>
    public string WayOut { get; init; } = "default";

    /// <summary>Platforms searched at a time; null for all.</summary>
    public int? Platforms { get; init; }

    /// <summary>Whether keyframes are taken. Default: yes.</summary>
    public bool Pictures { get; init; } = true;

    /// <summary>Whether all platforms search for the same phrases, as the worker before did. Default: no.</summary>
    public bool SamePhrases { get; init; }

    /// <summary>Whether videos are invented, and no pictures taken. Default: no.</summary>
    public bool Mock { get; init; }

    /// <summary>Whether a job whose videos have no pictures sends no batch event, as the worker before did. Default: no.</summary>
    public bool OmitEmptyBatch { get; init; }

    /// <summary>How long what is taken is held. Default: 30 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How old a video may get; zero for any age. Default: 7 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How old keyframes may get; zero for any age. Default: any.</summary>
    public TimeSpan KeyframeRetention { get; init; }

    /// <summary>How much of the disk is kept free, in bytes. Default: 1 GiB.</summary>
    public long LeastFree { get; init; } = 1L << 30;

    /// <summary>Whether what happens is told in lines of JSON. Default: no.</summary>
    public bool LogsAreJson { get; init; }

    /// <summary>What is told at least. Default: information.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>The address of this machine where it tells how it is. Default: loopback.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>The port there where it tells how it is. Default: none.</summary>
    public int? Port { get; init; }

    /// <summary>How often the database is looked at for something to do. Default: 1 s.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Which videos an order and the settings want together, now.</summary>
    public Wanted WantedBy(CrawlOrder order, DateTimeOffset now) =>
        new(now - TimeSpan.FromDays(Math.Min(order.RecencyDays, CrawlOrder.MostDays)), Shortest, Longest);

    /// <summary>The names of the settings, and what they set.</summary>
    public static readonly Dictionary<string, Func<WorkerOptions, string, WorkerOptions>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Work:Database"] = (o, v) => o with { Database = v },
        ["Work:Broker"] = (o, v) =>
            o with
            {
                Broker = new Uri(v) is { Scheme: "amqp" or "amqps" } broker ? broker : throw new FormatException("amqp"),
            },
        ["Work:QuorumQueues"] = (o, v) => o with { Quorum = bool.Parse(v) },
        ["Work:Data"] = (o, v) => o with { Data = v },
        ["Work:Videos"] = (o, v) => o with { Videos = Inside(v) },
        ["Work:Keyframes"] = (o, v) => o with { Keyframes = Inside(v) },
        ["Work:Bucket"] = (o, v) => o with { Bucket = S3Options.Parse(v) },
        ["Work:BucketEndpoint"] = (o, v) => o with { BucketEndpoint = Web(v) },
        ["Work:BucketRegion"] = (o, v) => o with { BucketRegion = v },
        ["Work:Count"] = (o, v) => o with { Count = Whole(v) },
        ["Work:MinDuration"] = (o, v) => o with { Shortest = v == "0" ? null : Seconds(v) },
        ["Work:MaxDuration"] = (o, v) => o with { Longest = v == "0" ? null : Seconds(v) },
        ["Work:Downloads"] = (o, v) => o with { Downloads = Whole(v) },
        ["Work:Platforms"] = (o, v) => o with { Platforms = v == "-1" ? null : Whole(v) },
        ["Work:Mock"] = (o, v) => o with { Mock = v is "mock" || (v is not "live" && bool.Parse(v)) },
        ["Work:Pictures"] = (o, v) => o with { Pictures = bool.Parse(v) },
        ["Work:Lease"] = (o, v) => o with { Lease = Seconds(v) },
        ["Work:RetentionDays"] = (o, v) => o with { Retention = Days(v) },
        ["Work:KeyframeRetentionDays"] = (o, v) => o with { KeyframeRetention = Days(v) },
        ["Work:LeastFreeMiB"] = (o, v) => o with { LeastFree = (long)Whole(v) << 20 },
        ["Work:LogFormat"] = (o, v) =>
            o with
            {
                LogsAreJson = v is "json" || (v is "text" ? false : throw new FormatException("text or json")),
            },
        ["Work:LogLevel"] = (o, v) => o with { LogLevel = LevelOf(v) },
        ["Work:WayOut"] = (o, v) => o with { WayOut = v.Length <= 100 ? v : throw new FormatException("at most 100 letters") },
        ["Work:Host"] = (o, v) => o with { Host = IPAddress.Parse(v) },
        ["Work:Port"] = (o, v) => o with { Port = Port(v) },
        ["Compatibility:SamePhrases"] = (o, v) => o with { SamePhrases = bool.Parse(v) },
        ["Compatibility:OmitEmptyBatch"] = (o, v) => o with { OmitEmptyBatch = bool.Parse(v) },
    };

    /// <summary>What the worker that came before called the same things.</summary>
    public static readonly Dictionary<string, string> Old = new(StringComparer.Ordinal)
    {
        ["BUS_BROKER"] = "Work:Broker",
        ["DATA_ROOT_CONTAINER"] = "Work:Data",
        ["VIDEO_REL_PATH"] = "Work:Videos",
        ["KEYFRAME_REL_PATH"] = "Work:Keyframes",
        ["NUM_VIDEOS"] = "Work:Count",
        ["MIN_VIDEO_DURATION_SECONDS"] = "Work:MinDuration",
        ["MAX_VIDEO_DURATION_SECONDS"] = "Work:MaxDuration",
        ["NUM_PARALLEL_DOWNLOADS"] = "Work:Downloads",
        ["MAX_CONCURRENT_PLATFORMS"] = "Work:Platforms",
        ["LOG_LEVEL"] = "Work:LogLevel",
        ["VIDEO_RETENTION_DAYS"] = "Work:RetentionDays",
        ["VIDEO_CRAWLER_MODE"] = "Work:Mock",
        ["PVM_TEST_MODE"] = "Work:Mock",
    };

    /// <summary>What it knew and we do not need, or nobody ever read; a name that ends in a star stands for all that begin so.</summary>
    public static readonly string[] Retired =
    [
        "LOG_TIMEZONE",
        "USE_PRIVATE_PROXY",
        "PRIVATE_SOCKS5_PROXY",
        "PYAV_*",
        "COMPLETION_THRESHOLD_PERCENTAGE",
        "INTEGRATION_TESTS_ENFORCE_REAL_SERVICES",
        "PVM_MAX_VIDEOS_FOR_IT",
        "API_REQUEST_DELAY",
        "MAX_DOWNLOAD_RETRIES",
        "MAX_VIDEO_MB",
        "NUM_KEYFRAMES_PER_VIDEO",
        "USER_AGENT",
        "EXTRACT_METADATA",
        "KEYFRAME_QUALITY_PERCENT",
    ];

    // Python calls them otherwise
    static LogLevel LevelOf(string name) =>
        name.ToLowerInvariant() switch
        {
            "info" => LogLevel.Information,
            "notset" => LogLevel.Trace,
            var level when Enum.TryParse<LogLevel>(level, ignoreCase: true, out var known) && !int.TryParse(level, out _) => known,
            _ => throw new FormatException("debug, information, warning, error or critical"),
        };

    // ./videos is videos, and nothing leads out
    static string Inside(string path)
    {
        var clean = Path.GetRelativePath("/", Path.GetFullPath(path, "/"));
        return clean is "." || Path.IsPathRooted(path) || path.Split('/').Contains("..")
            ? throw new FormatException("a path below the data folder")
            : clean;
    }
}
