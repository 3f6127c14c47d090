using System.Globalization;
using System.Text;
using System.Text.Json;
using Trawl.Keyframes;

namespace Trawl.Benchmarks;

/// <summary>
/// Shot detection and pictures on a corpus whose shots are known (<c>TRAWL_CORPUS</c>, a folder with truth.json): how right they are, and what they cost
/// as a multiple of decoding the same files with one thread and doing nothing with them.
/// </summary>
sealed class KeyframeBench(string corpus, Report report)
{
    const double Tolerance = 0.2;

    /// <summary>Measures each mode.</summary>
    public async Task RunAsync(IReadOnlyList<KeyframeMode> modes)
    {
        var truths = Truth.Read(corpus);
        Console.Error.WriteLine(
            $"{truths.Count} files, {truths.Sum(t => t.Duration) / 60:0.0} minutes, {truths.Sum(t => t.Cuts.Count)} cuts, {truths.Sum(t => t.Gradual.Count)} gradual"
        );
        foreach (var mode in modes)
            await RunAsync(mode, truths);
    }

    async Task RunAsync(KeyframeMode mode, IReadOnlyList<Truth> truths)
    {
        var extractors = new ExtractorPool(new Ffmpeg(), new KeyframeOptions { Mode = mode, Most = 0 }, [Paths.Trawl, "extractor"]);
        var name = mode.ToString().ToLowerInvariant();
        var groups = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        var (all, nominal) = (new Tally(), new Tally());
        var (before, floor) = (Measure.Seconds(), 0.0);
        foreach (var truth in truths)
        {
            // in turns, because the machine is not equally fast all the time
            floor += (await Measure.RunAsync($"exec ffmpeg -v error -nostdin -threads 1 -i '{truth.Path}' -map 0:v:0 -f null -")).Cpu;
            var folder = Directory.CreateTempSubdirectory("trawl-bench-");
            var set = await extractors.RunAsync(truth.Path, folder.FullName, sheet: null);
            folder.Delete(recursive: true);
            foreach (var tally in (Tally[])[all, Of(groups, truth.Profile)])
                tally.Add(truth, set, Tolerance);
            nominal.Add(truth, ByNominalRate(set, truth), Tolerance);
        }
        await extractors.DisposeAsync();
        var (cost, minutes) = (Measure.Seconds() - before - floor, truths.Sum(t => t.Duration) / 60);
        foreach (var (profile, tally) in groups)
            Console.Error.WriteLine($"  {name} {profile, -10} {tally}");
        Console.Error.WriteLine($"  {name} {"all", -10} {all}");
        if (mode == KeyframeMode.Scene)
            Console.Error.WriteLine($"  {name} with times by the nominal frame rate, as the reference counts them: {nominal}");
        report(
            $"{name}: detection and pictures, CPU per minute of video",
            $"{cost / minutes:0.00} s",
            $"decoding alone, one thread {floor / minutes:0.00} s",
            cost / floor,
            Goal(mode)
        );
    }

    // wrong where frames are shown for unequal times
    static KeyframeSet ByNominalRate(KeyframeSet set, Truth truth) =>
        set with
        {
            Scenes = [.. set.Scenes.Select(s => s with { Start = s.StartFrame / truth.Rate, End = s.EndFrame / truth.Rate })],
        };

    static Tally Of(SortedDictionary<string, Tally> groups, string profile) =>
        groups.TryGetValue(profile, out var tally) ? tally : groups[profile] = new Tally();

    static string Goal(KeyframeMode mode) =>
        mode switch
        {
            KeyframeMode.Scene => "<= 1.9x",
            KeyframeMode.ScenePlus => "<= 1.15x",
            KeyframeMode.Fast => "<= 0.75x",
            _ => "",
        };
}

