namespace Trawl.Keyframes;

/// <summary>
/// Finds hard cuts in small grey pictures, every frame of them. A cut is the sharpest change for a while around, changes the picture almost everywhere,
/// and what comes after has nothing to do with what was before: a flash changes everything but keeps the picture's shape, a caption changes a part, a
/// moving camera changes much for many frames. Pure: frames in, cuts out.
/// </summary>
/// <remarks>The weights are those of a logistic regression on half of a corpus of known shots; the other half judged them (docs/keyframes.md).</remarks>
public sealed class ShotDetector
{
    const int Block = 4;
    const double ChangedBlock = 8;
    const double LeastChange = 4;
    const int Peak = 3;
    const int Around = 6;

    const double OfContrast = 1.59;
    const double OfSpread = 1.90;
    const double OfLikeness = -3.77;
    const double Bias = -1.53;

    readonly int _width;
    readonly int _height;
    readonly List<Change> _changes = [];
    byte[] _previous = [];

    /// <summary>For pictures of a size; both sides are multiples of four.</summary>
    public ShotDetector(int width, int height) => (_width, _height) = (width, height);

    /// <summary>Takes the next frame.</summary>
    public void Add(ReadOnlySpan<byte> grey)
    {
        _changes.Add(
            _previous.Length == 0
                ? default
                : new Change(PixelMath.SumOfDifferences(grey, _previous) / (double)grey.Length, Spread(grey), Likeness(grey, _previous))
        );
        _previous = grey.ToArray();
    }

    /// <summary>The frames that start a new shot, in order.</summary>
    public IReadOnlyList<int> Cuts => [.. Enumerable.Range(1, Math.Max(0, _changes.Count - 1)).Where(IsCut)];

    bool IsCut(int frame)
    {
        var (amount, spread, likeness) = _changes[frame];
        if (amount < LeastChange || Neighbours(frame, Peak).Any(a => a > amount))
            return false;
        var around = Neighbours(frame, Around).OrderDescending().Take(2).DefaultIfEmpty(0).Average();
        var contrast = Math.Log((amount + 1) / (around + 1));
        return (OfContrast * contrast) + (OfSpread * spread) + (OfLikeness * likeness) + Bias > 0;
    }

    IEnumerable<double> Neighbours(int frame, int reach)
    {
        for (var i = Math.Max(1, frame - reach); i <= Math.Min(_changes.Count - 1, frame + reach); i++)
            if (i != frame)
                yield return _changes[i].Amount;
    }

    // the share of blocks that changed
    double Spread(ReadOnlySpan<byte> grey)
    {
        var (changed, blocks) = (0, 0);
        for (var top = 0; top + Block <= _height; top += Block)
        for (var left = 0; left + Block <= _width; left += Block, blocks++)
        {
            var sum = 0;
            for (var y = top; y < top + Block; y++)
            for (var x = left; x < left + Block; x++)
                sum += Math.Abs(grey[(y * _width) + x] - _previous[(y * _width) + x]);
            if (sum > ChangedBlock * Block * Block)
                changed++;
        }
        return changed / (double)Math.Max(1, blocks);
    }

    // the correlation of two pictures; 0 where one of them is flat
    static double Likeness(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sumA = 0,
            sumB = 0,
            squaresA = 0,
            squaresB = 0,
            products = 0;
        for (var i = 0; i < a.Length; i++)
        {
            int x = a[i],
                y = b[i];
            sumA += x;
            sumB += y;
            squaresA += x * x;
            squaresB += y * y;
            products += x * y;
        }
        var count = (double)a.Length;
        var (varianceA, varianceB) = (
            (squaresA / count) - (sumA / count * (sumA / count)),
            (squaresB / count) - (sumB / count * (sumB / count))
        );
        return varianceA <= 1 || varianceB <= 1
            ? 0
            : ((products / count) - (sumA / count * (sumB / count))) / Math.Sqrt(varianceA * varianceB);
    }

    readonly record struct Change(double Amount, double Spread, double Likeness);
}
