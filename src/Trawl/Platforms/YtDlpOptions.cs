namespace Trawl.Platforms;

/// <summary>How the program yt-dlp is used.</summary>
public sealed record YtDlpOptions
{
    /// <summary>The program: a name on PATH or a whole path. Default: yt-dlp.</summary>
    public string Program { get; init; } = "yt-dlp";

    /// <summary>How long one run may take. Default: 5 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The JavaScript runtimes it may use, in its own words, for example <c>node:/usr/bin/node</c>. Default: null, those on PATH.</summary>
    public IReadOnlyList<string>? JsRuntimes { get; init; }

    /// <summary>Arguments of its extractors, each as <c>youtube:player_client=default</c>. Default: none.</summary>
    public IReadOnlyList<string> ExtractorArgs { get; init; } = [];

    /// <summary>The browser whose connections it imitates, where its installation can, for example <c>chrome</c>. Default: null, none.</summary>
    public string? Impersonate { get; init; }

    /// <summary>Further arguments, each an option of <see cref="ArgumentsAllowed"/> with its value behind a space. Default: none.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The options that may be given beside ours, and whether they take a value: none of them runs, writes or opens anything.</summary>
    public static IReadOnlyDictionary<string, bool> ArgumentsAllowed { get; } =
        new Dictionary<string, bool>
        {
            ["--force-ipv4"] = false,
            ["--force-ipv6"] = false,
            ["--legacy-server-connect"] = false,
            ["--retries"] = true,
            ["--extractor-retries"] = true,
            ["--fragment-retries"] = true,
            ["--concurrent-fragments"] = true,
            ["--sleep-requests"] = true,
            ["--sleep-interval"] = true,
            ["--max-sleep-interval"] = true,
            ["--xff"] = true,
            ["--format-sort"] = true,
        };

    /// <summary>What is wrong with <see cref="Arguments"/>; null when nothing is.</summary>
    internal string? ArgumentsObjection =>
        Arguments
            .Select(a =>
                a.Split(' ', 2) switch
                {
                    [var name, ..] when !ArgumentsAllowed.ContainsKey(name) =>
                        $"\"{name}\" is not allowed; there are {string.Join(", ", ArgumentsAllowed.Keys)}",
                    [var name] when ArgumentsAllowed[name] => $"{name} needs a value",
                    [var name, _] when !ArgumentsAllowed[name] => $"{name} takes no value",
                    [var name, var value] when value.StartsWith('-') || value.Any(c => char.IsControl(c) || c == ' ') =>
                        $"the value of {name} cannot be used",
                    _ => null,
                }
            )
            .FirstOrDefault(o => o is not null);
}
