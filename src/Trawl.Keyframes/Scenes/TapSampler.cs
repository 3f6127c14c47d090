using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Trawl.Keyframes;

/// <summary>
/// Shrinks pictures as OpenCV's bilinear <c>resize</c> does, pixel for pixel: each new pixel is made of the four old ones around its place, however
/// far apart the places are. ffmpeg hands over exactly those four (<see cref="Graph"/>), and they are weighed here.
/// </summary>
sealed class TapSampler
{
    const int LargestSide = 256;
    const int Unit = 2048;
    const int Lanes = 8;

    readonly int _width;
    readonly int _height;
    readonly int[] _across;
    readonly int[] _down;
    readonly int[] _top;
    readonly int[] _bottom;
    readonly int[] _left;
    readonly int[] _right;
    readonly int[] _above;
    readonly int[] _below;

    /// <summary>For pictures of a size.</summary>
    public TapSampler(int width, int height)
    {
        var factor = Math.Max(1, Math.Max(width, height) / (double)LargestSide);
        (_width, _height) = (Math.Max(1, (int)Math.Round(width / factor)), Math.Max(1, (int)Math.Round(height / factor)));
        (_across, _down) = (Weights(width, _width), Weights(height, _height));
        (_top, _bottom) = (new int[_width], new int[_width]);
        (_left, _right) = (Neighbours(width, _width, 0, 3), Neighbours(width, _width, 1, 3));
        (_above, _below) = (Neighbours(height, _height, 0, 1), Neighbours(height, _height, 1, 1));
        // one frame whose left half has the left neighbours, whose upper half the upper ones
        var (x, y) = (Place("X", width, _width), Place("Y", height, _height));
        Graph = $"{RawFrames.ToColours}[f];{Map(x, 2 * _width, 1)}[x];{Map(y, 1, 2 * _height)}[y];[f][x][y]remap=format=color,format=gbrp";
    }

    /// <summary>The width of a small picture.</summary>
    public int Width => _width;

    /// <summary>The height of a small picture.</summary>
    public int Height => _height;

    /// <summary>What is appended to ffmpeg's filter graph so that it hands over the neighbours, as planes of green, blue and red.</summary>
    public string Graph { get; }

    /// <summary>The bytes of one frame of neighbours.</summary>
    public int FrameSize => 3 * 4 * _width * _height;

    /// <summary>Weighs the neighbours and keeps the brightest of each pixel's three colours.</summary>
    /// <param name="neighbours">A frame as ffmpeg handed it over.</param>
    /// <param name="value">The small picture.</param>
    public void Sample(ReadOnlySpan<byte> neighbours, Span<byte> value)
    {
        value.Clear();
        for (var plane = 0; plane < 3; plane++)
        {
            var from = neighbours.Slice(plane * 4 * _width * _height, 4 * _width * _height);
            for (var row = 0; row < _height; row++)
            {
                Weigh(from.Slice(row * 2 * _width, 2 * _width), _top);
                Weigh(from.Slice((row + _height) * 2 * _width, 2 * _width), _bottom);
                Brighten(value.Slice(row * _width, _width), _down[row]);
            }
        }
    }

    /// <summary>The same, from the rows of a decoded picture.</summary>
    public void Sample(ColourRows rows, Span<byte> value)
    {
        value.Clear();
        for (var row = 0; row < _height; row++)
        for (var colour = 0; colour < 3; colour++)
        {
            WeighNeighbours(rows.Row(_above[row])[colour..], _top);
            WeighNeighbours(rows.Row(_below[row])[colour..], _bottom);
            Brighten(value.Slice(row * _width, _width), _down[row]);
        }
    }

