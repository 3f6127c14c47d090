using System.Numerics;
using System.Runtime.CompilerServices;

namespace Trawl.Keyframes;

/// <summary>
/// Lays one small picture on another in every way a moving camera may have shown both, and correlates them where they lie on each other.
/// </summary>
sealed class MovedLikeness
{
    // how far a camera may have moved: of each side two fifths, and no more than eight pixels
    const int Farthest = 8;
    const double Reach = 0.4;
    const double Flat = 1;

    readonly int _width;
    readonly int _height;
    readonly int _stride;
    readonly Plane _one;
    readonly Plane _other;

    /// <summary>For pictures of a size.</summary>
    public MovedLikeness(int width, int height)
    {
        (_width, _height) = (width, height);
        // behind each row lie zeros: what lies on them adds nothing
        _stride = width + Farthest + (2 * Vector<float>.Count);
        (_one, _other) = (new Plane(width, height, _stride), new Plane(width, height, _stride));
    }

    /// <summary>The greatest correlation of two pictures, from 0 to 1; 0 where one is flat.</summary>
    public double Of(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        _one.Fill(one);
        _other.Fill(other);
        var (across, down) = (Math.Min(Farthest, (int)(_width * Reach)), Math.Min(Farthest, (int)(_height * Reach)));
        var best = 0.0;
        for (var y = -down; y <= down; y++)
        for (var x = -across; x <= across; x++)
            best = Math.Max(best, Correlation(x, y));
        return best;
    }

    // compiled well at once: a video asks for it some hundred thousand times, and a program may look at one video only
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Correlation(int right, int down)
    {
        var (left, top, otherLeft, otherTop) = (Math.Max(0, right), Math.Max(0, down), Math.Max(0, -right), Math.Max(0, -down));
        var (width, height) = (_width - Math.Abs(right), _height - Math.Abs(down));
        var count = (double)width * height;
        var (mean, variance) = _one.Moments(left, top, width, height);
        var (otherMean, otherVariance) = _other.Moments(otherLeft, otherTop, width, height);
        if (variance <= Flat || otherVariance <= Flat)
            return 0;
        var products = Vector<float>.Zero;
        for (var y = 0; y < height; y++)
        {
            var a = _one.Values.AsSpan(((top + y) * _stride) + left);
            var b = _other.Values.AsSpan(((otherTop + y) * _stride) + otherLeft);
            for (var x = 0; x < width; x += Vector<float>.Count)
                products += new Vector<float>(a[x..]) * new Vector<float>(b[x..]);
        }
        return ((Vector.Sum(products) / count) - (mean * otherMean)) / Math.Sqrt(variance * otherVariance);
    }

    // a picture in rows with room behind, and the sums of all rectangles that begin at its corner
    sealed class Plane(int width, int height, int stride)
    {
        readonly long[] _sums = new long[(width + 1) * (height + 1)];
        readonly long[] _squares = new long[(width + 1) * (height + 1)];

        public float[] Values { get; } = new float[stride * (height + 1)];

        public void Fill(ReadOnlySpan<byte> grey)
        {
            for (var y = 0; y < height; y++)
            {
                var (sum, squares) = (0L, 0L);
                for (var x = 0; x < width; x++)
                {
                    int value = grey[(y * width) + x];
                    Values[(y * stride) + x] = value;
                    (sum, squares) = (sum + value, squares + (value * value));
                    var at = ((y + 1) * (width + 1)) + x + 1;
                    _sums[at] = _sums[at - width - 1] + sum;
                    _squares[at] = _squares[at - width - 1] + squares;
                }
            }
        }

        public (double Mean, double Variance) Moments(int left, int top, int across, int down)
        {
            var count = (double)across * down;
            var mean = In(_sums) / count;
            return (mean, (In(_squares) / count) - (mean * mean));

            long In(long[] table)
            {
                var (first, last) = (top * (width + 1), (top + down) * (width + 1));
                return table[last + left + across] - table[last + left] - table[first + left + across] + table[first + left];
            }
        }
    }
}
