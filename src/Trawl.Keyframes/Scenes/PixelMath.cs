using System.Numerics;

namespace Trawl.Keyframes;

/// <summary>What is done to every pixel, many at a time.</summary>
static class PixelMath
{
    // so many bytes can be added up in 16 bits without overflow
    const int LongestRun = ushort.MaxValue / byte.MaxValue;

    /// <summary>The sum of the absolute differences of two pictures.</summary>
    public static long SumOfDifferences(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        var i = 0;
        var width = Vector<byte>.Count;
        while (i + width <= a.Length)
        {
            var (low, high) = (Vector<ushort>.Zero, Vector<ushort>.Zero);
            for (var run = 0; run < LongestRun && i + width <= a.Length; run++, i += width)
            {
                var (x, y) = (new Vector<byte>(a[i..]), new Vector<byte>(b[i..]));
                Vector.Widen(Vector.Max(x, y) - Vector.Min(x, y), out var l, out var h);
                low += l;
                high += h;
            }
            Vector.Widen(low, out var a1, out var a2);
            Vector.Widen(high, out var b1, out var b2);
            sum += Vector.Sum(a1 + a2 + b1 + b2);
        }
        for (; i < a.Length; i++)
            sum += Math.Abs(a[i] - b[i]);
        return sum;
    }

    /// <summary>The sum of values and the sum of their squares.</summary>
    public static (long Sum, long Squares) Sums(ReadOnlySpan<byte> values)
    {
        var (sum, squares) = (0L, 0L);
        var i = 0;
        var width = Vector<byte>.Count;
        while (i + width <= values.Length)
        {
            // 257 times four squares of bytes still fit into 32 bits
            var (values32, squares32) = (Vector<uint>.Zero, Vector<uint>.Zero);
            for (var run = 0; run < LongestRun && i + width <= values.Length; run++, i += width)
            {
                Vector.Widen(new Vector<byte>(values[i..]), out var low, out var high);
                Vector.Widen(low + high, out var a, out var b);
                values32 += a + b;
                Vector.Widen(low * low, out var c, out var d);
                Vector.Widen(high * high, out var e, out var f);
                squares32 += c + d + e + f;
            }
            sum += Vector.Sum(values32);
            Vector.Widen(squares32, out var lowSquares, out var highSquares);
            squares += (long)Vector.Sum(lowSquares + highSquares);
        }
        for (; i < values.Length; i++)
            (sum, squares) = (sum + values[i], squares + (values[i] * values[i]));
        return (sum, squares);
    }

    /// <summary>The mean of values and their standard deviation.</summary>
    public static (double Mean, double Spread) MeanAndSpread(ReadOnlySpan<byte> values)
    {
        var (sum, squares) = Sums(values);
        var mean = sum / (double)values.Length;
        return (mean, Math.Sqrt(Math.Max(0, (squares / (double)values.Length) - (mean * mean))));
    }

    /// <summary>The grey of a picture in blue, green and red, by the weights of BT.601.</summary>
    public static void ToGrey(ReadOnlySpan<byte> colours, Span<byte> grey)
    {
        for (var i = 0; i < grey.Length; i++)
            grey[i] = (byte)(((1868 * colours[3 * i]) + (9617 * colours[(3 * i) + 1]) + (4899 * colours[(3 * i) + 2]) + 8192) >> 14);
    }

    /// <summary>
    /// How sharp a grey picture is: the variance of its Laplacian (each pixel's four neighbours less four times itself, mirrored at the edges).
    /// </summary>
    public static double Sharpness(ReadOnlySpan<byte> grey, int width, int height)
    {
        if (width < 2 || height < 2)
            return 0;
        var (sum, squares) = (0L, 0L);
        for (var y = 0; y < height; y++)
        {
            var above = grey.Slice((y == 0 ? 1 : y - 1) * width, width);
            var row = grey.Slice(y * width, width);
            var below = grey.Slice((y == height - 1 ? height - 2 : y + 1) * width, width);
            Add(above[0] + below[0] + (2 * row[1]) - (4 * row[0]), ref sum, ref squares);
            Add(above[^1] + below[^1] + (2 * row[^2]) - (4 * row[^1]), ref sum, ref squares);
            AddInner(above, row, below, ref sum, ref squares);
        }
        var count = (double)width * height;
        return (squares / count) - (sum / count * (sum / count));
    }

    static void AddInner(ReadOnlySpan<byte> above, ReadOnlySpan<byte> row, ReadOnlySpan<byte> below, ref long sum, ref long squares)
    {
        var width = Vector<byte>.Count;
        var x = 1;
        for (; x + width < row.Length; x += width)
        {
            Vector.Widen(new Vector<byte>(above[x..]), out var a1, out var a2);
            Vector.Widen(new Vector<byte>(below[x..]), out var b1, out var b2);
            Vector.Widen(new Vector<byte>(row[(x - 1)..]), out var l1, out var l2);
            Vector.Widen(new Vector<byte>(row[(x + 1)..]), out var r1, out var r2);
            Vector.Widen(new Vector<byte>(row[x..]), out var m1, out var m2);
            AddUp(Vector.AsVectorInt16(a1 + b1 + l1 + r1 - (m1 * 4)), ref sum, ref squares);
            AddUp(Vector.AsVectorInt16(a2 + b2 + l2 + r2 - (m2 * 4)), ref sum, ref squares);
        }
        for (; x < row.Length - 1; x++)
            Add(above[x] + below[x] + row[x - 1] + row[x + 1] - (4 * row[x]), ref sum, ref squares);
    }

    static void AddUp(Vector<short> values, ref long sum, ref long squares)
    {
        Vector.Widen(values, out var low, out var high);
        sum += Vector.Sum(low + high);
        squares += Vector.Sum((low * low) + (high * high)); // 16 values of at most 1020 squared
    }

    static void Add(int value, ref long sum, ref long squares)
    {
        sum += value;
        squares += (long)value * value;
    }
}
