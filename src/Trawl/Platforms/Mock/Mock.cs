using System.Text.RegularExpressions;
using Trawl.Failures;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.Mock;

/// <summary>
/// A platform that needs no network: items with fixed content, for pipelines that are tried out. Links are
/// <c>https://NAME.example/watch?v=mock_NAME_QUERY_NUMBER</c>; there is no file behind them.
/// </summary>
public static partial class Mock
{
    static readonly string[] Names = ["tiktok", "youtube", "bilibili", "douyin", "mock"];

    /// <summary>Makes it; add it to <c>TrawlOptions.Platforms</c>.</summary>
    public static Platform Create(PlatformParts parts) =>
        new()
        {
            Name = "mock",
            DisplayName = "Mock",
            Capabilities = new PlatformCapabilities { Thumbnails = false },
            Hosts = [.. Names.Select(n => $"{n}.example")],
            Parse = Parse,
            Strategies = [new Invented()],
        };

    /// <summary>The items of a search: at least two, query after query.</summary>
    /// <param name="name">The platform that is mocked.</param>
    /// <param name="queries">What is searched for; at least one.</param>
    /// <param name="count">How many items are wanted.</param>
    public static IReadOnlyList<Video> Search(string name, IReadOnlyList<string> queries, int count) =>
        [.. Enumerable.Range(0, Math.Max(2, count)).Select(j => Item(name, queries[j % queries.Count], j % queries.Count, j))];

    static Video Item(string name, string query, int queryNumber, int number)
    {
        var id = $"mock_{name}_{queryNumber}_{number}";
        return new Video
        {
            Url = Parse($"https://{name}.example/watch?v={id}")!,
            Id = id,
            Caption = $"Mock {char.ToUpperInvariant(name[0])}{name[1..]} Video: {query} #{number + 1}",
            Duration = TimeSpan.FromSeconds(30 + (number % 3 * 15)),
        };
    }

    static VideoUrl? Parse(string link) =>
        Link().Match(link) is { Success: true } match && Names.Contains(match.Groups["name"].Value)
            ? new VideoUrl("mock", LinkKind.Video, match.Groups["id"].Value, null, new Uri(link))
            : null;

    [GeneratedRegex(
        @"^https://(?<name>[a-z]{1,20})\.example/watch\?v=(?<id>mock_\k<name>_(?<query>\d{1,6})_(?<number>\d{1,6}))$",
        RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex Link();

    sealed class Invented : Strategy
    {
        public override string Name => "mock";

        public override Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
        {
            var link = Link().Match(url.Canonical.AbsoluteUri);
            if (!link.Success)
                throw new TrawlException(FailureKind.UnsupportedLink, $"{url} is not one of ours.");
            return Task.FromResult(
                Item(link.Groups["name"].Value, "mock", int.Parse(link.Groups["query"].Value), int.Parse(link.Groups["number"].Value))
            );
        }
    }
}
