using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.Failures;
using Trawl.Json;
using Trawl.Platforms.YtDlp;

namespace Trawl.App.Searches;

/// <summary>Searches a platform through yt-dlp. More is asked for than wanted, up to five times as much, because live streams and broken entries fall away.</summary>
/// <param name="program">The program.</param>
/// <param name="host">Where the platform stands.</param>
/// <param name="key">What its searches there begin with, such as <c>ytsearch</c>.</param>
/// <param name="extractors">Which of its extractors may be used.</param>
abstract class YtDlpSearch(YtDlpProgram program, string host, string key, string extractors) : Searcher
{
    const int MostRounds = 5;
    const int Most = 5000;

    static readonly string[] Links = ["http://", "https://", "www.", "youtube.com/", "youtu.be/"];

    public override string Name => "yt-dlp";

    public override string? Obstacle => program.Obstacle;

    public override async Task<IReadOnlyList<Found>> RunAsync(string phrase, int count, CancellationToken cancellation)
    {
        // a link is no phrase
        if (Array.Exists(Links, l => phrase.StartsWith(l, StringComparison.OrdinalIgnoreCase)))
            return [];
        for (var round = 1; ; round++)
        {
            var answer = await program.SearchAsync(host, key, extractors, phrase, count * round, cancellation);
            var (found, entries) = Read(answer, Hit);
            if (found.Count >= count || entries < count * round || round == MostRounds)
                return [.. found.Take(count)];
        }
    }

    /// <summary>The video of an entry; null when it is none.</summary>
    protected abstract Found? Hit(JsonElement entry);

    static (IReadOnlyList<Found> Found, int Entries) Read(ReadOnlyMemory<byte> answer, Func<JsonElement, Found?> hit)
    {
        using var json = ForeignJson.Parse(answer, Unreadable);
        var entries = json.RootElement.Get("entries"u8);
        if (entries.ValueKind != JsonValueKind.Array)
            throw Unreadable(null);
        var found = entries.Items().Take(Most).Select(hit).OfType<Found>();
        return ([.. found.DistinctBy(f => f.Id)], entries.GetArrayLength());
    }

    static TrawlException Unreadable(Exception? e) => new(FailureKind.ToolFailed, "yt-dlp's answer cannot be read.", e);
}
