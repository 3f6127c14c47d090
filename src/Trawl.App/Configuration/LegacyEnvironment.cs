using Trawl.App.Crawls;
using Trawl.App.Resolver;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Configuration;

/// <summary>The environments of the services that came before, which ours take over: their names become ours, and what is needed no longer is told.</summary>
static class LegacyEnvironment
{
    /// <summary>The resolver service's environment in our names; ours win over old ones.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="warnings">What should be told.</param>
    public static Dictionary<string, string> OfService(IReadOnlyDictionary<string, string> environment, out IReadOnlyList<string> warnings)
    {
        var translated = Translate(environment, ServiceOptions.Old, ServiceOptions.Retired, out var told);
        // chromium and camoufox say which browser resolves; the other values of this name choose strategies and stay
        if (
            environment.GetValueOrDefault("TIKTOK_DOWNLOAD_STRATEGY")?.Trim().ToLowerInvariant()
            is ("chromium" or "camoufox")
                and var engine
        )
        {
            translated.Remove("TIKTOK_DOWNLOAD_STRATEGY");
            told.Add(Put(translated, "TIKTOK_DOWNLOAD_STRATEGY", "Resolver:DownloadEngine", engine));
        }
        warnings = told;
        return translated;
    }

    /// <summary>The crawl worker's environment in our names; ours win over old ones.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="warnings">What should be told.</param>
    public static Dictionary<string, string> OfWorker(IReadOnlyDictionary<string, string> environment, out IReadOnlyList<string> warnings)
    {
        var translated = Translate(environment, WorkerOptions.Old, WorkerOptions.Retired, out var told);
        // said to be off, it is off whatever the days say
        if (environment.GetValueOrDefault("CLEANUP_OLD_VIDEOS")?.Trim().ToLowerInvariant() is "false" or "0")
            translated["Trawl__Work__RetentionDays"] = "0";
        if (DatabaseOf(environment) is { } database)
            translated.TryAdd("Trawl__Work__Database", database);
        warnings = told;
        return translated;
    }

    static Dictionary<string, string> Translate(
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string> names,
        string[] retired,
        out List<string> told
    )
    {
        var translated = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        told = [];
        foreach (var (old, name) in names)
            if (environment.GetValueOrDefault(old) is { Length: > 0 } value)
                told.Add(Put(translated, old, name, value));
        // a name that ends in a star stands for all that begin so
        foreach (var name in environment.Keys.Order(StringComparer.Ordinal))
            if (Array.Exists(retired, r => r.EndsWith('*') ? name.StartsWith(r[..^1], StringComparison.Ordinal) : name == r))
                told.Add($"{name} is retired: it has no effect.");
        return translated;
    }

    static string Put(Dictionary<string, string> translated, string old, string name, string value)
    {
        var ours = $"Trawl__{name.Replace(":", "__", StringComparison.Ordinal)}";
        translated.TryAdd(ours, old == "HOST" && value == "localhost" ? "127.0.0.1" : value);
        return $"{old} is an old name: use {ours} or {name} in trawl.json.";
    }

    // an address under one of three names, or in parts
    static string? DatabaseOf(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var name in (string[])["POSTGRES_DSN", "DATABASE_URL", "POSTGRES_URI"])
            if (environment.GetValueOrDefault(name) is { Length: > 0 } address)
                return PostgresDialect.AddressOf(address) is not null
                    ? address
                    : throw new TrawlException(
                        FailureKind.Configuration,
                        $"The variable {name} is wrong: it must be an address such as postgresql://user:password@host:5432/name."
                    );
        if (environment.GetValueOrDefault("POSTGRES_HOST") is not { Length: > 0 } host)
            return null;
        var (user, password) = (Part("USER", "postgres"), Part("PASSWORD", "dev"));
        return $"postgresql://{user}:{password}@{host}:{Part("PORT", "5432")}/{Part("DB", "product_video_matching")}?sslmode=disable";

        string Part(string name, string otherwise) =>
            Uri.EscapeDataString(environment.GetValueOrDefault($"POSTGRES_{name}") is { Length: > 0 } value ? value : otherwise);
    }
}
