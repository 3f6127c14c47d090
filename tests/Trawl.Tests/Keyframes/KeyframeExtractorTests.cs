using Trawl.Failures;
using Trawl.Keyframes;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Keyframes;

public class KeyframeExtractorTests
{
    [Fact]
    public async Task Three_shots_give_three_scenes_with_a_picture_each()
    {
        using var folder = new TempFolder();
        var video = await EncodeAsync(
            folder,
            "-y.mp4",
            "testsrc2=s=90x160:d=1.2[a];smptebars=s=90x160:d=1.2[b];mandelbrot=s=90x160:r=25,trim=duration=1.2[c];[a][b][c]concat=n=3"
        );

        var set = await new KeyframeExtractor(new Ffmpeg()).RunAsync(video, folder.File("pictures"));

        set.Scenes.Select(s => s.StartFrame).ShouldBe([0, 30, 60]);
        set.Keyframes.Select(k => Math.Round(k.Time, 2)).ShouldBe([0.6, 1.8, 3.0]);
        set.Keyframes.ShouldAllBe(k => new FileInfo(k.Path).Length > 300);
        Path.GetFileName(set.Keyframes[1].Path).ShouldBe("0002_001.800.jpg");
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nfile://{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\n")]
    public async Task A_playlist_named_mp4_opens_no_other_file(string text)
    {
        using var folder = new TempFolder();
        var secret = await EncodeAsync(folder, "secret.mp4", "testsrc2=s=90x160:d=1");
        var playlist = folder.File("x.mp4");
        await File.WriteAllTextAsync(playlist, string.Format(text, secret));

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            new KeyframeExtractor(new Ffmpeg()).RunAsync(playlist, folder.File("pictures"))
        );

        failure.Kind.ShouldBe(FailureKind.ToolFailed);
        Directory.Exists(folder.File("pictures")).ShouldBeFalse();
    }

    static async Task<string> EncodeAsync(TempFolder folder, string name, string graph)
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
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "file:" + path,
        ];
        (await new ChildProcess("ffmpeg", arguments).RunAsync(CancellationToken.None)).ExitCode.ShouldBe(0);
        return path;
    }
}
