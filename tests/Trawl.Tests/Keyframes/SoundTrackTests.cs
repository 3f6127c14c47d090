using Trawl.Failures;
using Trawl.Files;
using Trawl.Keyframes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Keyframes;

public class SoundTrackTests
{
    [Theory]
    [InlineData(SoundForm.M4a, ".m4a")]
    [InlineData(SoundForm.Mp3, ".mp3")]
    public async Task The_sound_of_a_video_has_its_real_extension_and_size(SoundForm form, string extension)
    {
        await using var run = await SandboxRun.StartAsync(new TrawlOptions { Strategies = ["web"] });
        var video = await run.GetAsync(run.World.Links[1]);

        var (path, size) = await new SoundTrack(new Ffmpeg()).ExtractAsync(video.Path, form, TestContext.Current.CancellationToken);

        Path.GetExtension(path).ShouldBe(extension);
        new FileInfo(path).Length.ShouldBe(size);
        var tracks = MediaCheck.Inspect(path);
        (tracks.HasVideo, tracks.HasAudio).ShouldBe((false, true));
        Directory.EnumerateFiles(run.Folder, "*.new").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_whole_video_is_refused_and_nothing_is_left()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("v.mp4"), "#EXTM3U\nfile:///etc/passwd\n", TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            new SoundTrack(new Ffmpeg()).ExtractAsync(folder.File("v.mp4"), SoundForm.Mp3, TestContext.Current.CancellationToken)
        );

        failure.Kind.ShouldBe(FailureKind.WrongContent);
        Directory.EnumerateFiles(folder.Path).Count().ShouldBe(1);
    }
}
