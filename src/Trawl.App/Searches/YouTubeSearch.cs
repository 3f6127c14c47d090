using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.Failures;
using Trawl.Platforms.YtDlp;

namespace Trawl.App.Searches;

/// <summary>Searches YouTube through yt-dlp. More is asked for than wanted, up to five times as much, because live streams and broken entries fall away.</summary>
sealed class YouTubeSearch(YtDlpProgram program) : Searcher
{
    const int MostRounds = 5;

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
            var answer = await program.SearchYouTubeAsync(phrase, count * round, cancellation);
            var (found, entries) = Read(answer);
            if (found.Count >= count || entries < count * round || round == MostRounds)
                return [.. found.Take(count)];
        }
    }

    static (IReadOnlyList<Found> Found, int Entries) Read(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            if (!json.RootElement.TryGetProperty("entries", out var entries) || entries.ValueKind != JsonValueKind.Array)
                return ([], 0);
            List<Found> found = [.. entries.EnumerateArray().Select(Hit).OfType<Found>().DistinctBy(f => f.Id)];
            return (found, entries.GetArrayLength());
        }
        catch (JsonException e)
        {
            throw new TrawlException(FailureKind.ToolFailed, "yt-dlp's answer cannot be read.", e);
        }
    }

    // without a duration it is a live stream, a channel or a list
    static Found? Hit(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && Text(entry, "id") is { Length: 11 } id
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        && entry.TryGetProperty("duration", out var duration)
        && duration.ValueKind == JsonValueKind.Number
            ? new Found(
                "youtube",
                id,
                new Uri($"https://www.youtube.com/watch?v={id}"),
                Text(entry, "title") ?? "",
                entry.TryGetProperty("timestamp", out var time) && time.ValueKind == JsonValueKind.Number
                    ? DateTimeOffset.FromUnixTimeSeconds((long)time.GetDouble())
                    : null,
                TimeSpan.FromSeconds(duration.GetDouble())
            )
            : null;

    static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
