using Trawl.Keyframes;

namespace Trawl.Tests.Keyframes;

public class AdaptiveDetectorTests
{
    [Fact]
    public void A_hard_cut_is_found_at_its_frame()
    {
        var detector = Feed(frame => (byte)(frame < 40 ? 20 : 200), 100);

        detector.Cuts.ShouldBe([40]);
    }

    [Fact]
    public void A_slow_fade_is_no_hard_cut() => Feed(frame => (byte)(frame * 2), 100).Cuts.ShouldBeEmpty();

    [Fact]
    public void The_second_of_two_cuts_close_together_is_passed_over() =>
        Feed(
            frame =>
                (byte)(
                    frame < 40 ? 20
                    : frame < 46 ? 200
                    : 20
                ),
            100
        )
            .Cuts.ShouldBe([40]);

    [Fact]
    public void The_first_frame_has_no_change() => new AdaptiveDetector().Add(0, new byte[12]).ShouldBe(0);

    static AdaptiveDetector Feed(Func<int, byte> grey, int frames)
    {
        var detector = new AdaptiveDetector();
        for (var frame = 0; frame < frames; frame += 2)
            detector.Add(frame, Enumerable.Repeat(grey(frame), 300).ToArray());
        return detector;
    }
}
