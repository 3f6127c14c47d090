namespace Trawl.Keyframes;

/// <summary>A frame so small that comparing it costs nothing, and what two of them have in common.</summary>
sealed class SmallPicture
{
    // how far a camera may have moved between two pictures: of each side two fifths, and no more than eight pixels
    const int Farthest = 8;
    const double Reach = 0.4;
    const double Flat = 1;
    const int ChangedBlock = 8;

    readonly byte[] _grey;
    readonly int _width;
    readonly int _height;

    /// <summary>A grey picture; both sides are even.</summary>
    public SmallPicture(ReadOnlySpan<byte> grey, int width, int height)
    {
        (_grey, _width, _height) = (grey.ToArray(), width, height);
        var (sum, squares) = (0L, 0L);
        foreach (var value in grey)
            (sum, squares) = (sum + value, squares + (value * value));
        Mean = sum / (double)grey.Length;
        Spread = Math.Sqrt(Math.Max(0, (squares / (double)grey.Length) - (Mean * Mean)));
    }

    /// <summary>How bright it is, from 0 to 255.</summary>
    public double Mean { get; }

    /// <summary>How much that varies.</summary>
    public double Spread { get; }

    /// <summary>The mean difference of two, in grey levels.</summary>
    public double DifferenceFrom(SmallPicture other) => PixelMath.SumOfDifferences(_grey, other._grey) / (double)_grey.Length;

    /// <summary>In what share of the picture, by blocks of two pixels each way, two differ.</summary>
    public double SpreadOfChange(SmallPicture other)
    {
        var (changed, blocks) = (0, 0);
        for (var y = 0; y + 1 < _height; y += 2)
        for (var x = 0; x + 1 < _width; x += 2, blocks++)
            if (Far(y, x) + Far(y, x + 1) + Far(y + 1, x) + Far(y + 1, x + 1) > 4 * ChangedBlock)
                changed++;
        return changed / (double)Math.Max(1, blocks);

        int Far(int y, int x) => Math.Abs(_grey[(y * _width) + x] - other._grey[(y * _width) + x]);
    }

    /// <summary>How alike two are as they lie: their correlation, from -1 to 1; 0 where one is flat.</summary>
    public double LikenessTo(SmallPicture other) => LikenessTo(other, 0, 0);

    /// <summary>How alike two are wherever the camera has moved: their greatest correlation, from 0 to 1, over all the ways to lay one on the other.</summary>
    public double MovedLikenessTo(SmallPicture other)
    {
        var (across, down) = (Math.Min(Farthest, (int)(_width * Reach)), Math.Min(Farthest, (int)(_height * Reach)));
        var best = 0.0;
        for (var y = -down; y <= down; y++)
        for (var x = -across; x <= across; x++)
            best = Math.Max(best, LikenessTo(other, x, y));
        return best;
    }

    double LikenessTo(SmallPicture other, int right, int down)
    {
        int sumA = 0,
            sumB = 0,
            squaresA = 0,
            squaresB = 0,
            products = 0;
        var (width, height) = (_width - Math.Abs(right), _height - Math.Abs(down));
        for (var y = 0; y < height; y++)
        {
            var a = _grey.AsSpan(((y + Math.Max(0, down)) * _width) + Math.Max(0, right), width);
            var b = other._grey.AsSpan(((y + Math.Max(0, -down)) * _width) + Math.Max(0, -right), width);
            for (var x = 0; x < a.Length; x++)
            {
                int p = a[x],
                    q = b[x];
                sumA += p;
                sumB += q;
                squaresA += p * p;
                squaresB += q * q;
                products += p * q;
            }
        }
        var count = (double)width * height;
        var (meanA, meanB) = (sumA / count, sumB / count);
        var (varianceA, varianceB) = ((squaresA / count) - (meanA * meanA), (squaresB / count) - (meanB * meanB));
        return varianceA <= Flat || varianceB <= Flat ? 0 : ((products / count) - (meanA * meanB)) / Math.Sqrt(varianceA * varianceB);
    }
}
