using Trawl.Failures;
using Trawl.Keyframes;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Keyframes;

public class KeyframeExtractorTests
{
    internal virtual IDecoder Decoder => new FfmpegDecoder(new Ffmpeg());

    [Fact]
    public async Task Three_shots_give_three_scenes_with_a_picture_each()
    {
        using var folder = new TempFolder();
        var video = await EncodeAsync(
            folder,
            "-y.mp4",
            "testsrc2=s=90x160:d=1.2[a];smptebars=s=90x160:d=1.2[b];mandelbrot=s=90x160:r=25,trim=duration=1.2[c];[a][b][c]concat=n=3"
        );

        var set = await new KeyframeExtractor(Decoder, new KeyframeOptions()).RunAsync(video, folder.File("pictures"));

        set.Scenes.Select(s => s.StartFrame).ShouldBe([0, 30, 60]);
        set.Keyframes.Select(k => Math.Round(k.Time, 2)).ShouldBe([0.6, 1.8, 3.0]);
        set.Keyframes.ShouldAllBe(k => new FileInfo(k.Path).Length > 300);
        Path.GetFileName(set.Keyframes[1].Path).ShouldBe("0002_001.800.jpg");
    }

    [Theory]
    [InlineData(KeyframeMode.ScenePlus)]
    [InlineData(KeyframeMode.Fast)]
    public async Task A_cut_is_said_where_the_encoder_put_a_whole_frame(KeyframeMode mode)
    {
        using var folder = new TempFolder();
        var video = await EncodeAsync(
            folder,
            "v.mp4",
            "testsrc2=s=90x160:d=1.24[a];smptebars=s=90x160:d=1.2[b];mandelbrot=s=90x160:r=25,trim=duration=1.2[c];[a][b][c]concat=n=3",
            "libx264",
            "-bf",
            "3",
            "-sc_threshold",
            "40"
        );

        var set = await new KeyframeExtractor(Decoder, new KeyframeOptions { Mode = mode }).RunAsync(video, folder.File("pictures"));

        set.Scenes.Select(s => s.StartFrame).ShouldBe([0, 31, 61]);
        set.Keyframes.Select(k => k.Scene.Number).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_dissolve_is_said_to_be_gradual_and_is_in_no_picture()
    {
        using var folder = new TempFolder();
        var video = await EncodeAsync(
            folder,
            "v.mp4",
            "smptebars=s=90x160:d=2.5[a];mandelbrot=s=90x160:r=25,trim=duration=2.5,setpts=PTS-STARTPTS[b];[a][b]xfade=duration=0.6:offset=1.9",
            "libx264",
            "-force_key_frames",
            "2.3"
        );

        var set = await new KeyframeExtractor(Decoder, new KeyframeOptions { Mode = KeyframeMode.ScenePlus }).RunAsync(
            video,
            folder.File("pictures")
        );

        set.Scenes.Select(s => s.StartsGradually).ShouldBe([false, true]);
        set.Scenes[1].Start.ShouldBeInRange(1.8, 2.6);
        set.Keyframes.Count.ShouldBe(2);
        set.Keyframes.ShouldAllBe(k => k.Time < 1.9 || k.Time > 2.5);
    }

    [Fact]
    public async Task A_soft_scene_gets_its_sharpest_frame_a_black_one_none_and_a_second_look_alike_none()
    {
        using var folder = new TempFolder();
        // soft, but for a while at its end; black; bars; the same bars again after a cut
        var video = await EncodeAsync(
            folder,
            "v.mp4",
            "testsrc2=s=180x320:d=2,gblur=sigma=2:enable='lt(t,1.5)'[a];color=black:s=180x320:d=1[b];smptebars=s=180x320:d=1[c];color=gray:s=180x320:d=1[d];smptebars=s=180x320:d=1[e];[a][b][c][d][e]concat=n=5"
        );

        var set = await new KeyframeExtractor(Decoder, new KeyframeOptions()).RunAsync(video, folder.File("pictures"));

        set.Scenes.Count.ShouldBe(5);
        set.Keyframes.Select(k => k.Scene.Number).ShouldBe([1, 3, 4]);
        set.Keyframes[0]
            .ShouldSatisfyAllConditions(
                k => k.Why.ShouldBe("sharpest"),
                k => k.Time.ShouldBeInRange(1.5, 1.9),
                k => k.IsSoft.ShouldBeFalse()
            );
        set.Keyframes[2].IsSoft.ShouldBeTrue("grey has no edges, but it is there");
        set.Skipped.Select(s => (s.Scene, s.Why)).ShouldBe([(2, "black"), (5, "like 2")]);

        var strict = await new KeyframeExtractor(Decoder, new KeyframeOptions { StrictBlur = true }).RunAsync(video, folder.File("strict"));
        strict.Keyframes.Select(k => k.Scene.Number).ShouldBe([3, 5]);
        strict.Skipped.ShouldAllBe(s => s.Why == "soft");
    }

    [Fact]
    public async Task What_a_file_says_of_its_colours_changes_no_number()
    {
        using var folder = new TempFolder();
        var plain = await EncodeAsync(folder, "plain.mp4", "testsrc2=s=180x320:d=2,format=yuv420p");
        var tagged = folder.File("tagged.mp4");
        string[] tag = ["-v", "error", "-i", plain, "-c", "copy", "-bsf:v", "h264_metadata=matrix_coefficients=1", tagged];
        (await new ChildProcess("ffmpeg", tag).RunAsync(TestContext.Current.CancellationToken)).ExitCode.ShouldBe(0);

        var numbers = new List<string>();
        foreach (var video in (string[])[plain, tagged])
        {
            var probe = await Decoder.ProbeAsync(video, TestContext.Current.CancellationToken);
            var list = await new SceneDetector(Decoder).DetectAsync(video, probe, TestContext.Current.CancellationToken);
            var set = await new KeyframeExtractor(Decoder, new KeyframeOptions()).RunAsync(
                video,
                folder.File("pictures"),
                TestContext.Current.CancellationToken
            );
            numbers.Add(string.Join(' ', list.Scores.Select(s => s.Value).Concat(set.Keyframes.Select(k => k.Sharpness))));
        }
        numbers[1].ShouldBe(numbers[0]);
    }

    [Fact]
    public async Task What_lies_in_the_folder_already_is_left_alone()
    {
        using var folder = new TempFolder();
        var video = await EncodeAsync(folder, "v.mp4", "testsrc2=s=90x160:d=1");
        await File.WriteAllTextAsync(folder.File(".mine"), "mine", TestContext.Current.CancellationToken);

        await new KeyframeExtractor(Decoder, new KeyframeOptions()).RunAsync(video, folder.Path, TestContext.Current.CancellationToken);

        Directory
            .EnumerateFileSystemEntries(folder.Path)
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .ShouldBe([".mine", "0001_000.500.jpg", "v.mp4"]);
    }

    [Fact]
    public async Task A_shot_that_begins_in_the_dark_has_a_picture_of_its_light()
    {
        using var folder = new TempFolder();
        var video = await EncodeAsync(
            folder,
            "v.mp4",
            "testsrc2=s=180x320:d=2[a];smptebars=s=180x320:d=3,fade=in:d=1.4[b];[a][b]concat=n=2"
        );

        foreach (var mode in (KeyframeMode[])[KeyframeMode.Scene, KeyframeMode.ScenePlus])
        {
            var set = await new KeyframeExtractor(Decoder, new KeyframeOptions { Mode = mode }).RunAsync(video, folder.File($"{mode}"));

            set.Scenes.Count.ShouldBe(2);
            set.Keyframes.Select(k => k.Scene.Number).ShouldBe([1, 2]);
        }
    }

    [Theory]
    [InlineData("libx264", "setpts=PTS")]
    [InlineData("libx264", "setpts='if(lt(N,20),N/25,20/25+(N-20)*3/25)/TB'")]
    [InlineData("libvpx-vp9", "setpts=PTS")]
    public async Task A_picture_is_the_frame_at_its_time_exactly(string codec, string pace)
    {
        using var folder = new TempFolder();
        // each frame is as bright as its number says
        var video = await EncodeAsync(
            folder,
            "v.mp4",
            $"color=black:s=64x64:r=25:d=2,format=gray,geq=lum='N*5',{pace}",
            codec,
            "-fps_mode",
            "vfr"
        );
        var probe = await Decoder.ProbeAsync(video, CancellationToken.None);

        var set = await new KeyframeExtractor(
            Decoder,
            new KeyframeOptions
            {
                Mode = KeyframeMode.Count,
                Count = 7,
                StrictBlur = true,
                LeastSharpness = -1,
                Format = PictureFormat.Png,
            }
        ).RunAsync(video, folder.File("pictures"));

        set.Keyframes.Count.ShouldBe(7);
        foreach (var keyframe in set.Keyframes)
        {
            probe.Timeline.FrameAt(keyframe.Time).ShouldBe(keyframe.Frame);
            (await BrightnessAsync(keyframe.Path)).ShouldBe(keyframe.Frame * 5, 3);
        }
    }

    [Theory]
    [InlineData(KeyframeMode.ScenePlus, 3)]
    [InlineData(KeyframeMode.Fast, 2)]
    public async Task Also_a_cheap_picture_is_the_frame_at_its_time(KeyframeMode mode, int count)
    {
        using var folder = new TempFolder();
        // six seconds, whole frames at 0 and 4 only, frames that refer both ways between; as bright as their number says
        var video = await EncodeAsync(
            folder,
            "v.mp4",
            "color=black:s=64x64:r=25:d=6,format=gray,geq=lum='16+N'",
            "libx264",
            "-g",
            "100",
            "-keyint_min",
            "100",
            "-bf",
            "3",
            "-sc_threshold",
            "0"
        );
        var options = new KeyframeOptions
        {
            Mode = mode,
            StrictBlur = true,
            LeastSharpness = -1,
            Format = PictureFormat.Png,
        };

        var set = await new KeyframeExtractor(Decoder, options).RunAsync(video, folder.File("pictures"));

        set.Keyframes.Count.ShouldBe(count);
        set.Keyframes.Count(k => k.Frame % 100 == 0).ShouldBe(2, "fast takes these only");
        foreach (var keyframe in set.Keyframes)
            (await BrightnessAsync(keyframe.Path)).ShouldBe(16 + keyframe.Frame, 2);
    }

    [Fact]
    public async Task Frames_the_container_calls_whole_and_the_decoder_does_not_are_taken_all_the_same()
    {
        using var folder = new TempFolder();
        // open groups: frames before a whole one may refer to it; as bright as their number says
        var video = await EncodeAsync(
            folder,
            "v.mp4",
            "color=black:s=64x64:r=25:d=6,format=gray,geq=lum='16+N'",
            "libx264",
            "-x264-params",
            "open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=3"
        );
        var options = new KeyframeOptions
        {
            Mode = KeyframeMode.IFrame,
            StrictBlur = true,
            LeastSharpness = -1,
            Format = PictureFormat.Png,
        };

        var set = await new KeyframeExtractor(Decoder, options).RunAsync(video, folder.File("pictures"));

        set.Skipped.ShouldBeEmpty();
        set.Keyframes.Select(k => k.Frame).ShouldBe(set.Probe.WholeFrames.Select(w => w.Number));
        foreach (var keyframe in set.Keyframes)
            (await BrightnessAsync(keyframe.Path)).ShouldBe(16 + keyframe.Frame, 2);
    }

    [Theory]
    [InlineData("rotate=90")]
    [InlineData("rotate=270")]
    public async Task A_turned_video_gives_turned_pictures(string tag)
    {
        using var folder = new TempFolder();
        var upright = await EncodeAsync(folder, "u.mp4", "testsrc2=s=160x90:d=1");
        var turned = folder.File("t.mp4");
        (
            await new ChildProcess("ffmpeg", ["-v", "error", "-i", upright, "-c", "copy", "-metadata:s:v:0", tag, turned]).RunAsync(
                CancellationToken.None
            )
        ).ExitCode.ShouldBe(0);

        var set = await new KeyframeExtractor(Decoder, new KeyframeOptions()).RunAsync(turned, folder.File("pictures"));

        (set.Probe.ShownWidth, set.Probe.ShownHeight).ShouldBe((90, 160));
        var picture = await new ChildProcess(
            "ffprobe",
            ["-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", set.Keyframes[0].Path]
        ).RunAsync(CancellationToken.None);
        picture.Text.Trim().ShouldBe("90,160");
        var programs = await new KeyframeExtractor(new Ffmpeg()).RunAsync(turned, folder.File("programs"));
        set.Keyframes.Select(k => (k.Hash, Math.Round(k.Sharpness, 6)))
            .ShouldBe(programs.Keyframes.Select(k => (k.Hash, Math.Round(k.Sharpness, 6))));
    }

    [Fact]
    public async Task What_is_made_of_the_scenes_fits_them()
    {
        using var folder = new TempFolder();
        var video = await EncodeAsync(folder, "v.mp4", "testsrc2=s=90x160:d=2.4[a];smptebars=s=90x160:d=2.4[b];[a][b]concat=n=2");
        var set = await new KeyframeExtractor(Decoder, new KeyframeOptions()).RunAsync(video, folder.File("pictures"));

        SceneTable.Write(set.Scenes).Split("\r\n")[2].ShouldBe("2,61,00:00:02.400,2.400,120,00:00:04.800,4.800,60,00:00:02.400,2.400");
        WebVtt
            .Chapters(set.Scenes)
            .ShouldBe("WEBVTT\n\n00:00:00.000 --> 00:00:02.400\nScene 1\n\n00:00:02.400 --> 00:00:04.800\nScene 2\n");
        var fields = await new Storyboard(new Ffmpeg()).DrawAsync(video, set.Probe, folder.Path, "100%d");
        fields.Count.ShouldBe(5);
        fields[4].ShouldBe(new StoryboardField("100%d-000.jpg", 4, 4.8, 360, 0, 90, 160));
        File.Exists(folder.File("100%d-000.jpg")).ShouldBeTrue();
        WebVtt.Thumbnails(fields).ShouldContain("100%25d-000.jpg#xywh=360,0,90,160");
        var page = ScenePage.Write(set, "<b>title</b>");
        page.ShouldContain("&lt;b&gt;title");
        page.Split("<img ").Length.ShouldBe(1 + set.Keyframes.Count);
        await new ContactSheet(Decoder).WriteAsync(set, folder.File("sheet.jpg"));
        new FileInfo(folder.File("sheet.jpg")).Length.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task A_copy_of_another_size_looks_alike_and_another_video_does_not()
    {
        using var folder = new TempFolder();
        var video = await EncodeAsync(folder, "v.mp4", "testsrc2=s=180x320:d=3");
        var copy = await EncodeAsync(folder, "c.mp4", "testsrc2=s=180x320:d=3,scale=90:160,eq=brightness=0.05");
        var other = await EncodeAsync(folder, "o.mp4", "mandelbrot=s=180x320,trim=duration=3");
        var hash = await VideoHash.OfAsync(new Ffmpeg(), video);

        hash.IsLike(await VideoHash.OfAsync(new Ffmpeg(), copy)).ShouldBeTrue();
        hash.IsLike(await VideoHash.OfAsync(new Ffmpeg(), other)).ShouldBeFalse();
    }

    static async Task<double> BrightnessAsync(string picture)
    {
        var grey = await new ChildProcess(
            "ffmpeg",
            ["-v", "error", "-i", picture, "-vf", "scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
        ).RunAsync(CancellationToken.None);
        return grey.Output.Span[0];
    }

    static async Task<string> EncodeAsync(TempFolder folder, string name, string graph, string codec = "libx264", params string[] more)
    {
        var path = folder.File(name);
        string[] arguments =
        [
            "-loglevel",
            "error",
            "-nostdin",
            "-y",
            "-f",
            "lavfi",
            "-i",
            graph,
            "-c:v",
            codec,
            .. codec == "libx264" ? (string[])["-preset", "ultrafast"] : ["-deadline", "realtime"],
            "-pix_fmt",
            "yuv420p",
            .. more,
            "file:" + path,
        ];
        (await new ChildProcess("ffmpeg", arguments).RunAsync(CancellationToken.None)).ExitCode.ShouldBe(0);
        return path;
    }
}

/// <summary>The same with ffmpeg's libraries.</summary>
public class LibavExtractorTests : KeyframeExtractorTests
{
    internal override IDecoder Decoder => new LibavDecoder();
}
