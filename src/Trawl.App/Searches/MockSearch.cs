using Trawl.App.Crawls;
using Trawl.Platforms.Mock;

namespace Trawl.App.Searches;

/// <summary>Invents videos, for pipelines that are tried out.</summary>
sealed class MockSearch(string platform) : Searcher
{
    public override string Name => "mock";

    public override Task<IReadOnlyList<Found>> RunAsync(string phrase, int count, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Found>>([
            .. Mock.Search(platform, [phrase], count)
                .Select(v => new Found(platform, v.Id, v.Url.Canonical, v.Caption, Duration: v.Duration)),
        ]);
}
