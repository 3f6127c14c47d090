using System.Globalization;
using System.Text.RegularExpressions;

namespace Trawl.Tests.Downloads.Faults;

/// <summary>The table in docs/faults.md: a row for each fault, a column for each strategy. A changed cell is a changed promise.</summary>
static partial class FaultTable
{
    static readonly string Path = System.IO.Path.Combine(House.Root, "docs", "faults.md");
    static readonly string[] Columns = ["web", "tikwm", "scrapling-api", "yt-dlp"];
    static readonly Lock Turn = new();

    /// <summary>Checks a cell; with TRAWL_APPROVE=1 writes it.</summary>
    public static void Check(Fault fault, string strategy, string cell)
    {
        if (Environment.GetEnvironmentVariable("TRAWL_APPROVE") == "1")
            Write(fault, strategy, cell);
        var row = Row(fault.Number);
        row[1].ShouldBe(fault.What);
        var documented = row[2 + Array.IndexOf(Columns, strategy)];
        Timeless(cell).ShouldBe(Timeless(documented));
        var (is_, was) = (Seconds(cell), Seconds(documented));
        // the clock moves in steps of five seconds while nothing else does
        Math.Abs(is_ - was).ShouldBeLessThanOrEqualTo(Math.Max(10, was / 10), $"{cell}, documented {documented}");
    }

    /// <summary>The cells of a row: number, fault, then one for each strategy.</summary>
    public static string[] Row(string number)
    {
        lock (Turn)
            return Cells(File.ReadAllLines(Path).SingleOrDefault(l => l.StartsWith($"| {number} |", StringComparison.Ordinal)) ?? "");
    }

    /// <summary>All numbers that have a row.</summary>
    public static IEnumerable<string> Numbers =>
        File.ReadAllLines(Path).Select(l => FirstCell().Match(l)).Where(m => m.Success).Select(m => m.Groups["number"].Value);

    static void Write(Fault fault, string strategy, string cell)
    {
        lock (Turn)
        {
            var lines = File.ReadAllLines(Path).ToList();
            var at = lines.FindIndex(l => l.StartsWith($"| {fault.Number} |", StringComparison.Ordinal));
            var cells = at < 0 ? [fault.Number, "", "", "", "", ""] : Cells(lines[at]);
            (cells[1], cells[2 + Array.IndexOf(Columns, strategy)]) = (fault.What, cell);
            var row = $"| {string.Join(" | ", cells)} |";
            if (at < 0)
                lines.Add(row);
            else
                lines[at] = row;
            File.WriteAllLines(Path, lines);
        }
    }

    static string[] Cells(string line)
    {
        var cells = line.Split('|', StringSplitOptions.TrimEntries);
        return cells.Length == Columns.Length + 4 ? cells[1..^1] : ["", "", "", "", "", ""];
    }

    static string Timeless(string cell) => Time().Replace(cell, "N s");

    static double Seconds(string cell) =>
        Time().Match(cell) is { Success: true } match ? double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\b(?<seconds>\d+) s\b", RegexOptions.NonBacktracking)]
    private static partial Regex Time();

    [GeneratedRegex(@"^\| (?<number>\d+[a-e]?) \|", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FirstCell();
}
