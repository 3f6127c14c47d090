using System.Text.Json;
using Trawl.Keyframes;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Keyframes;

/// <summary>The numbers of the scene detector pipelines rely on: PySceneDetect 0.6.7, AdaptiveDetector.</summary>
public class ParityTests(ParityTests.Clips clips) : IClassFixture<ParityTests.Clips>
{
    [Theory]
    [InlineData("multi5")]
    [InlineData("flash")]
    [InlineData("odd25")]
    [InlineData("single8")]
    [InlineData("single15")]
    [InlineData("av1_10")]
    [InlineData("tiny")]
    public async Task Scores_scenes_and_timestamps_are_the_references(string clip)
    {
        var oracle = clips.Oracle(clip);
        using var folder = new TempFolder();

        await CompareAsync(folder, clips.File(clip), oracle);
    }

    [Theory]
    [InlineData("cuts-h264")]
    [InlineData("odd-vp9")]
    [InlineData("still-h265")]
    public async Task The_numbers_hold_for_clips_of_other_codecs_and_odd_sizes(string clip)
    {
        var home = Path.Combine(House.Root, "tests", "Trawl.Tests", "Keyframes", "Clips");
        using var numbers = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(home, "numbers.json"), TestContext.Current.CancellationToken)
        );
        using var folder = new TempFolder();

        await CompareAsync(folder, Path.Combine(home, $"{clip}.mp4"), numbers.RootElement.GetProperty(clip));
    }

    internal virtual IDecoder Decoder => new FfmpegDecoder(new Ffmpeg());

    async Task CompareAsync(TempFolder folder, string path, JsonElement expected)
    {
        var probe = await Decoder.ProbeAsync(path, TestContext.Current.CancellationToken);
        var list = await new SceneDetector(Decoder).DetectAsync(path, probe, TestContext.Current.CancellationToken);

        probe.FrameRate.ShouldBe(expected.GetProperty("fps").GetDouble());
        probe.Frames.ShouldBe(expected.GetProperty("frame_count").GetInt32());
        var scores = expected
            .GetProperty("scores")
            .EnumerateArray()
            .Select(s => (Frame: s[0].GetInt32(), Value: s[1].GetDouble()))
            .ToList();
        list.Scores.Select(s => s.Frame).ShouldBe(scores.Select(s => s.Frame));
        foreach (var (ours, theirs) in list.Scores.Zip(scores))
        {
            ours.Value.ShouldBe(theirs.Value, 0.15);
            if (theirs.Value > 1)
                ours.Value.ShouldBe(theirs.Value, theirs.Value / 100);
        }
        var scenes = expected.GetProperty("scenes_frames").EnumerateArray().Select(s => (s[0].GetInt32(), s[1].GetInt32())).ToList();
        list.Scenes.Select(s => (s.StartFrame, s.EndFrame)).ShouldBe(scenes.Count > 0 ? scenes : [(0, probe.Frames)]);

        var set = await new KeyframeExtractor(Decoder, new KeyframeOptions { StrictBlur = true, Names = PictureNames.Pipeline }).RunAsync(
            path,
            folder.File("pictures"),
            TestContext.Current.CancellationToken
        );
        var times = expected.GetProperty("candidates").EnumerateArray().Select(t => t.GetDouble()).ToList();
        set.Keyframes.Select(k => k.Time).Concat(set.Skipped.Select(s => s.Time)).Order().Select(t => Math.Round(t, 6)).ShouldBe(times);
        set.Keyframes.Select(k => (Math.Round(k.Time, 6), Path.GetFileName(k.Path)))
            .ShouldBe(expected.GetProperty("accepted").EnumerateArray().Select(a => (a[0].GetDouble(), a[1].GetString()!)));
        var sharpness = expected.GetProperty("blur_scores").EnumerateArray().Select(b => b.GetDouble()).ToList();
        foreach (var keyframe in set.Keyframes)
            keyframe.Sharpness.ShouldBe(sharpness[times.IndexOf(Math.Round(keyframe.Time, 6))], 0.01 * keyframe.Sharpness);
    }

    /// <summary>The reference's clips, made once.</summary>
    public sealed class Clips : IAsyncLifetime
    {
        readonly TempFolder _folder = new();
        JsonDocument? _oracle;

        public async ValueTask InitializeAsync()
        {
            if (ReferenceData.TryPath("keyframes", "make-clips") is not { } script)
                return;
            _oracle = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(ReferenceData.Path("keyframes", "oracle.json")));
            var made = await new ChildProcess("bash", [script, _folder.Path]).RunAsync(CancellationToken.None);
            made.ExitCode.ShouldBe(0, made.Messages);
        }

        /// <summary>What the reference says of a clip; skips the test without reference data.</summary>
        public JsonElement Oracle(string clip)
        {
            Assert.SkipUnless(_oracle is not null, "reference data not present");
            return _oracle.RootElement.GetProperty(clip);
        }

        public string File(string clip) => _folder.File($"{clip}.mp4");

        public ValueTask DisposeAsync()
        {
            _oracle?.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>The same numbers from ffmpeg's libraries.</summary>
public class LibavParityTests(ParityTests.Clips clips) : ParityTests(clips)
{
    internal override IDecoder Decoder => new LibavDecoder();
}
