using Trawl.Failures;

namespace Trawl.Strategies;

/// <summary>Puts strategies in the order a setting names.</summary>
public static class StrategyOrder
{
    /// <summary>The named strategies in the named order; each name once.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/> for a name nobody has.</exception>
    public static IReadOnlyList<Strategy> Arrange(IReadOnlyList<string> order, IReadOnlyList<Strategy> known) =>
        [
            .. order
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(name =>
                    known.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    ?? throw new TrawlException(
                        FailureKind.Configuration,
                        $"There is no strategy \"{name}\"; there are {string.Join(", ", known.Select(s => s.Name))}."
                    )
                ),
        ];
}
