using System.Numerics;

namespace Trawl.Keyframes;

/// <summary>A frame as it was taken out of the video, and what it is like.</summary>
/// <param name="Frame">Its number.</param>
/// <param name="Path">Its file.</param>
/// <param name="Sharpness">The variance of the Laplacian of its grey picture in full size.</param>
/// <param name="Mean">How bright it is, from 0 to 255.</param>
/// <param name="Spread">How much that varies.</param>
/// <param name="Hash">What it looks like (<see cref="PictureHash"/>).</param>
sealed record Picture(int Frame, string Path, double Sharpness, double Mean, double Spread, ulong Hash)
{
    const double Flat = 8;
    const double Dark = 32;
    const double Bright = 224;

    /// <summary>Whether there is nothing to see.</summary>
    public string? Emptiness =>
        Spread >= Flat ? null
        : Mean <= Dark ? "black"
        : Mean >= Bright ? "white"
        : null;

    /// <summary>Measures a picture; whose it is must be added.</summary>
    public static Picture Measure(ReadOnlySpan<byte> grey, int width, int height)
    {
        var (mean, spread) = PixelMath.MeanAndSpread(grey);
        return new Picture(0, "", PixelMath.Sharpness(grey, width, height), mean, spread, PictureHash.Of(grey, width, height));
    }

    /// <summary>Gives it its name in a folder, as a keyframe.</summary>
    public Keyframe KeepAs(int number, Scene scene, double time, string why, string folder, KeyframeOptions options)
    {
        var path = System.IO.Path.Combine(folder, options.NameOf(number, time));
        File.Move(Path, path, overwrite: true);
        return new Keyframe(scene, number, time, Frame, path)
        {
            Sharpness = Sharpness,
            IsSoft = Sharpness < options.LeastSharpness,
            Hash = Hash,
            Why = why,
        };
    }
}

/// <summary>
/// What a picture looks like in 64 bits: of nine columns and eight rows, whether each field is brighter than its right neighbour. A smaller, paler
/// or newly compressed copy differs in few bits.
/// </summary>
public static class PictureHash
{
    // of 64; the same picture compressed again differs in none or one, other views of one thing in seven and more
    const int Alike = 6;

    const int Columns = 9;
    const int Rows = 8;

    /// <summary>The hash of a grey picture.</summary>
    public static ulong Of(ReadOnlySpan<byte> grey, int width, int height)
    {
        Span<long> fields = stackalloc long[Columns * Rows];
        for (var row = 0; row < Rows; row++)
        for (var column = 0; column < Columns; column++)
        {
            var (left, right) = (column * width / Columns, Math.Max((column * width / Columns) + 1, (column + 1) * width / Columns));
            var (top, bottom) = (row * height / Rows, Math.Max((row * height / Rows) + 1, (row + 1) * height / Rows));
            long sum = 0;
            for (var y = top; y < bottom && y < height; y++)
                sum += PixelMath.Sums(grey.Slice((y * width) + left, Math.Min(right, width) - left)).Sum;
            fields[(row * Columns) + column] = 256 * sum / Math.Max(1, (right - left) * (bottom - top));
        }
        ulong hash = 0;
        for (var row = 0; row < Rows; row++)
        for (var column = 0; column < Columns - 1; column++)
            hash = (hash << 1) | (fields[(row * Columns) + column] > fields[(row * Columns) + column + 1] ? 1UL : 0);
        return hash;
    }

    /// <summary>Whether two pictures are the same to the eye.</summary>
    public static bool LookAlike(ulong a, ulong b) => Distance(a, b) <= Alike;

    /// <summary>In how many of 64 bits two hashes differ.</summary>
    public static int Distance(ulong a, ulong b) => BitOperations.PopCount(a ^ b);
}
