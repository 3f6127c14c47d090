namespace Trawl.Http;

/// <summary>How long somebody who failed is left alone: twice as long after each failure in a row.</summary>
/// <param name="First">The pause after the first failure.</param>
/// <param name="Longest">No pause is longer.</param>
sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    const int MostDoublings = 10;

    /// <summary>The pause after so many failures before this one.</summary>
    public TimeSpan After(int earlier)
    {
        var pause = First * Math.Pow(2, Math.Min(earlier, MostDoublings));
        return pause < Longest ? pause : Longest;
    }
}
