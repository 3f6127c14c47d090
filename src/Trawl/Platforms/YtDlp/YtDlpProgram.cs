using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Processes;

namespace Trawl.Platforms.YtDlp;

/// <summary>
/// The program yt-dlp: an argument list, no configuration of its own, no plugins, no other helper programs. Options younger than the
/// installed version are left out, so that old versions work too.
/// </summary>
public sealed partial class YtDlpProgram(PlatformOptions options, Network network)
{
    const int LargestAnswer = 16 << 20;

    // options that protect us, as far as this version knows them
    static readonly string[][] Manners =
    [
        ["--ignore-config"],
        ["--no-plugin-dirs"],
        ["--no-remote-components"],
        ["--no-cookies-from-browser"],
        ["--no-playlist"],
        ["--no-mtime"],
        ["--no-exec"],
        ["--downloader", "native"],
        ["--socket-timeout", "30"],
    ];

    static readonly TimeSpan WholeHostPause = TimeSpan.FromMinutes(5);

    readonly ConcurrentDictionary<string, bool> _told = new();
    Task<string>? _help;

    /// <summary>Why it cannot run, or null when it can.</summary>
    public string? Obstacle => Locate() is null ? $"{options.YtDlp.Program} is not installed" : null;

    /// <summary>Its version, for example <c>2023.03.04</c>; the version is the day it was made.</summary>
    /// <exception cref="TrawlException">When it cannot be run.</exception>
    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        (await Child(["--version"]).RunAsync(cancellation).ConfigureAwait(false)).Text.Trim();

    /// <summary>How old a version is; null when it is not named after a day.</summary>
    public static TimeSpan? AgeOf(string version, DateTimeOffset now) =>
        DateTimeOffset.TryParseExact(
            string.Join('.', version.Split('.').Take(3)),
            "yyyy.MM.dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var day
        )
            ? now - day
            : null;

