namespace Trawl.Keyframes;

/// <summary>A frame so small that comparing it costs nothing, and what two of them have in common.</summary>
sealed class SmallPicture
{
    /// <summary>The largest part of a picture that a caption covers.</summary>
    public const double LargestCaption = 0.2;

    const double Flat = 1;
    const int ChangedBlock = 8;

    readonly byte[] _grey;
    readonly int _width;
    readonly int _height;

    /// <summary>A grey picture; both sides are even.</summary>
    public SmallPicture(ReadOnlySpan<byte> grey, int width, int height)
    {
        (_grey, _width, _height) = (grey.ToArray(), width, height);
        (Mean, Spread) = PixelMath.MeanAndSpread(grey);
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
    public double LikenessTo(SmallPicture other)
    {
        var products = 0L;
        for (var i = 0; i < _grey.Length; i++)
            products += _grey[i] * other._grey[i];
        return Spread <= Flat || other.Spread <= Flat
            ? 0
            : ((products / (double)_grey.Length) - (Mean * other.Mean)) / (Spread * other.Spread);
    }

    /// <summary>How alike two are wherever the camera has moved: their greatest correlation, from 0 to 1, over all the ways to lay one on the other.</summary>
    public double MovedLikenessTo(SmallPicture other, MovedLikeness moved) => moved.Of(_grey, other._grey);
}
