using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Trawl.Benchmarks;

/// <summary>What a command cost: wall time, CPU seconds of it and all it started, and its own peak memory.</summary>
readonly record struct Cost(double Wall, double Cpu, double PeakMiB);

/// <summary>Measures whole commands from outside.</summary>
static partial class Measure
{
    const int Children = -1; // RUSAGE_CHILDREN

    /// <summary>CPU seconds of this process and of all its children that have ended.</summary>
    public static double Seconds() => OwnSeconds() + ChildSeconds();

    /// <summary>CPU seconds of this process alone.</summary>
    public static double OwnSeconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Runs a shell command to its end.</summary>
    public static async Task<Cost> RunAsync(string command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo("/bin/bash", ["-c", command])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        var before = ChildSeconds();
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        var peak = await WatchAsync(process);
        var wall = watch.Elapsed.TotalSeconds;
        await output;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {await messages}");
        return new Cost(wall, ChildSeconds() - before, peak);
    }

    /// <summary>The median of several runs of each command, one after the other in turns after a round to warm up.</summary>
    public static async Task<Cost[]> InTurnsAsync(int rounds, Func<Task> prepare, params Func<Task<Cost>>[] cases)
    {
        var costs = await RoundsAsync(rounds, prepare, cases);
        return
        [
            .. Enumerable
                .Range(0, cases.Length)
                .Select(i => new Cost(
                    Median(costs.Select(r => r[i].Wall)),
                    Median(costs.Select(r => r[i].Cpu)),
                    Median(costs.Select(r => r[i].PeakMiB))
                )),
        ];
    }

    /// <summary>The costs of each round, one per case.</summary>
    public static async Task<IReadOnlyList<Cost[]>> RoundsAsync(int rounds, Func<Task> prepare, params Func<Task<Cost>>[] cases)
    {
        var all = new List<Cost[]>();
        for (var round = 0; round <= rounds; round++)
        {
            var costs = new Cost[cases.Length];
            for (var i = 0; i < cases.Length; i++)
            {
                await prepare();
                costs[i] = await cases[i]();
            }
            if (round > 0)
                all.Add(costs); // the first round warms up
        }
        return all;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    // VmHWM only grows: the last value read is the peak
    static async Task<double> WatchAsync(Process process)
    {
        var ended = process.WaitForExitAsync();
        double peak = 0;
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, PeakOf(process.Id));
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }
        await ended;
        return peak;
    }

    static double PeakOf(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(':')[1].Replace("kB", "").Trim()) / 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // it has just ended
        }
    }

    static double ChildSeconds()
    {
        Span<long> usage = stackalloc long[18]; // struct rusage: two timevals first
        if (GetUsage(Children, ref usage[0]) != 0)
            throw new InvalidOperationException("getrusage failed");
        return usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, ref long usage);
}
