using System.Diagnostics;
using Trawl.App.Configuration;
using Trawl.App.Tests.Servers;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Crawls;

/// <summary>Disks that fill up, wherever the last byte goes: in a video, a picture, the database, the log. Work stops, says why, and goes on by itself.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    const int Videos = 12;
    const int VideoMiB = 2;

    readonly TempFolder _folder = new();
    SandboxWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await SandboxWorld.StartAsync(new SandboxOptions { Padding = VideoMiB << 20 });

    public async ValueTask DisposeAsync()
    {
        await AppProgram.RunAsync("umount", null, "-l", _folder.Path);
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(9000, false)]
    [InlineData(12100, true)]
    [InlineData(7700, true)]
    [InlineData(15250, true)]
    [InlineData(10333, true)]
    [InlineData(6200, true)]
    public async Task What_does_not_fit_waits_for_room_and_is_done_then(int kibibytes, bool isNightly)
    {
        Assert.SkipUnless(!isNightly || Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only");
        await MountAsync($"size={kibibytes}k");

        using var crawl = AppProgram.Start(AppProgram.Path, _world, Settings(), Crawl(_folder.Path));
        var said = new Listener(crawl);
        await said.UntilAsync("The disk is ");
        var torn = Directory.EnumerateFiles(_folder.Path, "*.mp4", SearchOption.AllDirectories).Where(f => !f.Contains("/.trawl/")).Count();
        await MountAsync("remount,size=200m");
        await crawl.WaitForExitAsync(TestContext.Current.CancellationToken);

        crawl.ExitCode.ShouldBe(0, said.Text);
        torn.ShouldBeLessThan(Videos);
        Directory.GetFiles(_folder.File("videos/tiktok"), "*.mp4").Length.ShouldBe(Videos);
        var check = await AppProgram.TrawlAsync(_world, "db", "check", "--deep", "-P", _folder.Path);
        check.ExitCode.ShouldBe(0, check.Output + check.Messages);
        Directory.EnumerateFileSystemEntries(_folder.File(".trawl/staging")).ShouldBeEmpty();
        said.Text.ShouldNotContain("failed   ");
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_stops_nothing()
    {
        await MountAsync("size=64k");
        using var data = new TempFolder();
        await File.WriteAllBytesAsync(_folder.File("ballast"), new byte[56 << 10], TestContext.Current.CancellationToken);

        using var crawl = AppProgram.Start(
            "/bin/sh",
            _world,
            Settings(),
            ["-c", $"exec \"$0\" \"$@\" 2> {_folder.File("log")}", AppProgram.Path, .. Crawl(data.Path), "-v"]
        );
        await crawl.WaitForExitAsync(TestContext.Current.CancellationToken);

        crawl.ExitCode.ShouldBe(0);
        new FileInfo(_folder.File("log")).Length.ShouldBeLessThanOrEqualTo(8 << 10, "it is full");
        Directory.GetFiles(data.File("videos/tiktok"), "*.mp4").Length.ShouldBe(Videos);
    }

    [Fact]
    public async Task A_PostgreSQL_whose_disk_is_full_loses_nothing()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only");
        await MountAsync("size=160m");
        await using var postgres = new PostgresServer(_folder.Path);
        await postgres.InitializeAsync();
        using var data = new TempFolder();
        var settings = new Dictionary<string, string>(Settings()) { ["Trawl__Work__Database"] = await postgres.NewDatabaseAsync() };

        // so many that their rows do not fit into the pages it has already
        string[] everything = ["crawl", .. SandboxWorld.Subjects, "-n", "50", "-P", data.Path];
        using var crawl = AppProgram.Start(AppProgram.Path, _world, settings, everything);
        var said = new Listener(crawl);
        await said.UntilAsync("1 done");
        Fill(_folder.File("ballast"));
        await said.UntilAsync("No space left on device");
        File.Delete(_folder.File("ballast"));
        await crawl.WaitForExitAsync(TestContext.Current.CancellationToken);

        crawl.ExitCode.ShouldBe(0, said.Text);
        Directory.GetFiles(data.File("videos/tiktok"), "*.mp4").Length.ShouldBeGreaterThan(2 * Videos);
        var check = await AppProgram.TrawlAsync(_world, settings, "db", "check", "--deep", "-P", data.Path);
        check.ExitCode.ShouldBe(0, check.Output + check.Messages);
    }

    // to the last byte
    static void Fill(string path)
    {
        using var ballast = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
        var block = new byte[4096];
        try
        {
            while (true)
                ballast.Write(block);
        }
        catch (IOException)
        {
            // it is full
        }
    }

    static string[] Crawl(string folder) => ["crawl", "street cat", "-n", $"{Videos}", "-P", folder];

    static Dictionary<string, string> Settings() =>
        new()
        {
            ["Trawl__Http__RequestsPerMinute"] = "1000",
            ["Trawl__Work__Lease"] = "2", // where not even that could be written that a video is put back
            ["Trawl__Work__LeastFreeMiB"] = "1", // so that it is not this that stops it
        };

    async Task MountAsync(string options)
    {
        var mount = await AppProgram.RunAsync("mount", null, "-t", "tmpfs", "-o", options, "tmpfs", _folder.Path);
        Assert.SkipUnless(mount.ExitCode == 0, $"nothing can be mounted here: {mount.Messages}");
    }

    sealed class Listener
    {
        readonly System.Text.StringBuilder _text = new();

        public Listener(Process process)
        {
            process.ErrorDataReceived += (_, line) =>
            {
                lock (_text)
                    _text.AppendLine(line.Data);
            };
            process.BeginErrorReadLine();
            process.StandardInput.Close();
        }

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public async Task UntilAsync(string words)
        {
            var began = Stopwatch.GetTimestamp();
            while (!Text.Contains(words, StringComparison.Ordinal))
            {
                Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromMinutes(3), Text);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }
}
