using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Keyframes;

namespace Trawl.App.Reports;

/// <summary>One JSON object a line on standard output: <c>{v, seq, ts, type, job_id, item_id, data}</c>. docs/events.schema.json describes it.</summary>
public sealed class EventStream(Stream output, string job, TimeProvider time) : Reporter
{
    const int Version = 1;

    readonly Lock _lock = new();
    long _sequence;

    /// <inheritdoc/>
    public override Task BeginAsync(IReadOnlyList<CrawlRequest> requests)
    {
        Write("job.queued", null, w => w.WriteNumber("items", requests.Count));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task EndAsync(JobResult result)
    {
        Write(
            "job.done",
            null,
            w =>
            {
                w.WriteNumber("done", result.Done);
                w.WriteNumber("failed", result.Failures.Count);
                w.WriteNumber("elapsed_ms", (long)result.Elapsed.TotalMilliseconds);
                w.WriteNumber("exit_code", result.ExitCode);
            }
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Report(CrawlEvent value)
    {
        var (type, write) = Describe(value);
        Write(type, value.Item, write);
    }

    static (string Type, Action<Utf8JsonWriter> Data) Describe(CrawlEvent value) =>
        value switch
        {
            ItemResolving e => ("item.resolving", w => w.WriteString("url", e.Link)),
            StrategyFailed e => (
                "item.strategy_failed",
                w =>
                {
                    w.WriteString("strategy", e.Attempt.Strategy);
                    if (e.Attempt.Door is not null)
                        w.WriteString("door", e.Attempt.Door);
                    w.WriteString("kind", e.Attempt.Outcome);
                    w.WriteString("reason", e.Attempt.Reason);
                    w.WriteString("detail", e.Attempt.Detail);
                    w.WriteNumber("elapsed_ms", (long)e.Attempt.Elapsed.TotalMilliseconds);
                }
            ),
            ItemWaiting e => (
                "item.waiting",
                w =>
                {
                    w.WriteNumber("seconds", (long)Math.Ceiling(e.For.TotalSeconds));
                    w.WriteString("kind", e.Reason.Kind.Name());
                    w.WriteString("reason", e.Reason.Message);
                }
            ),
            ItemProgress e => (
                "item.progress",
                w =>
                {
                    w.WriteNumber("received", e.Progress.Received);
                    w.WriteNumberOrNull("total", e.Progress.Total);
                    w.WriteString("format", e.Progress.Format);
                    w.WriteNumberOrNull("speed", Rounded(e.Progress.BytesPerSecond));
                    w.WriteNumberOrNull("eta", Rounded(e.Progress.Remaining?.TotalSeconds));
                    w.WriteNumberOrNull("retrying_in", Rounded(e.Progress.RetryingIn?.TotalSeconds));
                }
            ),
            ItemPreview e => ("item.preview", w => WritePreview(w, e.Keyframes)),
            ItemDownloaded e => (
                "item.downloaded",
                w =>
                {
                    w.WriteString("id", e.Staged.Video.Id);
                    w.WriteString("strategy", e.Staged.Video.Strategy);
                    w.WriteString("format", e.Staged.File.Format.Id);
                    w.WriteNumber("size", e.Staged.File.Size);
                    w.WriteString("sha256", e.Staged.File.Sha256);
                }
            ),
            ItemPhotos e => (
                "item.photos",
                w =>
                {
                    w.WriteString("id", e.Photos.Video.Id);
                    w.WriteString("strategy", e.Photos.Video.Strategy);
                    w.WriteNumber("photos", e.Photos.Images.Count);
                    w.WriteBoolean("sound", e.Photos.Sound is not null);
                    w.WriteNumber("size", e.Photos.Size);
                }
            ),
            ItemKeyframes e => (
                "item.keyframes",
                w =>
                {
                    w.WriteNumber("scenes", e.Set.Scenes.Count);
                    w.WriteNumber("keyframes", e.Set.Keyframes.Count);
                }
            ),
            ItemDone e => (
                "item.done",
                w =>
                {
                    w.WriteString("id", e.Crawled.Id);
                    w.WriteString("title", e.Crawled.Title);
                    w.WriteString("strategy", e.Crawled.Strategy);
                    w.WriteString("path", e.Crawled.Path);
                    w.WriteNumber("size", e.Crawled.Size);
                    w.WriteString("sha256", e.Crawled.Sha256);
                    w.WriteNumber("keyframes", e.Crawled.Frames.Count);
                    w.WriteString("sheet", e.Crawled.Sheet);
                    w.WriteNumber("photos", e.Crawled.Photos);
                    w.WriteBoolean("already", e.Crawled.Already);
                }
            ),
            ItemSkipped e => ("item.skipped", w => WriteFailure(w, e.Link, e.Reason)),
            ItemFailed e => ("item.failed", w => WriteFailure(w, e.Link, e.Failure)),
            _ => throw new ArgumentOutOfRangeException(nameof(value), value.GetType().Name, "An event without a description."),
        };

    static void WritePreview(Utf8JsonWriter writer, IReadOnlyList<Keyframe> keyframes)
    {
        writer.WriteStartArray("keyframes");
        foreach (var keyframe in keyframes)
        {
            writer.WriteStartObject();
            writer.WriteNumber("time", Math.Round(keyframe.Time, 6));
            writer.WriteString("path", keyframe.Path);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void WriteFailure(Utf8JsonWriter writer, string link, TrawlException failure)
    {
        writer.WriteString("url", link);
        writer.WriteString("kind", failure.Kind.Name());
        writer.WriteString("message", failure.Message);
        writer.WriteString("suggestion", failure.Rule.Suggestion);
        writer.WriteStrings("suggestions", failure.Rule.Suggestions);
        writer.WriteString("operation", failure.Operation);
        writer.WriteString("detail", failure.Detail);
        writer.WriteBoolean("retry_later", failure.Rule.RetryLater);
        writer.WriteStartArray("attempts");
        foreach (var attempt in failure.Attempts)
            writer.WriteAttempt(attempt);
        writer.WriteEndArray();
    }

    static double? Rounded(double? number) => number is { } value ? Math.Round(value, 1) : null;

    void Write(string type, string? item, Action<Utf8JsonWriter> data)
    {
        lock (_lock)
        {
            output.Write(
                JsonText.Document(writer =>
                {
                    writer.WriteNumber("v", Version);
                    writer.WriteNumber("seq", ++_sequence);
                    writer.WriteString("ts", time.GetUtcNow());
                    writer.WriteString("type", type);
                    writer.WriteString("job_id", job);
                    writer.WriteString("item_id", item);
                    writer.WriteStartObject("data");
                    data(writer);
                    writer.WriteEndObject();
                })
            );
            output.WriteByte((byte)'\n');
            output.Flush();
        }
    }
}