    /// <summary>Asks what a link leads to.</summary>
    /// <returns>The JSON document, as it came, and what the program warned of.</returns>
    /// <exception cref="TrawlException">With the reason yt-dlp gives.</exception>
    public async Task<(ReadOnlyMemory<byte> Json, IReadOnlyList<string> Warnings)> DescribeAsync(
        Uri link,
        string extractors,
        CancellationToken cancellation
    )
    {
        var (result, refusal) = await RunAsync(link.Host, extractors, ["-J"], link.AbsoluteUri, null, cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 && result.Output.Length > 0
            ? (result.Output, Told(YtDlpFailure.Warnings(result.Messages.Split('\n', StringSplitOptions.TrimEntries))))
            : throw await FailureAsync(link.Host, result, refusal, asked: false, cancellation).ConfigureAwait(false);
    }

    /// <summary>Searches a site, without asking for each video.</summary>
    /// <param name="host">Where it stands.</param>
    /// <param name="key">What searches there begin with, such as <c>ytsearch</c>.</param>
    /// <param name="extractors">Which extractors may be used, in the language of its option <c>--use-extractors</c>.</param>
    /// <param name="phrase">What for.</param>
    /// <param name="count">How many entries at most.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The JSON document of a list, as it came.</returns>
    /// <exception cref="TrawlException">With the reason yt-dlp gives.</exception>
    public async Task<ReadOnlyMemory<byte>> SearchAsync(
        string host,
        string key,
        string extractors,
        string phrase,
        int count,
        CancellationToken cancellation
    )
    {
        var number = count.ToString(CultureInfo.InvariantCulture);
        var target = $"{key}{number}:{phrase}";
        string[] wishes = ["-J", "--flat-playlist", "--playlist-end", number];
        var (result, refusal) = await RunAsync(host, extractors, wishes, target, null, cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 && result.Output.Length > 0
            ? result.Output
            : throw await FailureAsync(host, result, refusal, asked: true, cancellation).ConfigureAwait(false);
    }

    /// <summary>Downloads a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="extractors">The extractors that may be used.</param>
    /// <param name="format">Which format, in yt-dlp's language.</param>
    /// <param name="path">Where the file goes, with the extension mp4.</param>
    /// <param name="progress">Told the bytes so far and altogether, where known.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TrawlException">With the reason yt-dlp gives.</exception>
    public async Task DownloadAsync(
        Uri link,
        string extractors,
        string format,
        string path,
        Action<long, long?> progress,
        CancellationToken cancellation
    )
    {
        string[] wishes =
        [
            "-f",
            format,
            "--merge-output-format",
            "mp4",
            "--max-filesize",
            $"{options.LargestFile}",
            "--force-overwrites",
            "--no-continue",
            "--newline",
            "--progress-template",
            "download:TRAWL %(progress.downloaded_bytes)s %(progress.total_bytes)s",
            "-o",
            path.Replace("%", "%%", StringComparison.Ordinal), // a template otherwise
        ];
        var told = new StringBuilder();
        var (result, refusal) = await RunAsync(
                link.Host,
                extractors,
                wishes,
                link.AbsoluteUri,
                (stream, token) => FollowAsync(stream, progress, told, token),
                cancellation
            )
            .ConfigureAwait(false);
        if (result.ExitCode == 0 && File.Exists(path))
            return;
        var whole = result with { Messages = result.Messages + "\n" + told };
        throw await FailureAsync(link.Host, whole, refusal, asked: true, cancellation).ConfigureAwait(false);
    }

    async Task<TrawlException> FailureAsync(
        string host,
        ChildResult result,
        TrawlException? refusal,
        bool asked,
        CancellationToken cancellation
    )
    {
        var failure = refusal ?? YtDlpFailure.From(result, asked);
        Told(failure.Warnings);
        if (failure.Kind == FailureKind.RateLimited || failure.Detail is YtDlpFailure.AntiBot or YtDlpFailure.WholeHost)
            network.Gate.SlowDown(host);
        // the next one would be told the same
        if (failure.Detail == YtDlpFailure.WholeHost)
            await network.Gate.SilenceAsync(host, WholeHostPause, cancellation).ConfigureAwait(false);
        return failure;
    }

    IReadOnlyList<string> Told(IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
            if (_told.TryAdd(warning, true))
                network.Logger.LogWarning("yt-dlp warns: {Warning}", warning);
        return warnings;
    }

    // What it asks it asks at its own pace; so it is started at the host's. Where nothing reads along, the answer is what counts, and each connection is a request; fragments of a download are not.
    async Task<(ChildResult Result, TrawlException? Refusal)> RunAsync(
        string host,
        string extractors,
        string[] wishes,
        string target,
        Func<Stream, CancellationToken, Task>? reader,
        CancellationToken cancellation
    )
    {
        var common = await CommonAsync(extractors, cancellation).ConfigureAwait(false);
        await network.Gate.WaitAsync(host, cancellation).ConfigureAwait(false);
        using var cookies = new CookieLoan(options.Http.Cookies);
        var egress = new Egress(network, counts: reader is null);
        await using (egress.ConfigureAwait(false))
        {
            var child = Child([.. common, .. cookies.Arguments, .. wishes, "--", target], reader, egress.Variables);
            return (await child.RunAsync(cancellation).ConfigureAwait(false), egress.Refusal);
        }
    }

    async Task<IEnumerable<string>> CommonAsync(string extractors, CancellationToken cancellation)
    {
        var known = await HelpAsync(cancellation).ConfigureAwait(false);
        var arguments = Manners.Where(m => Knows(known, m[0])).SelectMany(m => m).ToList();
        if (Knows(known, "--use-extractors"))
            arguments.AddRange(["--use-extractors", extractors]);
        foreach (var runtime in Knows(known, "--js-runtimes") ? options.YtDlp.JsRuntimes ?? JsRuntimesHere : [])
            arguments.AddRange(["--js-runtimes", runtime]);
        foreach (var given in Knows(known, "--extractor-args") ? options.YtDlp.ExtractorArgs : [])
            arguments.AddRange(["--extractor-args", given]);
        if (options.YtDlp.Impersonate is { } browser && Knows(known, "--impersonate"))
            arguments.AddRange(["--impersonate", browser]);
        arguments.AddRange(options.YtDlp.Arguments.SelectMany(a => a.Split(' ', 2)));
        // it brings certificates of its own and would not look at the system's
        if (CertificateFile is not null && Knows(known, "--compat-options"))
            arguments.AddRange(["--compat-options", "no-certifi"]);
        return arguments;
    }

    /// <summary>The JavaScript runtimes on PATH that yt-dlp can use, the one it likes best first.</summary>
    public static IReadOnlyList<string> JsRuntimesHere =>
        [.. Runtimes.Where(r => ChildProcess.Find(r.Program) is not null).Select(r => r.Name)];

    /// <summary>The JavaScript runtimes yt-dlp can use: name, program, and the version it wants at least (of yt-dlp 2026.08).</summary>
    public static IReadOnlyList<(string Name, string Program, Version Least)> Runtimes { get; } =
    [("deno", "deno", new(2, 3)), ("node", "node", new(22, 0)), ("bun", "bun", new(1, 2, 11)), ("quickjs", "qjs", new(0, 0))];

    string? CertificateFile => options.Http.CertificateFile ?? Environment.GetEnvironmentVariable("SSL_CERT_FILE");

    static bool Knows(string help, string option) => help.Contains(option, StringComparison.Ordinal);

    // Asked once; a failure is asked again.
    async Task<string> HelpAsync(CancellationToken cancellation)
    {
        var asking = _help;
        if (asking is null or { IsFaulted: true } or { IsCanceled: true })
            _help = asking = AskAsync();
        return await asking.WaitAsync(cancellation).ConfigureAwait(false);

        async Task<string> AskAsync() => (await Child(["--help"]).RunAsync(CancellationToken.None).ConfigureAwait(false)).Text;
    }

    ChildProcess Child(
        IReadOnlyList<string> arguments,
        Func<Stream, CancellationToken, Task>? reader = null,
        IReadOnlyList<KeyValuePair<string, string>>? variables = null
    ) =>
        new(Locate() ?? options.YtDlp.Program, arguments)
        {
            OutputReader = reader,
            Limits = new ChildLimits
            {
                Deadline = options.YtDlp.Timeout,
                Output = LargestAnswer,
                FileSize = options.LargestFile + (64 << 20), // a merge needs both parts and the whole
            },
            Variables =
            [
                .. variables ?? [],
                .. CertificateFile is { } file ? [KeyValuePair.Create("SSL_CERT_FILE", file)] : Array.Empty<KeyValuePair<string, string>>(),
            ],
        };

    string? Locate() =>
        Path.IsPathRooted(options.YtDlp.Program)
            ? File.Exists(options.YtDlp.Program)
                ? options.YtDlp.Program
                : null
            : ChildProcess.Find(options.YtDlp.Program);

    static async Task FollowAsync(Stream stream, Action<long, long?> progress, StringBuilder told, CancellationToken cancellation)
    {
        const int Enough = 64 * 1024;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await ReadLineAsync(reader, cancellation).ConfigureAwait(false) is { } line)
        {
            if (Progress().Match(line) is { Success: true } match)
                progress(
                    long.Parse(match.Groups["received"].Value, CultureInfo.InvariantCulture),
                    long.TryParse(match.Groups["total"].Value, out var total) ? total : null
                );
            else if (told.Length < Enough)
                told.AppendLine(line);
        }
    }

    // a line without an end must not fill the memory
    static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellation)
    {
        const int Longest = 4096;
        var line = new StringBuilder();
        var one = new char[1];
        var any = false;
        while (await reader.ReadAsync(one, cancellation).ConfigureAwait(false) > 0)
        {
            any = true;
            if (one[0] == '\n')
                break;
            if (line.Length < Longest)
                line.Append(one[0]);
        }
        return any ? line.ToString() : null;
    }

    [GeneratedRegex(@"^TRAWL (?<received>\d{1,15}) (?<total>\d{1,15}|\w+)\r?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Progress();
}
