using System.Text;
using System.Text.Json;
using Trawl.Failures;
using Trawl.Json;
using Trawl.Platforms;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.App.Storage;

/// <summary>
/// What short commands remember of each other: every attempt, every answer that was known already and every word of the operator is a line
/// appended to a file; the health of the strategies is what replaying the lines gives. Several processes may write at once.
/// </summary>
public sealed class AttemptJournal(string folder, TimeProvider time) : AttemptObserver
{
    const long LargestFile = 1 << 20;
    const int ReadBack = 256 * 1024;

    // what happened longer ago says nothing about now
    static readonly TimeSpan Memory = TimeSpan.FromHours(24);

    readonly Lock _lock = new();
    bool _warned;

    string FilePath => Path.Combine(folder, "attempts.ndjson");

    /// <summary>What an operator can say about a strategy.</summary>
    public enum Word
    {
        Enable,
        Disable,
        Reset,
    }

    /// <inheritdoc/>
    public override void Ended(AttemptRecord attempt) =>
        Append(writer =>
        {
            writer.WriteString("at", attempt.At);
            writer.WriteString("platform", attempt.Platform);
            writer.WriteString("strategy", attempt.Strategy);
            writer.WriteString("video", attempt.Video);
            writer.WriteString("outcome", attempt.Failure?.Name() ?? "ok");
            writer.WriteNumber("elapsed_ms", Math.Round(attempt.Elapsed.TotalMilliseconds, 1));
            writer.WriteNumber("requests", attempt.Requests);
            if (attempt.OfFile)
                writer.WriteBoolean("of_file", true);
            if (attempt.OfDoor)
                writer.WriteBoolean("of_door", true);
            if (attempt.IsOfContent)
                writer.WriteBoolean("of_content", true);
            if (attempt.Door is not null)
                writer.WriteString("door", attempt.Door);
            if (attempt.Way is not null)
                writer.WriteString("way", attempt.Way);
            if (attempt.Warnings.Count > 0)
                writer.WriteTexts("warnings", attempt.Warnings);
            if (attempt.Detail is not null)
                writer.WriteString("detail", attempt.Detail);
            if (attempt.RetryAfter is { } wait)
                writer.WriteNumber("retry_after", Math.Round(wait.TotalSeconds));
        });

    /// <inheritdoc/>
    public override void Known(VideoUrl url) =>
        Append(writer =>
        {
            writer.WriteString("at", time.GetUtcNow());
            writer.WriteString("platform", url.Platform);
            writer.WriteString("video", url.Identity);
            writer.WriteString("outcome", "known");
        });

    /// <summary>Writes down what the operator said.</summary>
    public void Say(string platform, string strategy, Word word) =>
        Append(writer =>
        {
            writer.WriteString("at", time.GetUtcNow());
            writer.WriteString("platform", platform);
            writer.WriteString("strategy", strategy);
            writer.WriteString("operator", word.ToString().ToLowerInvariant());
        });

    /// <summary>Replays the lines.</summary>
    /// <param name="platforms">Whose strategies they are of.</param>
    /// <param name="doors">Which doors are open.</param>
    /// <returns>How many answers were known without asking anybody.</returns>
    public long Replay(PlatformList platforms, DoorBook doors)
    {
        // plain loops and reference types: what is compiled for this runs at the start of every command
        var health = new Dictionary<string, StrategyHealth>(StringComparer.Ordinal);
        foreach (var platform in platforms.All)
        foreach (var strategy in platforms.ChainOf(platform).Strategies)
            health[$"{platform.Name} {strategy.Name}"] = platforms.ChainOf(platform).HealthOf(strategy);
        var known = 0L;
        foreach (var line in Lines())
        {
            using (line)
            {
                var entry = line.RootElement;
                if (entry.String("outcome"u8) == "known")
                    known++;
                else if (health.TryGetValue($"{entry.String("platform"u8)} {entry.String("strategy"u8)}", out var one))
                    Replay(entry, one, doors);
            }
        }
        return known;
    }

    static void Obey(Word word, StrategyHealth health)
    {
        switch (word)
        {
            case Word.Enable:
                health.Breaker.Enable();
                break;
            case Word.Disable:
                health.Breaker.Disable();
                break;
            default:
                health.Reset();
                break;
        }
    }

    void Replay(JsonElement entry, StrategyHealth health, DoorBook doors)
    {
        if (Enum.TryParse<Word>(entry.String("operator"u8), ignoreCase: true, out var word))
        {
            Obey(word, health);
            if (word == Word.Reset)
                doors.Forget(health.Platform);
            return;
        }
        if (entry.Moment("at"u8) is not { } when || time.GetUtcNow() - when > Memory)
            return;
        var outcome = entry.String("outcome"u8);
        var rule = FailureTable.Rules.FirstOrDefault(r => r.Name == outcome);
        if (rule is null && outcome != "ok")
            return;
        var failure = rule?.Kind;
        if (entry.String("door"u8) is { Length: > 0 } door && entry.String("way"u8) is { Length: > 0 } way)
            doors.Replay(health.Platform, way, door, failure, when);
        if (entry.Flag("of_door"u8) == true)
            return;
        health.Record(
            new AttemptRecord(
                when,
                health.Platform,
                health.Strategy,
                entry.String("video"u8) ?? "",
                failure,
                TimeSpan.FromMilliseconds(Math.Clamp(entry.Number("elapsed_ms"u8) ?? 0, 0, int.MaxValue)),
                entry.String("detail"u8) is { Length: > 0 } detail ? detail : null,
                entry.Number("retry_after"u8) is >= 0 and < int.MaxValue and var seconds ? TimeSpan.FromSeconds(seconds) : null,
                (int)Math.Clamp(entry.Whole("requests"u8) ?? 0, 0, int.MaxValue),
                entry.Flag("of_file"u8) == true
            )
            {
                IsOfContent = entry.Flag("of_content"u8) == true,
                Warnings = [.. entry.Items("warnings"u8).Select(w => w.String()).OfType<string>()],
            }
        );
    }

    void Append(Action<Utf8JsonWriter> write)
    {
        byte[] line = [.. JsonText.Document(write), (byte)'\n'];
        lock (_lock)
        {
            try
            {
                Directory.CreateDirectory(folder);
                if (File.Exists(FilePath) && new FileInfo(FilePath).Length > LargestFile)
                    File.Move(FilePath, FilePath + ".1", overwrite: true);
                using var file = new FileStream(FilePath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                file.Write(line); // one write: lines of two processes do not mix
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // a video is worth more than the memory of how it was found
                if (!_warned)
                    Console.Error.WriteLine($"{FilePath} cannot be written, so nothing is remembered: {e.Message}");
                _warned = true;
            }
        }
    }

    IEnumerable<JsonDocument> Lines()
    {
        if (!File.Exists(FilePath))
            yield break;
        using var file = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Max(0, file.Length - ReadBack);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
            if (ForeignJson.TryParse(line) is { } document) // the first line may be cut, the last one torn
                yield return document;
    }
}
