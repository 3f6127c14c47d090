using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Reports;

/// <summary>A line for each event on the error stream, and the path of each finished video on standard output.</summary>
public sealed class LineReport(TextWriter output, TextWriter messages, bool quiet, bool progress) : Reporter
{
    readonly Lock _lock = new();

    /// <inheritdoc/>
    public override Task BeginAsync(IReadOnlyList<CrawlRequest> requests)
    {
        if (requests.Count > 1)
            Tell($"{requests.Count} videos");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Report(CrawlEvent value)
    {
        lock (_lock)
        {
            switch (value)
            {
                case ItemResolving e when progress:
                    Tell($"[{e.Item}] {e.Link.ForTerminal()}");
                    break;
                case StrategyFailed e:
                    Tell($"[{e.Item}] {e.Attempt.Source}: {e.Attempt.Outcome}, {e.Attempt.Reason?.ForTerminal()}");
                    break;
                case ItemProgress { Progress.RetryingIn: { } wait } e:
                    Tell($"[{e.Item}] retrying in {Math.Ceiling(wait.TotalSeconds)} s");
                    break;
                case ItemWaiting e:
                    Tell($"[{e.Item}] waits {Math.Ceiling(e.For.TotalSeconds)} s: {e.Reason.Message.ForTerminal()}");
                    break;
                case ItemPreview e when progress:
                    Tell($"[{e.Item}] first pictures: {string.Join(' ', e.Keyframes.Select(k => k.Path))}");
                    break;
                case ItemDownloaded e when progress:
                    Tell($"[{e.Item}] {e.Staged.File.Size.Readable()} by {e.Staged.Video.Strategy}, {e.Staged.File.Format}");
                    break;
                case ItemPhotos { Photos: var set } e when progress:
                    Tell($"[{e.Item}] {set.Images.Count} photos{(set.Sound is null ? "" : " and their sound")} by {set.Video.Strategy}");
                    break;
                case ItemKeyframes e when progress:
                    Tell($"[{e.Item}] {e.Set.Scenes.Count} scenes, {e.Set.Keyframes.Count} keyframes");
                    break;
                case ItemDone e:
                    if (e.Crawled.Already)
                        Tell($"[{e.Item}] already there");
                    output.WriteLine(e.Crawled.Path);
                    break;
                case ItemSkipped e:
                    Fail(e.Item, "skipped", e.Reason);
                    break;
                case ItemFailed e:
                    Fail(e.Item, "failed", e.Failure);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public override Task EndAsync(JobResult result)
    {
        if (result.Done + result.Failures.Count > 1)
            Tell($"{result.Done} done, {result.Failures.Count} not, in {result.Elapsed.TotalSeconds:0.0} s");
        return Task.CompletedTask;
    }

    void Fail(string item, string how, TrawlException failure)
    {
        messages.WriteLine($"[{item}] {how}: {failure.Kind.Name()}. {failure.Message.ForTerminal()}");
        messages.WriteLine($"[{item}] {failure.Rule.Suggestion}");
    }

    void Tell(string line)
    {
        if (!quiet)
            messages.WriteLine(line);
    }
}
