using Trawl.Failures;

namespace Trawl.Http;

/// <summary>
/// How many requests one item may cost, over all strategies, retries and redirects. It goes with the flow of the work, as an activity does, so
/// that no strategy can forget to pass it on. A transfer that brought bytes is not counted: long files may be cut off often.
/// </summary>
public sealed class RequestBudget : IDisposable
{
    /// <summary>The detail of the failure that nothing is left.</summary>
    public const string UsedUp = "REQUEST_BUDGET";

    static readonly AsyncLocal<RequestBudget?> Current = new();

    readonly int _most;
    int _spent;

    RequestBudget(int most) => _most = most;

    /// <summary>Begins an item; within another item its budget goes on.</summary>
    /// <param name="most">The most requests.</param>
    /// <returns>Ends the item when disposed; null within another item.</returns>
    public static IDisposable? Begin(int most) => Current.Value is null ? Current.Value = new RequestBudget(most) : null;

    /// <inheritdoc/>
    public void Dispose() => Current.Value = null;

    /// <summary>What the item at hand has cost so far; 0 outside of items.</summary>
    internal static int Spent => Current.Value is { } budget ? Volatile.Read(ref budget._spent) : 0;

    /// <exception cref="TrawlException"><see cref="FailureKind.Unavailable"/> when nothing is left.</exception>
    internal static void Spend()
    {
        if (Current.Value is { } budget && Interlocked.Increment(ref budget._spent) > budget._most)
            throw new TrawlException(FailureKind.Unavailable, $"{budget._most} requests were spent on this video: enough for now.")
            {
                Detail = UsedUp,
            };
    }

    internal static void Refund()
    {
        if (Current.Value is { } budget)
            Interlocked.Decrement(ref budget._spent);
    }
}

/// <summary>Keeps retries from multiplying an outage: one for five first tries in the long run, ten to begin with.</summary>
sealed class RetryBudget
{
    const double PerFirstTry = 0.2;
    const double Most = 10;

    readonly Lock _lock = new();
    double _left = Most;

    public void FirstTry()
    {
        lock (_lock)
            _left = Math.Min(Most, _left + PerFirstTry);
    }

    public bool TryRetry()
    {
        lock (_lock)
        {
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }
}
