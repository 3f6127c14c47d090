namespace Trawl.App.Resolver;

/// <summary>The environment of the service that came before, which ours takes over: its names become ours, and what it needs no longer is told.</summary>
static class LegacyEnvironment
{
    /// <summary>The same environment in our names, as the resolver service reads it; ours win over old ones.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="warnings">What should be told.</param>
    public static Dictionary<string, string> Translate(IReadOnlyDictionary<string, string> environment, out IReadOnlyList<string> warnings)
    {
        var translated = Translate(environment, ServiceOptions.Old, out var renamed);
        var told = renamed.ToList();
        // chromium and camoufox say which browser resolves; the other values of this name choose strategies and stay
        if (
            environment.GetValueOrDefault("TIKTOK_DOWNLOAD_STRATEGY")?.Trim().ToLowerInvariant()
            is ("chromium" or "camoufox")
                and var engine
        )
        {
            translated.Remove("TIKTOK_DOWNLOAD_STRATEGY");
            Rename("TIKTOK_DOWNLOAD_STRATEGY", "Resolver:DownloadEngine", engine);
        }
        foreach (var name in environment.Keys.Order(StringComparer.Ordinal))
            if (Array.Exists(ServiceOptions.Retired, r => r.EndsWith('*') ? name.StartsWith(r[..^1], StringComparison.Ordinal) : name == r))
                told.Add($"{name} is retired: it has no effect.");
        warnings = told;
        return translated;

        void Rename(string old, string name, string value) => told.Add(Put(translated, old, name, value));
    }

    /// <summary>The same environment with old names made ours.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="names">Old names, and what they are called now.</param>
    /// <param name="warnings">What should be told.</param>
    public static Dictionary<string, string> Translate(
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string> names,
        out IReadOnlyList<string> warnings
    )
    {
        var translated = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        var told = new List<string>();
        foreach (var (old, name) in names)
            if (environment.GetValueOrDefault(old) is { Length: > 0 } value)
                told.Add(Put(translated, old, name, value));
        warnings = told;
        return translated;
    }

    static string Put(Dictionary<string, string> translated, string old, string name, string value)
    {
        var ours = $"Trawl__{name.Replace(":", "__", StringComparison.Ordinal)}";
        translated.TryAdd(ours, old == "HOST" && value == "localhost" ? "127.0.0.1" : value);
        return $"{old} is an old name: use {ours} or {name} in trawl.json.";
    }
}
