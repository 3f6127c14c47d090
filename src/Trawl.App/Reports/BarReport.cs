using System.Collections.Concurrent;
using Spectre.Console;
using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Reports;

/// <summary>A progress bar for each running item, for people at a terminal.</summary>
public sealed class BarReport : Reporter
{
    readonly IAnsiConsole _console;
    readonly TextWriter _output;
    readonly bool _terminal;
    readonly ConcurrentDictionary<string, ProgressTask> _bars = new();
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<string> _failures = [];
    ProgressContext? _context;
    Task _drawing = Task.CompletedTask;

    /// <summary>Draws on the error stream; paths of finished videos go to standard output, at the end, unless that is the terminal too.</summary>
    public BarReport(TextWriter output, TextWriter messages, bool outputIsTerminal)
    {
        _output = output;
        _terminal = outputIsTerminal;
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(messages) });
    }

    /// <inheritdoc/>
    public override async Task BeginAsync(IReadOnlyList<CrawlRequest> requests)
    {
        var begun = new TaskCompletionSource<ProgressContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        _drawing = _console
            .Progress()
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new SpinnerColumn()
            )
            .StartAsync(context =>
            {
                begun.SetResult(context);
                return _ended.Task;
            });
        _context = await begun.Task;
    }

    /// <inheritdoc/>
    public override void Report(CrawlEvent value)
    {
        var bar = _bars.GetOrAdd(value.Item, item => _context!.AddTask($"[grey]{item}[/]", maxValue: 100));
        switch (value)
        {
            case ItemResolving e:
                Describe(bar, "resolving", e.Link);
                break;
            case StrategyFailed e:
                Describe(bar, $"{e.Attempt.Source}: {e.Attempt.Outcome}", "");
                break;
            case ItemWaiting e:
                Describe(bar, $"waits {Math.Ceiling(e.For.TotalSeconds)} s", e.Reason.Kind.Name());
                break;
            case ItemProgress { Progress: var p } e:
                Describe(bar, p.RetryingIn is { } wait ? $"retrying in {Math.Ceiling(wait.TotalSeconds)} s" : "downloading", e.Title);
                bar.Value = p.Total > 0 ? 90.0 * p.Received / p.Total.Value : bar.Value;
                break;
            case ItemDownloaded e:
                Describe(bar, "keyframes", e.Staged.Video.Title);
                bar.Value = 92;
                break;
            case ItemDone e:
                Describe(bar, e.Crawled.Already ? "there" : "done", e.Crawled.Title);
                bar.Value = 100;
                if (!_terminal)
                    lock (_output)
                        _output.WriteLine(e.Crawled.Path);
                break;
            case ItemSkipped e:
                Fail(bar, "skipped", e.Link, e.Reason);
                break;
            case ItemFailed e:
                Fail(bar, "failed", e.Link, e.Failure);
                break;
        }
    }

    /// <inheritdoc/>
    public override async Task EndAsync(JobResult result)
    {
        _ended.TrySetResult();
        await _drawing;
        foreach (var failure in _failures)
            _console.MarkupLine(failure);
        _console.MarkupLine($"{result.Done} done, {result.Failures.Count} not, in {result.Elapsed.TotalSeconds:0.0} s");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _ended.TrySetResult();
        base.Dispose();
    }

    void Fail(ProgressTask bar, string how, string link, TrawlException failure)
    {
        Describe(bar, $"[yellow]{how}[/]", failure.Kind.Name());
        bar.StopTask();
        lock (_failures)
            _failures.Add(
                $"[yellow]{how}[/] {Markup.Escape(link.ForTerminal())}: {failure.Kind.Name()}. {Markup.Escape(failure.Message.ForTerminal())}"
            );
    }

    static void Describe(ProgressTask bar, string state, string what) =>
        bar.Description = $"{state} [grey]{Markup.Escape(what.ForTerminal().Shortened(48))}[/]";
}
