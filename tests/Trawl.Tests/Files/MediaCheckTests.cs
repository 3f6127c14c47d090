using Trawl.Failures;
using Trawl.Files;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Files;

public class MediaCheckTests
{
    [Theory]
    [InlineData("libx264", "h264", "+faststart")]
    [InlineData("libx265", "h265", "+faststart")]
    [InlineData("libx264", "h264", "0")]
    [InlineData("libx264", "h264", "+frag_keyframe+empty_moov")]
    public async Task Reads_the_tracks_of_a_whole_file_and_catches_every_cut(string encoder, string codec, string flags)
    {
        using var folder = new TempFolder();
        var whole = await EncodeAsync(folder, encoder, flags, sound: true);
        var bytes = File.ReadAllBytes(whole);

        var tracks = MediaCheck.Inspect(whole);

        (tracks.VideoCodec, tracks.AudioCodec, tracks.Width, tracks.Height).ShouldBe((codec, "aac", 96, 160));
        foreach (var share in (double[])[0.05, 0.3, 0.5, 0.9, 0.999])
        {
            var cut = folder.File("cut.mp4");
            File.WriteAllBytes(cut, bytes[..(int)(bytes.Length * share)]);
            Should.Throw<TrawlException>(() => MediaCheck.Inspect(cut)).Kind.ShouldBe(FailureKind.Truncated, $"cut at {share}");
        }
    }

    [Fact]
    public async Task A_silent_file_has_no_sound()
    {
        using var folder = new TempFolder();

        MediaCheck.Inspect(await EncodeAsync(folder, "libx264", "+faststart", sound: false)).HasAudio.ShouldBeFalse();
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\nfile:///etc/passwd\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n")]
    [InlineData("<!DOCTYPE html><html><body>Sorry</body></html>")]
    [InlineData("")]
    public void Text_named_mp4_is_no_media(string text)
    {
        using var folder = new TempFolder();
        var path = folder.File("x.mp4");
        File.WriteAllText(path, text);

        Should.Throw<TrawlException>(() => MediaCheck.Inspect(path)).Kind.ShouldBeOneOf(FailureKind.WrongContent, FailureKind.Truncated);
    }

    [Fact]
    public async Task Damaged_files_are_never_an_unknown_exception()
    {
        using var folder = new TempFolder();
        var bytes = File.ReadAllBytes(await EncodeAsync(folder, "libx264", "+faststart", sound: true));
        var chance = new Random(11);
        var path = folder.File("damaged.mp4");
        for (var i = 0; i < 2_000; i++)
        {
            var damaged = bytes.ToArray();
            for (var hits = chance.Next(1, 8); hits > 0; hits--)
                damaged[chance.Next(Math.Min(damaged.Length, 3000))] = (byte)chance.Next(256);
            File.WriteAllBytes(path, damaged);
            try
            {
                MediaCheck.Inspect(path);
            }
            catch (TrawlException)
            {
                // a kind is all we ask
            }
        }
    }

    static async Task<string> EncodeAsync(TempFolder folder, string encoder, string flags, bool sound)
    {
        var path = folder.File($"{encoder}.mp4");
        string[] audio = sound ? ["-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"] : [];
        string[] arguments =
        [
            "-loglevel",
            "error",
            "-nostdin",
            "-y",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=96x160:d=1",
            .. audio,
            "-c:v",
            encoder,
            "-preset",
            "ultrafast",
            "-movflags",
            flags,
            path,
        ];
        (await new ChildProcess("ffmpeg", arguments).RunAsync(CancellationToken.None)).ExitCode.ShouldBe(0);
        return path;
    }
}
