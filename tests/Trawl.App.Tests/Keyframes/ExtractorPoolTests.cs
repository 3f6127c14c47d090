using Trawl.App.Tests.Shared;
using Trawl.Failures;
using Trawl.Keyframes;
using Trawl.Processes;
using Trawl.Tests;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Keyframes;

/// <summary>Processes that look into many videos, one after the other, and are thrown away when they fail.</summary>
public sealed class ExtractorPoolTests : IDisposable
{
    static readonly string Clip = Path.Combine(House.Root, "tests", "Trawl.Tests", "Keyframes", "Clips", "cuts-h264.mp4");
    static readonly Ffmpeg NoProgram = new() { Folder = "/nowhere", Deadline = TimeSpan.FromSeconds(30) };

    readonly TempFolder _folder = new();

    [Fact]
    public async Task What_they_find_is_what_the_program_finds()
    {
        await using var pool = new ExtractorPool(NoProgram, new KeyframeOptions(), [AppProgram.Path, "extractor"]) { Folders = Folders };

        var theirs = await pool.RunAsync(Clip, _folder.File("theirs"), _folder.File("sheet.jpg"));

        var programs = await new KeyframeExtractor(new Ffmpeg()).RunAsync(Clip, _folder.File("programs"));
        theirs.Scenes.ShouldBe(programs.Scenes);
        theirs.Skipped.ShouldBe(programs.Skipped);
        theirs
            .Keyframes.Select(k => (k.Time, k.Frame, k.Hash, k.Why))
            .ShouldBe(programs.Keyframes.Select(k => (k.Time, k.Frame, k.Hash, k.Why)));
        theirs.Probe.Timeline.Shown.ShouldBe(programs.Probe.Timeline.Shown);
        (theirs.Probe.Duration, theirs.Probe.FrameRate, theirs.Probe.VideoCodec).ShouldBe(
            (programs.Probe.Duration, programs.Probe.FrameRate, programs.Probe.VideoCodec)
        );
        foreach (var (one, other) in theirs.Keyframes.Zip(programs.Keyframes))
            Convert
                .ToHexString(await File.ReadAllBytesAsync(one.Path))
                .ShouldBe(Convert.ToHexString(await File.ReadAllBytesAsync(other.Path)));
        new FileInfo(_folder.File("sheet.jpg")).Length.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task As_many_work_as_are_asked_and_none_is_left_behind()
    {
        await using (var pool = new ExtractorPool(NoProgram, new KeyframeOptions(), [AppProgram.Path, "extractor"]) { Folders = Folders })
        {
            var sets = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => pool.RunAsync(Clip, _folder.File($"{i}"), sheet: null)));

            sets.ShouldAllBe(s => s.Keyframes.Count == 3);
        }
        SpinWait.SpinUntil(() => !Children().Any(), TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public async Task For_one_that_dies_the_program_steps_in()
    {
        // dies of the first video, and does the rest as ever
        var program = Stub(
            $"[ -e {_folder.File("died")} ] && exec {AppProgram.Path} extractor; echo ready; read -r order; touch {_folder.File("died")}"
        );
        Directory.CreateDirectory(_folder.File("1/.drafts-of-the-dead"));
        await using var pool = new ExtractorPool(new Ffmpeg(), new KeyframeOptions(), program) { Folders = Folders };

        (await pool.RunAsync(Clip, _folder.File("1"), sheet: null)).Keyframes.Count.ShouldBe(3);

        File.Exists(_folder.File("died")).ShouldBeTrue();
        Directory.GetDirectories(_folder.File("1")).ShouldBeEmpty();
        (await pool.RunAsync(Clip, _folder.File("2"), sheet: null)).Keyframes.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("echo ready; read -r order; sleep 1000", FailureKind.Timeout)]
    [InlineData("echo ready; read -r order; echo nonsense; sleep 1000", FailureKind.ToolMissing)] // it is not believed, and there is no program
    public async Task One_that_hangs_or_raves_is_killed(string script, FailureKind kind)
    {
        await using var pool = new ExtractorPool(NoProgram, new KeyframeOptions(), Stub(script))
        {
            Deadline = TimeSpan.FromSeconds(1),
            Folders = Folders,
        };

        var failure = await Should.ThrowAsync<TrawlException>(() => pool.RunAsync(Clip, _folder.File("1"), sheet: null));

        failure.Kind.ShouldBe(kind);
        SpinWait.SpinUntil(() => !Children().Any(), TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public async Task None_gets_more_videos_than_its_turns()
    {
        var program = Stub($"echo started >> {_folder.File("starts")}; exec {AppProgram.Path} extractor");
        await using var pool = new ExtractorPool(NoProgram, new KeyframeOptions(), program) { Turns = 2, Folders = Folders };

        for (var i = 0; i < 5; i++)
            await pool.RunAsync(Clip, _folder.File($"{i}"), sheet: null);

        (await File.ReadAllLinesAsync(_folder.File("starts"))).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Where_the_libraries_are_missing_the_program_does_the_work()
    {
        await using var pool = new ExtractorPool(new Ffmpeg(), new KeyframeOptions(), Stub("exit 1")) { Folders = Folders };

        (await pool.RunAsync(Clip, _folder.File("1"), _folder.File("sheet.jpg"))).Keyframes.Count.ShouldBe(3);
        File.Exists(_folder.File("sheet.jpg")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_confined_one_starts_without_a_word()
    {
        var result = await new ChildProcess(AppProgram.Path, ["extractor"])
        {
            Confinement = new Confinement([], Folders),
            Variables = ExtractorProcess.Frugal,
        }.RunAsync(TestContext.Current.CancellationToken);

        (result.ExitCode, result.Text, result.Messages).ShouldBe((0, "ready\n", ""));
    }

    string[] Folders => [_folder.Path, Path.GetDirectoryName(Clip)!];

    public void Dispose() => _folder.Dispose();

    string[] Stub(string script)
    {
        File.WriteAllText(_folder.File("stub.sh"), script);
        return ["/bin/sh", _folder.File("stub.sh")];
    }

    IEnumerable<string> Children() =>
        Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])).Where(IsOurs);

    // a stub by its script, a real one by its parent
    bool IsOurs(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(_folder.Path, StringComparison.Ordinal)
                || (
                    File.ReadAllText(Path.Combine(process, "cmdline")).EndsWith("extractor\0", StringComparison.Ordinal)
                    && File.ReadAllText(Path.Combine(process, "stat")).Split(' ')[3] == $"{Environment.ProcessId}"
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended
        }
    }
}
