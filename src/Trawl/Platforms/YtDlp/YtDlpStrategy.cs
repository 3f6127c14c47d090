using System.Text.Json;
using Trawl.Failures;
using Trawl.Json;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.YtDlp;

/// <summary>
/// The strategy <c>yt-dlp</c>: the program resolves; we download what it finds, and it downloads itself what comes in fragments or must be
/// merged.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="keepRaw">Whether its answers are kept word for word.</param>
/// <param name="extractors">Which of its extractors may be used, in the language of its option <c>--use-extractors</c>.</param>
/// <param name="refused">How the ids of formats begin that it must not download itself, such as watermarked ones; null for none.</param>
public sealed class YtDlpStrategy(YtDlpProgram program, bool keepRaw, string extractors, string? refused = null) : Strategy
{
    /// <summary>With the parts of its platform.</summary>
    /// <param name="parts">What the platform is made of.</param>
    /// <param name="extractors">Which of its extractors may be used.</param>
    /// <param name="refused">How the ids of formats begin that it must not download itself; null for none.</param>
    public YtDlpStrategy(PlatformParts parts, string extractors, string? refused = null)
        : this(new YtDlpProgram(parts.Options, parts.Network), parts.Options.KeepRaw, extractors, refused) { }

    // one after the other while the one before is not available
    readonly string[] _ladder = Ladder(refused is null ? "" : $"[format_id!^={refused}]");

    static string[] Ladder(string filter) =>
        [
            $"b{filter}[hasvideo=true][ext=mp4]/b{filter}[hasvideo=true]",
            $"bv*{filter}+ba/b{filter}[hasvideo=true]",
            $"best{filter}[hasvideo=true]",
            $"bv*{filter}[ext=mp4]+ba/b{filter}/best{filter}", // versions that know no field hasvideo
        ];

    /// <inheritdoc/>
    public override string Name => "yt-dlp";

    /// <inheritdoc/>
    public override int UsualRequests => 3;

    /// <inheritdoc/>
    public override string? Obstacle => program.Obstacle;

    /// <inheritdoc/>
    public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        var (json, warnings) = await program.DescribeAsync(url.Canonical, extractors, cancellation).ConfigureAwait(false);
        using var document = ForeignJson.Parse(
            json,
            e => new TrawlException(FailureKind.ToolFailed, "yt-dlp's answer cannot be read.", e)
            {
                Detail = "BAD_JSON",
                Warnings = warnings,
            }
        );
        var video = YtDlpInfo.ToVideo(document.RootElement, url) with { Warnings = [.. warnings] };
        return keepRaw ? video with { Raw = document.RootElement.GetRawText() } : video;
    }

    /// <inheritdoc/>
    public override async Task FetchAsync(
        Video video,
        MediaFormat format,
        string path,
        Action<long, long?> progress,
        CancellationToken cancellation
    )
    {
        var target = path + ".mp4";
        try
        {
            TrawlException? unavailable = null;
            foreach (var rung in _ladder)
            {
                try
                {
                    await program
                        .DownloadAsync(video.Url.Canonical, extractors, rung, target, progress, cancellation)
                        .ConfigureAwait(false);
                    File.Move(target, path, overwrite: true);
                    return;
                }
                catch (TrawlException e) when (e.Kind == FailureKind.NoSuitableFormat)
                {
                    unavailable = e;
                }
            }
            throw unavailable!;
        }
        finally
        {
            // a pattern NAME.* would match NAME, too
            foreach (var remains in Directory.GetFiles(Path.GetDirectoryName(path)!))
                if (remains.StartsWith(path + ".", StringComparison.Ordinal))
                    File.Delete(remains);
        }
    }
}
