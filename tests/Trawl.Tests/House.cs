using System.Text.RegularExpressions;

namespace Trawl.Tests;

/// <summary>The rules of the house.</summary>
public partial class House
{
    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    // each folder uses only those before it
    static readonly string[] Order = ["Failures", "Processes", "Http", "Files", "Videos", "Strategies", "Platforms", "Downloads"];

    [Fact]
    public void Folders_depend_only_on_those_before_them()
    {
        foreach (var file in Sources("src/Trawl"))
        {
            var folder = Path.GetRelativePath(Path.Combine(Root, "src", "Trawl"), file).Split(Path.DirectorySeparatorChar)[0];
            var rank = Array.IndexOf(Order, folder);
            if (rank < 0)
                continue; // the front door
            var later = Using()
                .Matches(File.ReadAllText(file))
                .Select(m => m.Groups["folder"].Value)
                .Where(f => Array.IndexOf(Order, f) > rank);
            later.ShouldBeEmpty($"{file} looks ahead");
        }
    }

    [Fact]
    public void Outbuildings_do_not_know_each_other()
    {
        string[] outbuildings = ["Trawl.Keyframes", "Trawl.Browser", "Trawl.Sandbox"];
        foreach (var one in outbuildings)
        foreach (var other in outbuildings.Where(o => o != one))
            File.ReadAllText(Path.Combine(Root, "src", one, $"{one}.csproj")).ShouldNotContain(other);
    }

    [Fact]
    public void Files_stay_small()
    {
        foreach (var file in Sources("src"))
            File.ReadLines(file).Count().ShouldBeLessThan(420, file);
    }

    [Fact]
    public void Every_promise_has_its_test()
    {
        var tests = string.Concat(Sources("tests").Select(File.ReadAllText));
        var promises = File.ReadLines(Path.Combine(Root, "docs", "acceptance.md"))
            .Where(l => l.EndsWith("` |", StringComparison.Ordinal))
            .ToList();

        promises.Count.ShouldBe(33);
        foreach (var promise in promises)
        {
            var names = promise.Split('`')[1].Split('.');
            tests.ShouldMatch($@"class {names[0]}\b");
            tests.ShouldMatch($@"public (async Task|void) {names[1]}\(");
        }
    }

    static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/") && !f.Contains("/bin/"));

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Trawl.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"(?:^using |\s)Trawl\.(?<folder>\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();
}
