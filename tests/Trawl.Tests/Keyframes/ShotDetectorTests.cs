using Trawl.Keyframes;

namespace Trawl.Tests.Keyframes;

public class ShotDetectorTests
{
    const int Width = 18;
    const int Height = 32;

    [Fact]
    public void A_cut_is_found_at_its_frame() => Cuts(i => Scene(i < 40 ? 1 : 2)).ShouldBe([40]);

    [Fact]
    public void A_flash_a_caption_and_a_moving_camera_are_no_cuts()
    {
        Cuts(i => i is 40 or 41 ? [.. Scene(1).Select(v => (byte)Math.Min(255, v + 120))] : Scene(1)).ShouldBeEmpty();
        Cuts(i => i is >= 40 and < 70 ? Captioned(Scene(1)) : Scene(1)).ShouldBeEmpty();
        Cuts(i => i is >= 40 and < 70 ? Captioned(Sky) : Sky).ShouldBeEmpty("with nothing else to see");
        Cuts(i => Moved(Scene(1), i is >= 40 and < 52 ? (i - 40) * 6 : 0)).ShouldBeEmpty();
    }

    [Fact]
    public void Two_cuts_six_frames_apart_are_two() =>
        Cuts(i =>
                Scene(
                    i < 40 ? 1
                    : i < 46 ? 2
                    : 3
                )
            )
            .ShouldBe([40, 46]);

    [Theory]
    [InlineData("dissolve")]
    [InlineData("slide")]
    [InlineData("through black")]
    public void A_gradual_transition_is_one_in_its_middle(string kind)
    {
        var found = Cuts(i =>
            i <= 40 ? Scene(1)
            : i >= 50 ? Scene(2)
            : Mixed(kind, (i - 40) / 10.0)
        );

        found.Count.ShouldBe(1);
        found[0].ShouldBeInRange(41, 49);
    }

    [Fact]
    public void A_blink_to_black_and_back_is_no_transition() =>
        Cuts(i => i is >= 40 and < 43 ? new byte[Width * Height] : Scene(1)).ShouldBeEmpty();

    [Fact]
    public void Nothing_to_see_has_no_cuts()
    {
        Cuts(_ => new byte[Width * Height]).ShouldBeEmpty();
        new ShotDetector(Width, Height).Find([]).ShouldBeEmpty();
    }

    static IReadOnlyList<int> Cuts(Func<int, byte[]> frame)
    {
        var detector = new ShotDetector(Width, Height);
        for (var i = 0; i < 100; i++)
            detector.Add(frame(i));
        return [.. detector.Find([.. Enumerable.Range(0, 100).Select(i => i / 15.0)]).Select(s => s.Picture)];
    }

    // smooth, and with nothing in common with the next one
    static byte[] Scene(int seed) =>
        [
            .. Enumerable
                .Range(0, Width * Height)
                .Select(i =>
                    (byte)(
                        110
                        + (60 * Math.Sin((seed * 1.7) + (i % Width * 0.11 * seed)))
                        + (40 * Math.Cos((seed * 2.9) + (i / Width * 0.07 * seed)))
                    )
                ),
        ];

    static byte[] Mixed(string kind, double part) =>
        kind switch
        {
            "dissolve" => [.. Scene(1).Zip(Scene(2), (a, b) => (byte)((a * (1 - part)) + (b * part)))],
            "slide" => [.. Enumerable.Range(0, Width * Height).Select(i => Slid(i, (int)(part * Width)))],
            _ => [.. (part < 0.5 ? Scene(1) : Scene(2)).Select(v => (byte)(v * Math.Max(0, Math.Abs((2 * part) - 1) - 0.1)))],
        };

    static byte Slid(int i, int by) => (i % Width) + by < Width ? Scene(1)[i + by] : Scene(2)[i + by - Width];

    static byte[] Sky => [.. Enumerable.Range(0, Width * Height).Select(i => (byte)(90 + (i % 3)))];

    static byte[] Captioned(byte[] scene) => [.. scene.Select((v, i) => i / Width is >= 24 and < 28 ? (byte)235 : v)];

    static byte[] Moved(byte[] scene, int by) =>
        [.. Enumerable.Range(0, scene.Length).Select(i => scene[(i / Width * Width) + ((i + by) % Width)])];
}
