using System.Text.Json;
using System.Threading.Channels;
using Trawl.Failures;
using Trawl.Processes;

namespace Trawl.Keyframes;

/// <summary>A process that extracts for us (<see cref="ExtractorLoop"/>): one video at a time, many in its life.</summary>
sealed class ExtractorProcess : IAsyncDisposable
{
    static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    // Without a limit the runtime reserves more address space than any process is given here. One thread works: one heap of each sort is enough,
    // and what a large video took is given back.
    internal static readonly KeyValuePair<string, string>[] Frugal =
    [
        new("DOTNET_EnableDiagnostics", "0"),
        new("DOTNET_GCHeapHardLimit", "0x10000000"),
        new("DOTNET_GCConserveMemory", "7"),
        new("DOTNET_gcConcurrent", "0"),
        new("DOTNET_TieredPGO", "0"),
        new("MALLOC_ARENA_MAX", "1"),
        new("MALLOC_TRIM_THRESHOLD_", "1000000"),
    ];

    readonly Channel<string> _orders = Channel.CreateUnbounded<string>();
    readonly Channel<string> _replies = Channel.CreateUnbounded<string>();
    readonly CancellationTokenSource _killed = new();
    readonly Task<ChildResult> _life;

    /// <summary>Starts one.</summary>
    /// <param name="program">The program and its arguments.</param>
    /// <param name="confinement">What it can reach.</param>
    /// <param name="cpu">What it may burn in its life.</param>
    public ExtractorProcess(IReadOnlyList<string> program, Confinement? confinement, TimeSpan cpu) =>
        _life = new ChildProcess(program[0], [.. program.Skip(1)])
        {
            Confinement = confinement,
            Limits = new ChildLimits { Deadline = Timeout.InfiniteTimeSpan, CpuSeconds = (int)cpu.TotalSeconds },
            Input = SendAsync,
            OutputReader = ReceiveAsync,
            Variables = Frugal,
        }.RunAsync(_killed.Token);

    /// <summary>How many videos it has had.</summary>
    public int Turns { get; private set; }

    /// <summary>Whether it has what it needs.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            return await ReceiveAsync(StartTime, cancellation).ConfigureAwait(false) == ExtractorLoop.Ready;
        }
        catch (Exception e) when (e is ChannelClosedException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Has a video extracted. After an exception it is of no use any more.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Timeout"/>, or <see cref="FailureKind.ToolFailed"/> when the process ended.</exception>
    public async Task<ExtractionReply> AskAsync(ExtractionOrder order, TimeSpan deadline, CancellationToken cancellation)
    {
        Turns++;
        var name = Path.GetFileName(order.Path);
        _orders.Writer.TryWrite(JsonSerializer.Serialize(order, ExtractionJson.Default.ExtractionOrder));
        try
        {
            var line = await ReceiveAsync(deadline, cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(line, ExtractionJson.Default.ExtractionReply)!;
        }
        catch (TimeoutException e)
        {
            throw new TrawlException(FailureKind.Timeout, $"Decoding {name} took longer than {deadline.TotalSeconds:0} s.", e);
        }
        catch (Exception e) when (e is ChannelClosedException or JsonException)
        {
            throw new TrawlException(FailureKind.ToolFailed, $"The process that decoded {name} ended before it was done.", e);
        }
    }

    /// <summary>Ends it, whatever it does.</summary>
    public async Task KillAsync()
    {
        await _killed.CancelAsync().ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Lets it end: it does so when nothing more is to come.</summary>
    public async ValueTask DisposeAsync()
    {
        _orders.Writer.TryComplete();
        _killed.CancelAfter(EndTime);
        await ((Task)_life).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _killed.Dispose();
    }

    Task<string> ReceiveAsync(TimeSpan deadline, CancellationToken cancellation) =>
        _replies.Reader.ReadAsync(cancellation).AsTask().WaitAsync(deadline, cancellation);

    async Task SendAsync(Stream stream, CancellationToken cancellation)
    {
        var writer = new StreamWriter(stream) { AutoFlush = true };
        await using var end = writer.ConfigureAwait(false);
        await foreach (var order in _orders.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            await writer.WriteLineAsync(order).ConfigureAwait(false);
    }

    async Task ReceiveAsync(Stream stream, CancellationToken cancellation)
    {
        try
        {
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
                await _replies.Writer.WriteAsync(line, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _orders.Writer.TryComplete();
            _replies.Writer.TryComplete();
        }
    }
}
