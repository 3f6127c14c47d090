namespace Trawl.Keyframes;

/// <summary>Where a shot starts.</summary>
/// <param name="Picture">The first picture of it; of a gradual transition the one in its middle.</param>
/// <param name="IsGradual">Whether it comes by a dissolve, a slide or a fade.</param>
public readonly record struct ShotStart(int Picture, bool IsGradual);

/// <summary>
/// Finds where shots begin in small grey pictures of a video. A cut is the sharpest change for a while around, changes much of the picture, and what
/// comes after has nothing to do with what was before, wherever the camera may have moved: a flash goes back, a caption changes a part, a moving
/// camera shows the same place. Dissolves and fades are left to <see cref="GradualTransitions"/>. Pure: pictures in, shots out.
/// </summary>
/// <remarks>The weights are those of a logistic regression on half of a corpus of known shots; the other half judged them (docs/keyframes.md).</remarks>
public sealed class ShotDetector
{
    const double LeastChange = 4;
    const int Peak = 2;
    const int Around = 4;
    const double FlashSeconds = 0.21;
    const double BackAgain = 0.3;

    const double OfCalmerSide = 0.85;
    const double OfBusierSide = 1.35;
    const double OfSpread = 1.25;
    const double OfLikeness = -4.14;
    const double Bias = -1.05;

    readonly int _width;
    readonly int _height;
    readonly MovedLikeness _moved;
    readonly List<SmallPicture> _pictures = [];
    readonly List<(double Amount, double Spread)> _changes = [];

    /// <summary>For pictures of a size; both sides are even.</summary>
    public ShotDetector(int width, int height) => (_width, _height, _moved) = (width, height, new MovedLikeness(width, height));

    /// <summary>Takes the next picture.</summary>
    public void Add(ReadOnlySpan<byte> grey)
    {
        var picture = new SmallPicture(grey, _width, _height);
        _changes.Add(_pictures is [.., var previous] ? (picture.DifferenceFrom(previous), picture.SpreadOfChange(previous)) : default);
        _pictures.Add(picture);
    }

    /// <summary>Where new shots start, in order.</summary>
    /// <param name="times">When each picture was shown, in seconds.</param>
    public IReadOnlyList<ShotStart> Find(IReadOnlyList<double> times)
    {
        var count = Math.Min(times.Count, _pictures.Count);
        List<int> cuts = [.. Enumerable.Range(1, Math.Max(0, count - 1)).Where(i => IsCut(i, times, count))];
        var gradual = new GradualTransitions(_pictures, times, cuts, _moved).Find();
        return [.. cuts.Select(c => new ShotStart(c, false)).Concat(gradual.Select(g => new ShotStart(g, true))).OrderBy(s => s.Picture)];
    }

    bool IsCut(int picture, IReadOnlyList<double> times, int count)
    {
        var (amount, spread) = _changes[picture];
        if (amount < LeastChange || spread < SmallPicture.LargestCaption)
            return false;
        if (Changes(picture - Peak, picture).Concat(Changes(picture + 1, picture + Peak + 1)).Any(a => a > amount))
            return false;
        if (IsFlash(picture, times, count))
            return false;
        var (before, after) = (Contrast(amount, picture - Around, picture), Contrast(amount, picture + 1, picture + Around + 1));
        return (OfCalmerSide * Math.Max(before, after))
                + (OfBusierSide * Math.Min(before, after))
                + (OfSpread * spread)
                + (OfLikeness * _pictures[picture].MovedLikenessTo(_pictures[picture - 1], _moved))
                + Bias
            > 0;
    }

    // how much the change stands out from the two largest on one side
    double Contrast(double amount, int from, int to) =>
        Math.Log((amount + 1) / (Changes(from, to).OrderDescending().Take(2).DefaultIfEmpty(0).Average() + 1));

    IEnumerable<double> Changes(int from, int to)
    {
        for (var i = Math.Max(1, from); i < Math.Min(_changes.Count, to); i++)
            yield return _changes[i].Amount;
    }

    // a picture like the one before comes soon after, or one like this was there shortly before
    bool IsFlash(int picture, IReadOnlyList<double> times, int count)
    {
        var (before, after) = (_pictures[picture - 1], _pictures[picture]);
        var back = BackAgain * _changes[picture].Amount;
        for (var i = picture + 1; i < count && times[i] - times[picture] <= FlashSeconds; i++)
            if (_pictures[i].DifferenceFrom(before) < back)
                return true;
        for (var i = picture - 2; i >= 0 && times[picture - 1] - times[i] <= FlashSeconds; i--)
            if (_pictures[i].DifferenceFrom(after) < back)
                return true;
        return false;
    }
}
