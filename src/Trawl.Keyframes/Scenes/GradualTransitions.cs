namespace Trawl.Keyframes;

/// <summary>
/// Finds dissolves, slides and fades: places where what was shown a third of a second before has nothing to do with what is shown a third of a second
/// after, while each of the two sides goes on as it is, and places where the picture goes dark in between.
/// </summary>
sealed class GradualTransitions(
    IReadOnlyList<SmallPicture> pictures,
    IReadOnlyList<double> times,
    IReadOnlyList<int> cuts,
    MovedLikeness moved
)
{
    // between pictures further apart a moving camera looks like a transition
    const double LargestStep = 0.1;
    const double HalfSeconds = 0.34;
    const double SideSeconds = 0.2;
    const double ApartSeconds = 0.8;
    const double ClearOfCut = 0.1;
    const double LeastChange = 8;
    const double LikeAsItLies = 0.75; // such a pair is not asked twice
    const double AlikeBetween = 0.5;
    const double AlikeInside = 0.6;

    const double LongestDark = 1;
    const double Dark = 24;
    const double DarkSpread = 8;
    const double AlikeAroundDark = 0.85;

    /// <summary>The pictures in the middle of each, in order.</summary>
    public IReadOnlyList<int> Find()
    {
        List<int> found = [.. ThroughDark().Where(IsClear)];
        if (Count < 3 || times[Count - 1] / Count > LargestStep)
            return found;
        var candidates = Enumerable.Range(1, Math.Max(0, Count - 2)).Select(i => (Picture: i, Contrast: ContrastOf(i)));
        foreach (var (picture, _) in candidates.Where(c => c.Contrast > 0).OrderByDescending(c => c.Contrast))
            if (found.TrueForAll(f => Math.Abs(times[f] - times[picture]) > ApartSeconds))
                found.Add(picture);
        return [.. found.Order()];
    }

    int Count => Math.Min(times.Count, pictures.Count);

    // how much more alike the sides are in themselves than to each other; 0 where they are no sides of a transition
    double ContrastOf(int picture)
    {
        var time = times[picture];
        if (time < HalfSeconds || time + HalfSeconds > times[Count - 1] || !IsClear(picture))
            return 0;
        var (left, right) = (At(time - HalfSeconds), At(time + HalfSeconds));
        var (before, after) = (pictures[left], pictures[right]);
        if (
            before.DifferenceFrom(after) < LeastChange
            || before.LikenessTo(after) > LikeAsItLies
            || before.SpreadOfChange(after) < SmallPicture.LargestCaption
        )
            return 0;
        var between = before.MovedLikenessTo(after, moved);
        if (between > AlikeBetween)
            return 0;
        var (start, end) = (
            At(Math.Max(CutBefore(left), times[left] - SideSeconds)),
            At(Math.Min(CutAfter(right), times[right] + SideSeconds))
        );
        var inside = Math.Min(start < left ? Inside(start, left) : 0, end > right ? Inside(right, end) : 0);
        return inside < AlikeInside ? 0 : inside - between;
    }

    double Inside(int from, int to) => pictures[from].MovedLikenessTo(pictures[to], moved);

    IEnumerable<int> ThroughDark()
    {
        for (var from = 1; from < Count; from++)
        {
            if (!IsDark(from))
                continue;
            var to = from;
            while (to + 1 < Count && IsDark(to + 1))
                to++;
            if (
                to + 1 < Count
                && !IsDark(from - 1)
                && times[to] - times[from] <= LongestDark
                && pictures[At(Math.Max(0, times[from] - HalfSeconds))].MovedLikenessTo(pictures[At(times[to] + HalfSeconds)], moved)
                    < AlikeAroundDark
            )
                yield return (from + to) / 2;
            from = to;
        }
    }

    bool IsDark(int picture) => pictures[picture].Mean < Dark && pictures[picture].Spread < DarkSpread;

    bool IsClear(int picture) =>
        !cuts.Any(c => times[c] > times[picture] - HalfSeconds && times[c] < times[picture] + HalfSeconds + ClearOfCut);

    double CutBefore(int picture) => cuts.Where(c => c <= picture).Select(c => times[c]).DefaultIfEmpty(0).Last();

    // the last picture before it
    double CutAfter(int picture) => cuts.Where(c => c > picture).Select(c => times[c - 1]).FirstOrDefault(double.MaxValue);

    // the first picture at a time or after it
    int At(double time)
    {
        const double Rounding = 0.002;
        var (low, high) = (0, Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times[middle] < time - Rounding)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