/// <summary>What is known of a file.</summary>
sealed record Truth(
    string Path,
    string Profile,
    double Duration,
    double Rate,
    IReadOnlyList<double> Cuts,
    IReadOnlyList<(double Start, double End)> Gradual,
    IReadOnlyList<(double Time, string Kind)> Traps
)
{
    /// <summary>Its shots: between the cuts and the middles of the gradual transitions.</summary>
    public IEnumerable<(double Start, double End)> Shots
    {
        get
        {
            double[] edges = [0, .. Cuts.Concat(Gradual.Select(g => (g.Start + g.End) / 2)).Order(), Duration];
            return edges.Zip(edges.Skip(1));
        }
    }

    public static IReadOnlyList<Truth> Read(string corpus)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(corpus, "truth.json")));
        return
        [
            .. json
                .RootElement.EnumerateArray()
                .Where(e => e.GetProperty("kind").GetString() == "valid")
                .Select(e =>
                {
                    var fps = e.GetProperty("fps").GetDouble();
                    return new Truth(
                        System.IO.Path.Combine(corpus, e.GetProperty("file").GetString()!),
                        e.GetProperty("profile").GetString()!,
                        e.GetProperty("duration").GetDouble(),
                        fps,
                        [.. e.GetProperty("cuts").EnumerateArray().Select(c => c.GetDouble() / fps)],
                        [.. e.GetProperty("gradual").EnumerateArray().Select(g => (g[0].GetDouble() / fps, g[1].GetDouble() / fps))],
                        [.. e.GetProperty("traps").EnumerateArray().Select(t => (t[0].GetDouble() / fps, t[1].GetString()!))]
                    );
                }),
        ];
    }
}

/// <summary>How right an answer was, added up.</summary>
sealed class Tally
{
    readonly SortedDictionary<string, int> _traps = new(StringComparer.Ordinal);
    int _hits;
    int _wrong;
    int _missed;
    int _gradual;
    int _allGradual;
    int _shots;
    int _covered;
    int _pictures;

    public void Add(Truth truth, KeyframeSet set, double tolerance)
    {
        var said = set.Scenes.Skip(1).Select(s => s.Start).Where(s => s > 0.05).ToList();
        var pairs = said.SelectMany((s, i) => truth.Cuts.Select((c, j) => (Far: Math.Abs(s - c), i, j)))
            .Where(p => p.Far <= tolerance + 1e-6)
            .Order()
            .ToList();
        var (used, found, seen) = (new HashSet<int>(), new HashSet<int>(), new HashSet<int>());
        foreach (var (_, i, j) in pairs)
            if (!used.Contains(i) && !found.Contains(j))
                _ = used.Add(i) && found.Add(j);
        foreach (var time in said.Where((_, i) => !used.Contains(i)))
        {
            var at = truth.Gradual.ToList().FindIndex(g => time >= g.Start - tolerance && time <= g.End + tolerance);
            if (at >= 0 && seen.Add(at))
                continue;
            _wrong++;
            if (truth.Traps.FirstOrDefault(t => t.Kind != "object" && Math.Abs(t.Time - time) <= 0.25) is { Kind: { } kind })
                _traps[kind] = _traps.GetValueOrDefault(kind) + 1;
        }
        _hits += found.Count;
        _missed += truth.Cuts.Count - found.Count;
        _gradual += seen.Count;
        _allGradual += truth.Gradual.Count;
        var shots = truth.Shots.ToList();
        _shots += shots.Count;
        _covered += shots.Count(s => set.Keyframes.Any(k => k.Time >= s.Start && k.Time < s.End));
        _pictures += set.Keyframes.Count;
    }

    public override string ToString()
    {
        var (precision, recall) = (100.0 * _hits / Math.Max(1, _hits + _wrong), 100.0 * _hits / Math.Max(1, _hits + _missed));
        var f1 = 2 * precision * recall / Math.Max(1e-9, precision + recall);
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"P {precision:0.0} R {recall:0.0} F1 {f1:0.0}, gradual {_gradual} of {_allGradual}, shots with a picture {100.0 * _covered / Math.Max(1, _shots):0.0} %, pictures a shot {_pictures / (double)Math.Max(1, _shots):0.00}"
        );
        foreach (var (kind, count) in _traps)
            text.Append(CultureInfo.InvariantCulture, $", {kind} {count}");
        return text.ToString();
    }
}
