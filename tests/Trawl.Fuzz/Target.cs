using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using Trawl.Failures;

namespace Trawl.Fuzz;

/// <summary>Something that reads foreign data.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Seeds">Good examples.</param>
/// <param name="Read">Reads one; it may throw nothing but a failure of ours.</param>
/// <param name="Refusals">What else it may throw by its contract.</param>
sealed record Target(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Read, params Type[] Refusals)
{
    static readonly TimeSpan MostCpu = TimeSpan.FromMilliseconds(250);

    /// <summary>Makes one of texts.</summary>
    public static Target OfText(string name, IEnumerable<string> seeds, Action<string> read, params Type[] refusals) =>
        new(name, [.. seeds.Select(Encoding.UTF8.GetBytes)], bytes => read(Encoding.UTF8.GetString(bytes)), refusals);

    /// <summary>Reads many inputs nobody thought of.</summary>
    /// <param name="inputs">How many.</param>
    public void Run(long inputs)
    {
        foreach (var seed in Seeds)
            for (var i = 0; i < 40; i++)
                Try(seed); // what is compiled first is not the input's cost
        Mutation.Of(Seeds).Sample(Check, iter: inputs, print: Shown);
    }

    void Check(byte[] input)
    {
        var cpu = Cpu(input);
        // again: the collector may have chosen this moment
        for (var i = 0; i < 3 && cpu > MostCpu; i++)
            cpu = Cpu(input);
        if (cpu > MostCpu)
            throw new InvalidOperationException($"{Name} took {cpu.TotalMilliseconds:0} ms of CPU for {input.Length} bytes.");
    }

    TimeSpan Cpu(byte[] input)
    {
        var before = ThreadCpu();
        Try(input);
        return ThreadCpu() - before;
    }

    void Try(byte[] input)
    {
        try
        {
            Read(input);
        }
        catch (TrawlException e) when (e.Kind != FailureKind.Defect)
        {
            // its own failure
        }
        catch (Exception e) when (Refusals.Contains(e.GetType()))
        {
            // what its contract says
        }
    }

    // the whole input goes to a file; a finding becomes a test of its own
    string Shown(byte[] input)
    {
        var file = Path.Combine(Path.GetTempPath(), $"trawl-fuzz-{Name.Replace(' ', '-')}");
        File.WriteAllBytes(file, input);
        return $"{file}: {Encoding.UTF8.GetString(input.AsSpan(0, Math.Min(input.Length, 300)))}";
    }

    static TimeSpan ThreadCpu()
    {
        const int OfThread = 3;
        return GetTime(OfThread, out var time) == 0 ? TimeSpan.FromTicks((time.Seconds * 10_000_000) + (time.Nanoseconds / 100)) : default;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int GetTime(int clock, out TimeSpec time);
}
