using Trawl.Failures;

namespace Trawl.Strategies;

/// <summary>Puts strategies in the order a setting names.</summary>
public static class StrategyOrder
{
    /// <summary>The name that leaves the order to experience.</summary>
    public const string Auto = "auto";

    /// <summary>Those of the known strategies an order names, in its order, each once; all of them when there is no order.</summary>
    public static IReadOnlyList<Strategy> Arrange(IReadOnlyList<string>? order, IReadOnlyList<Strategy> known)
    {
        if (order is null || order.Contains(Auto, StringComparer.OrdinalIgnoreCase))
            return known;
        return
        [
            .. order.Distinct(StringComparer.OrdinalIgnoreCase).Select(name => known.FirstOrDefault(s => Is(s, name))).OfType<Strategy>(),
        ];
    }

    /// <summary>Refuses an order that names a strategy nobody has.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, with the names there are.</exception>
    public static void Check(IReadOnlyList<string>? order, IReadOnlyList<Strategy> known)
    {
        var unknown = order?.FirstOrDefault(name => !name.Equals(Auto, StringComparison.OrdinalIgnoreCase) && !known.Any(s => Is(s, name)));
        if (unknown is not null)
            throw new TrawlException(
                FailureKind.Configuration,
                $"There is no strategy \"{unknown}\"; there are {string.Join(", ", known.Select(s => s.Name).Distinct())}."
            );
    }

    static bool Is(Strategy strategy, string name) => strategy.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
