using Trawl.Keyframes;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Keyframes;

public class KeyframePreviewTests
{
    [Theory]
    [InlineData(0.5, 1, 3)]
    [InlineData(0.02, 0, 0)]
    public async Task A_video_that_is_half_there_shows_its_first_pictures(double part, int least, int most)
    {
        using var folder = new TempFolder();
        var whole = await EncodeAsync(folder, "+faststart");
        var arriving = folder.File("arriving.part");
        await File.WriteAllBytesAsync(arriving, whole[..(int)(whole.Length * part)], TestContext.Current.CancellationToken);

        var pictures = await new KeyframePreview(new Ffmpeg()).RunAsync(arriving, folder.File("pictures"));

        pictures.Count.ShouldBeInRange(least, most);
        if (most > 0)
            await OfTheLastOneAPartIsMissingAsync(arriving, folder);
        pictures.ShouldAllBe(p => p.Time < 3 && p.Frame % 12 == 0 && new FileInfo(p.Path).Length > 300);
    }

    static async Task OfTheLastOneAPartIsMissingAsync(string arriving, TempFolder folder)
    {
        var probe = await MediaProbe.ReadAsync(new Ffmpeg(), arriving, TestContext.Current.CancellationToken);
        var all = await new KeyframePreview(new Ffmpeg()) { Most = 100 }.RunAsync(arriving, folder.File("all"));
        all.Select(k => k.Frame).ShouldNotContain(probe.WholeFrames[^1].Number);
    }

    [Fact]
    public async Task A_video_whose_index_comes_last_shows_nothing_yet()
    {
        using var folder = new TempFolder();
        var whole = await EncodeAsync(folder, "+use_metadata_tags");
        var arriving = folder.File("arriving.part");
        await File.WriteAllBytesAsync(arriving, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);

        (await new KeyframePreview(new Ffmpeg()).RunAsync(arriving, folder.File("pictures"))).ShouldBeEmpty();
        Directory.Exists(folder.File("pictures")).ShouldBeFalse();
    }

    // four seconds, a whole frame every twelve
    static async Task<byte[]> EncodeAsync(TempFolder folder, string flags)
    {
        string[] arguments =
        [
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=180x320:d=2:r=24[a];mandelbrot=s=180x320:r=24,trim=duration=2[b];[a][b]concat",
            "-g",
            "12",
            "-keyint_min",
            "12",
            "-sc_threshold",
            "0",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            flags,
            folder.File("v.mp4"),
        ];
        (await new ChildProcess("ffmpeg", arguments).RunAsync(TestContext.Current.CancellationToken)).ExitCode.ShouldBe(0);
        return await File.ReadAllBytesAsync(folder.File("v.mp4"), TestContext.Current.CancellationToken);
    }
}
