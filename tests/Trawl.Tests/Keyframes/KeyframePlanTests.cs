using Trawl.Keyframes;

namespace Trawl.Tests.Keyframes;

public class KeyframePlanTests
{
    [Theory]
    [InlineData(1.6, "0.8")]
    [InlineData(20, "4 10 16")]
    [InlineData(45, "10 30")]
    [InlineData(51, "10 30")]
    [InlineData(60, "10 30 50")]
    [InlineData(100, "10 30 60 90")]
    [InlineData(300, "10 30 60 90 120")]
    public void By_length_as_it_was(double seconds, string times) => Times(KeyframeMode.LegacyLength, seconds).ShouldBe(times);

    [Theory]
    [InlineData(0.3, "0.15")]
    [InlineData(5, "2.5")]
    [InlineData(9, "1.5 4.5 7.5")]
    [InlineData(20, "2 6 10 14 18")]
    public void Evenly_as_with_AV1(double seconds, string times) => Times(KeyframeMode.Av1Uniform, seconds).ShouldBe(times);

    [Fact]
    public void At_intervals_and_so_many()
    {
        Times(KeyframeMode.Interval, 7).ShouldBe("0 2 4 6");
        Times(KeyframeMode.Count, 10).ShouldBe("1 3 5 7 9");
        Times(KeyframeMode.IFrame, 10).ShouldBe("0 5");
    }

    [Fact]
    public void Never_more_than_the_most()
    {
        KeyframePlan.Make(new KeyframeOptions { Mode = KeyframeMode.Interval, Most = 3 }, Whole(100), Probe(100)).Count.ShouldBe(3);
        KeyframePlan.Make(new KeyframeOptions { Mode = KeyframeMode.Interval, Most = 0 }, Whole(400), Probe(400)).Count.ShouldBe(200);
    }

    [Fact]
    public void Where_frames_are_shown_for_different_times_the_frame_shown_then_is_taken()
    {
        // half a second of 30 frames a second, then one a second
        double[] shown = [.. Enumerable.Range(0, 15).Select(i => i / 30.0), 0.5, 1.5, 2.5, 3.5];
        var timeline = new Timeline(4.2, shown);

        timeline.IsSteady.ShouldBeFalse();
        timeline.FrameAt(1.49).ShouldBe(15);
        timeline.FrameAt(1.5).ShouldBe(16);
        timeline.TimeOf(17).ShouldBe(2.5);
    }

    static string Times(KeyframeMode mode, double seconds) =>
        string.Join(
            ' ',
            KeyframePlan.Make(new KeyframeOptions { Mode = mode }, Whole(seconds), Probe(seconds)).Select(p => Math.Round(p.Time, 3))
        );

    static SceneList Whole(double seconds) => new([new Scene(1, 0, (int)(seconds * 20), 0, seconds)], [], []);

    static MediaProbe Probe(double seconds) =>
        new(
            90,
            160,
            20,
            (int)(seconds * 20),
            TimeSpan.FromSeconds(seconds),
            "h264",
            new Timeline(20, [.. Enumerable.Range(0, (int)(seconds * 20)).Select(i => i / 20.0)]),
            IsTurned: false,
            [new WholeFrame(0, 900), new WholeFrame(100, 800)]
        );
}
