using System.Globalization;
using Trawl.Failures;
using Trawl.Processes;

namespace Trawl.Browser.Pool;

/// <summary>A screen for windows where there is none: an Xvfb of our own, which ends with us.</summary>
sealed class VirtualDisplay : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly SemaphoreSlim _turn = new(1);
    Task? _running;
    string? _name;

    /// <summary>The display windows open on, for example <c>:99</c>: the environment's if there is one.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolMissing"/> or <see cref="FailureKind.ToolFailed"/></exception>
    public async Task<string> NameAsync(CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } display)
            return display;
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_running is null or { IsCompleted: true })
                _name = await StartAsync(cancellation).ConfigureAwait(false);
            return _name!;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_running is not null)
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _turn.Dispose();
    }

    async Task<string> StartAsync(CancellationToken cancellation)
    {
        if (ChildProcess.Find("Xvfb") is null)
            throw new TrawlException(
                FailureKind.ToolMissing,
                "A browser with a window needs a display, and there is neither one (DISPLAY) nor Xvfb: apt-get install xvfb."
            );
        var chosen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = new ChildProcess("Xvfb", ["-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp"])
        {
            Limits = new ChildLimits { Deadline = TimeSpan.FromDays(40), CpuSeconds = int.MaxValue },
            OutputReader = async (output, token) =>
            {
                using var reader = new StreamReader(output);
                while (await reader.ReadLineAsync(token).ConfigureAwait(false) is { } line)
                    chosen.TrySetResult(line.Trim());
            },
        };
        _running = server.RunAsync(_stop.Token);
        await Task.WhenAny(chosen.Task, _running).WaitAsync(TimeSpan.FromSeconds(10), cancellation).ConfigureAwait(false);
        if (
            !chosen.Task.IsCompletedSuccessfully
            || !int.TryParse(await chosen.Task.ConfigureAwait(false), CultureInfo.InvariantCulture, out var number)
        )
            throw new TrawlException(FailureKind.ToolFailed, "Xvfb did not start.");
        return $":{number}";
    }
}
