using Trawl.Keyframes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Keyframes;

public class PictureTests
{
    [Theory]
    [InlineData(7, 5)]
    [InlineData(67, 33)]
    [InlineData(1, 9)]
    public void Sharpness_is_the_variance_of_the_Laplacian(int width, int height)
    {
        var grey = new byte[width * height];
        new Random(1).NextBytes(grey);

        PixelMath.Sharpness(grey, width, height).ShouldBe(width < 2 ? 0 : Plainly(grey, width, height), 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(100_003)]
    public void Differences_are_added_up_without_overflow(int length)
    {
        var (a, b) = (new byte[length], new byte[length]);
        a.AsSpan().Fill(255);

        PixelMath.SumOfDifferences(a, b).ShouldBe(255L * length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(100_003)]
    public void Values_and_their_squares_are_added_up_without_overflow(int length)
    {
        var values = new byte[length];
        values.AsSpan().Fill(255);
        values[0] = 3;

        PixelMath.Sums(values).ShouldBe((3 + (255L * (length - 1)), 9 + (255L * 255 * (length - 1))));
    }

    [Fact]
    public void Small_changes_keep_the_hash_and_another_picture_has_another()
    {
        var picture = Gradient(180, 320, 1);
        var paler = picture.Select(v => (byte)(v * 0.9)).ToArray();

        PictureHash.Distance(PictureHash.Of(picture, 180, 320), PictureHash.Of(paler, 180, 320)).ShouldBeLessThan(4);
        PictureHash.Distance(PictureHash.Of(picture, 180, 320), PictureHash.Of(Gradient(90, 160, 1), 90, 160)).ShouldBeLessThan(4);
        PictureHash.Distance(PictureHash.Of(picture, 180, 320), PictureHash.Of(Gradient(180, 320, 2), 180, 320)).ShouldBeGreaterThan(12);
    }

    [Fact]
    public void A_camera_that_sways_a_little_makes_no_other_picture()
    {
        const int Width = 180;
        var picture = Gradient(Width, 320, 2);
        var swayed = PictureHash.Of(picture.AsSpan(1 + (2 * Width)), Width, 310);
        var hash = PictureHash.Of(picture, Width, 310);

        PictureHash.Distance(hash, swayed).ShouldBeInRange(3, 6);
        PictureHash.LookAlike(hash, swayed).ShouldBeTrue();
        PictureHash.LookAlike(hash, PictureHash.Of(picture.AsSpan(40 * Width), Width, 270)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, "black")]
    [InlineData(255, "white")]
    [InlineData(128, null)]
    public void Nothing_to_see_is_black_or_white(byte value, string? what)
    {
        var grey = new byte[100];
        grey.AsSpan().Fill(value);

        Picture.Measure(grey, 10, 10).Emptiness.ShouldBe(what);
    }

    static byte[] Gradient(int width, int height, int turns) =>
        [
            .. Enumerable
                .Range(0, width * height)
                .Select(i => (byte)(128 + (100 * Math.Sin((turns * 5.0 * (i % width) / width) + (turns * 9.0 * (i / width) / height))))),
        ];

    static double Plainly(byte[] grey, int width, int height)
    {
        var values = new List<double>();
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
            values.Add(At(x - 1, y) + At(x + 1, y) + At(x, y - 1) + At(x, y + 1) - (4 * At(x, y)));
        var mean = values.Average();
        return values.Average(v => (v - mean) * (v - mean));

        double At(int x, int y) => grey[(Mirrored(y, height) * width) + Mirrored(x, width)];

        static int Mirrored(int i, int count) =>
            i < 0 ? -i
            : i >= count ? (2 * count) - 2 - i
            : i;
    }
}
