using System.Text.RegularExpressions;

namespace Trawl.Tests;

/// <summary>The rules of the house.</summary>
public partial class House
{
    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    // each folder uses only those before it
    static readonly string[] Order = ["Failures", "Json", "Processes", "Http", "Files", "Videos", "Strategies", "Platforms", "Downloads"];

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

    // they read what this program wrote itself, or its operator
    static readonly string[] OwnDocuments =
    [
        "Settings.cs",
        "ServicePages.cs",
        "CanaryCommand.cs",
        "WebhookSender.cs",
        "CookieStore.cs",
        "ProfileMetadata.cs",
    ];

    [Fact]
    public void Foreign_documents_are_read_through_one_door()
    {
        foreach (
            var file in Sources("src")
                .Where(f => !f.Contains("/Trawl.Sandbox/") && !f.Contains("/Trawl/Json/") && !OwnDocuments.Contains(Path.GetFileName(f)))
        )
            OfJson().Match(File.ReadAllText(file)).Value.ShouldBe("", $"{file} reads a document without ForeignJson");
    }

    // what throws at a wrong type, half a character or a name that is there twice
    [GeneratedRegex(
        @"\.TryGetProperty\(|\.GetProperty\(|\.GetString\(\)|JsonNode\.Parse|JsonDocument\.Parse|\.EnumerateObject\(|\.EnumerateArray\("
    )]
    private static partial Regex OfJson();

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
