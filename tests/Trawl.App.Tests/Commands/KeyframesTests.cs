using Trawl.App.Tests.Shared;
using Trawl.Failures;
using Trawl.Tests;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Commands;

/// <summary>The commands that look into files on disk.</summary>
public sealed class KeyframesTests : IDisposable
{
    static readonly string Clips = Path.Combine(House.Root, "tests", "Trawl.Tests", "Keyframes", "Clips");

    readonly TempFolder _folder = new();

    [Fact]
    public async Task Each_file_becomes_pictures_tables_chapters_and_a_page()
    {
        var run = await TrawlAsync("keyframes", Clip("cuts-h264"), Clip("odd-vp9"), "-P", _folder.Path, "--json");

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Events.Select(e => e.GetProperty("file").GetString()).ShouldBe([Clip("cuts-h264"), Clip("odd-vp9")]);
        var keyframes = run.Events[0].GetProperty("keyframes").EnumerateArray().ToList();
        keyframes.Count.ShouldBe(3);
        keyframes[1].GetProperty("time").GetDouble().ShouldBeInRange(1.2, 2.4);
        keyframes.ShouldAllBe(k => new FileInfo(k.GetProperty("path").GetString()!).Length > 300);
        foreach (var name in (string[])["keyframes/keyframes.json", "sheet.jpg", "scenes.csv", "chapters.vtt", "scenes.html"])
            new FileInfo(_folder.File($"cuts-h264.{name}")).Length.ShouldBeGreaterThan(30, name);
        Directory.EnumerateFiles(_folder.File("cuts-h264.keyframes"), ".*").ShouldBeEmpty("no drafts are left");
    }

    [Theory]
    [InlineData("--mode", "count", "--count", "4", "0001_000.475.webp", "--format", "webp")]
    [InlineData("--mode", "interval", "--interval", "3", "frame_3_00s.jpg", "--names", "pipeline")]
    [InlineData("--mode", "scene", "--max", "1", "0001_000.600.png", "--format", "png")]
    public async Task Wishes_are_kept(string a, string b, string c, string d, string expected, string e, string f)
    {
        var run = await TrawlAsync(
            "keyframes",
            Clip("cuts-h264"),
            "-P",
            _folder.Path,
            "--strict-blur",
            a,
            b,
            c,
            d,
            e,
            f,
            "--quality",
            "60",
            "--size",
            "120"
        );

        run.ExitCode.ShouldBe(0, run.Messages);
        Directory
            .EnumerateFiles(_folder.File("cuts-h264.keyframes"))
            .Select(Path.GetFileName)
            .Concat(run.Output.Split('\n').Where(l => l.Contains("no picture")).Select(_ => "no picture"))
            .ShouldContain(name => name == expected || name == "no picture");
    }

    [Fact]
    public async Task One_bad_file_stops_no_other_and_is_named()
    {
        await File.WriteAllTextAsync(_folder.File("bad.mp4"), "<html>", TestContext.Current.CancellationToken);

        var some = await TrawlAsync("sheet", _folder.File("bad.mp4"), Clip("still-h265"), "-P", _folder.Path);
        var none = await TrawlAsync("keyframes", _folder.File("missing.mp4"));

        some.ExitCode.ShouldBe(3);
        some.Messages.ShouldContain("bad.mp4: tool-failed");
        File.Exists(_folder.File("still-h265.sheet.jpg")).ShouldBeTrue();
        none.ExitCode.ShouldBe(FailureKind.Configuration.Rule().ExitCode);
        (await TrawlAsync("keyframes", Clip("cuts-h264"), "--quality", "101")).Messages.ShouldContain("--quality is wrong");
    }

    [Fact]
    public async Task A_storyboard_comes_with_thumbnails()
    {
        (await TrawlAsync("storyboard", Clip("cuts-h264"), "-P", _folder.Path)).ExitCode.ShouldBe(0);

        File.Exists(_folder.File("cuts-h264.storyboard-000.jpg")).ShouldBeTrue();
        (await File.ReadAllTextAsync(_folder.File("cuts-h264.thumbnails.vtt"), TestContext.Current.CancellationToken)).ShouldContain(
            "00:00:03.000 --> 00:00:03.800\ncuts-h264.storyboard-000.jpg#xywh=270,0,90,160"
        );
    }

    [Fact]
    public async Task Videos_that_look_alike_are_listed_together()
    {
        File.Copy(Clip("cuts-h264"), _folder.File("a.mp4"));
        File.Copy(Clip("cuts-h264"), _folder.File("b.mp4"));
        File.Copy(Clip("odd-vp9"), _folder.File("c.mp4"));

        var run = await TrawlAsync("dupes", _folder.Path, "--json");

        run.Events.Single().GetProperty("files").EnumerateArray().Select(f => Path.GetFileName(f.GetString())).ShouldBe(["a.mp4", "b.mp4"]);
    }

    public void Dispose() => _folder.Dispose();

    static string Clip(string name) => Path.Combine(Clips, $"{name}.mp4");

    static Task<Run> TrawlAsync(params string[] arguments) => AppProgram.TrawlAsync(null, arguments);
}