    void WeighNeighbours(ReadOnlySpan<byte> pixels, int[] sums)
    {
        var i = 0;
        if (Avx2.IsSupported)
            for (; i + Lanes <= _width; i += Lanes)
            {
                var weight = Vector256.LoadUnsafe(ref _across[i]);
                var sum = (Gathered(pixels, _left, i) * (Vector256.Create(Unit) - weight)) + (Gathered(pixels, _right, i) * weight);
                Vector256.ShiftRightLogical(sum, 4).StoreUnsafe(ref sums[i]);
            }
        for (; i < _width; i++)
            sums[i] = ((pixels[_left[i]] * (Unit - _across[i])) + (pixels[_right[i]] * _across[i])) >> 4;
    }

    // four bytes are read where one is meant; a row has more behind it
    static unsafe Vector256<int> Gathered(ReadOnlySpan<byte> pixels, int[] places, int i)
    {
        fixed (byte* from = pixels)
            return Avx2.GatherVector256((int*)from, Vector256.LoadUnsafe(ref places[i]), 1) & Vector256.Create((int)byte.MaxValue);
    }

    void Weigh(ReadOnlySpan<byte> row, int[] sums)
    {
        var left = row[.._width];
        var right = row[_width..];
        var i = 0;
        for (; i + Lanes <= _width; i += Lanes)
        {
            var weight = Vector256.LoadUnsafe(ref _across[i]);
            var sum = (Widened(left[i..]) * (Vector256.Create(Unit) - weight)) + (Widened(right[i..]) * weight);
            Vector256.ShiftRightLogical(sum, 4).StoreUnsafe(ref sums[i]);
        }
        for (; i < _width; i++)
            sums[i] = ((left[i] * (Unit - _across[i])) + (right[i] * _across[i])) >> 4;
    }

    // the rounding is OpenCV's
    void Brighten(Span<byte> row, int weight)
    {
        var i = 0;
        for (; i + Lanes <= _width; i += Lanes)
        {
            var top = Vector256.ShiftRightLogical(Vector256.LoadUnsafe(ref _top[i]) * (Unit - weight), 16);
            var bottom = Vector256.ShiftRightLogical(Vector256.LoadUnsafe(ref _bottom[i]) * weight, 16);
            var mixed = Vector256.ShiftRightLogical(top + bottom + Vector256.Create(2), 2);
            var brightest = Vector256.Max(mixed, Widened(row[i..]));
            var words = Vector128.Narrow(brightest.GetLower(), brightest.GetUpper());
            BinaryPrimitives.WriteUInt64LittleEndian(row[i..], Vector128.Narrow(words, words).AsUInt64().ToScalar());
        }
        for (; i < _width; i++)
            row[i] = (byte)Math.Max(row[i], ((((Unit - weight) * _top[i]) >> 16) + ((weight * _bottom[i]) >> 16) + 2) >> 2);
    }

    static Vector256<int> Widened(ReadOnlySpan<byte> bytes)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(bytes)).AsByte());
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    static int[] Weights(int from, int to) =>
        [
            .. Enumerable
                .Range(0, to)
                .Select(i =>
                {
                    var place = ((i + 0.5) * from / to) - 0.5;
                    return place <= 0 || place >= from - 1 ? 0 : (int)Math.Round((place - Math.Floor(place)) * Unit);
                }),
        ];

    static int[] Neighbours(int from, int to, int after, int bytes) =>
        [.. Enumerable.Range(0, to).Select(i => bytes * Math.Clamp((int)Math.Floor(((i + 0.5) * from / to) - 0.5) + after, 0, from - 1))];

    // the neighbour at or before the place in the first half, the one after it in the second
    static string Place(string axis, int from, int to) =>
        $"clip(floor((mod({axis}\\,{to})+.5)*{from}/{to}-.5)+floor({axis}/{to})\\,0\\,{from - 1})";

    // computed for one row or column, which is then repeated
    string Map(string place, int width, int height) =>
        $"nullsrc=s={width}x{height}:r=1:d=1,format=gray16le,geq=lum='{place}',scale={2 * _width}:{2 * _height}:flags=neighbor";
}
