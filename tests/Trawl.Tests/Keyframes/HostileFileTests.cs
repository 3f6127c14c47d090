using System.Globalization;
using Trawl.Failures;
using Trawl.Keyframes;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Keyframes;

/// <summary>Files that are broken or wish us ill: a typed failure, or pictures that are really in the file; never a hang, a child left, or a file elsewhere.</summary>
public class HostileFileTests
{
    static readonly string Clip = Path.Combine(House.Root, "tests", "Trawl.Tests", "Keyframes", "Clips", "cuts-h264.mp4");

    [Theory]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("half")]
    [InlineData("garbage")]
    [InlineData("hole")]
    [InlineData("no moov")]
    public async Task A_broken_file_is_a_typed_failure_or_gives_what_it_has(string what)
    {
        using var folder = new TempFolder();
        var bytes = await File.ReadAllBytesAsync(Clip, TestContext.Current.CancellationToken);
        bytes = what switch
        {
            "empty" => [],
            "text" => "<html><body>Not here</body></html>"u8.ToArray(),
            "half" => bytes[..(bytes.Length / 2)],
            "garbage" => Garbage(bytes.Length),
            "hole" => [.. bytes[..4000], .. new byte[4000], .. bytes[8000..]],
            _ => Without("moov"u8, bytes),
        };

        await TryAsync(folder, bytes);
    }

    [Fact]
    public async Task Sound_alone_has_no_picture()
    {
        using var folder = new TempFolder();
        var path = folder.File("v.mp4");
        var made = await new ChildProcess("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", path]).RunAsync(
            CancellationToken.None
        );
        made.ExitCode.ShouldBe(0, made.Messages);

        var failure = await Should.ThrowAsync<TrawlException>(() => ExtractAsync(path, folder.File("pictures"), KeyframeMode.Scene));

        failure.Kind.ShouldBe(FailureKind.WrongContent);
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nfile://{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\n")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")]
    public async Task A_playlist_named_mp4_opens_nothing_else(string text)
    {
        using var folder = new TempFolder();
        File.Copy(Clip, folder.File("secret.mp4"));
        await File.WriteAllTextAsync(
            folder.File("v.mp4"),
            string.Format(CultureInfo.InvariantCulture, text, folder.File("secret.mp4")),
            TestContext.Current.CancellationToken
        );

        var opened = await WatchAsync(folder, FailureKind.ToolFailed);

        opened.ShouldContain("v.mp4", customMessage: "nothing was watched");
        opened.ShouldNotContain("secret");
        opened.ShouldNotContain("AF_INET");
    }

    [Fact]
    public async Task A_codec_nobody_looks_after_is_not_decoded()
    {
        using var folder = new TempFolder();
        var path = folder.File("v.mp4");
        string[] encode = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-c:v", "qtrle", "-f", "mov", path];
        (await new ChildProcess("ffmpeg", encode).RunAsync(TestContext.Current.CancellationToken)).ExitCode.ShouldBe(0);

        await WatchAsync(folder, FailureKind.ToolFailed, FailureKind.WrongContent);
    }

    /// <summary>Looks into a file.</summary>
    protected virtual Task<KeyframeSet> ExtractAsync(string path, string folder, KeyframeMode mode) =>
        new KeyframeExtractor(new Ffmpeg { Deadline = TimeSpan.FromSeconds(30) }, new KeyframeOptions { Mode = mode }).RunAsync(
            path,
            folder,
            TestContext.Current.CancellationToken
        );

    /// <summary>Looks into a file; every program that does is started through a command.</summary>
    protected virtual async Task<KeyframeSet> ExtractByAsync(string[] command, string path, string folder, TempFolder work)
    {
        var tools = Directory.CreateDirectory(work.File("tools")).FullName;
        foreach (var tool in (string[])["ffmpeg", "ffprobe"])
        {
            var script = Path.Combine(tools, tool);
            await File.WriteAllTextAsync(
                script,
                $"#!/bin/sh\nexec {string.Join(' ', command)} {ChildProcess.Find(tool)} \"$@\"\n",
                TestContext.Current.CancellationToken
            );
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return await new KeyframeExtractor(new Ffmpeg { Folder = tools, IsConfined = false }).RunAsync(path, folder);
    }

    // what is opened before it fails
    async Task<string> WatchAsync(TempFolder folder, params FailureKind[] kinds)
    {
        var log = folder.File("opened.log");
        string[] watch = ["strace", "-f", "-A", "-o", log, "-e", "trace=open,openat,connect,execve"];

        var failure = await Should.ThrowAsync<TrawlException>(() =>
            ExtractByAsync(watch, folder.File("v.mp4"), folder.File("pictures"), folder)
        );

        failure.Kind.ShouldBeOneOf(kinds);
        Directory.Exists(folder.File("pictures")).ShouldBeFalse();
        return await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Forty_mutated_files_do_no_harm() => await MutateAsync(40, seed: 1);

    [Fact]
    public async Task Five_hundred_mutated_files_do_no_harm()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only");
        await MutateAsync(500, seed: 2);
    }

    async Task MutateAsync(int files, int seed)
    {
        var clips = Directory
            .GetFiles(Path.GetDirectoryName(Clip)!, "*.mp4")
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)
            .ToList();
        await Parallel.ForAsync(
            0,
            files,
            async (i, _) =>
            {
                using var folder = new TempFolder();
                await TryAsync(
                    folder,
                    Mutated(clips[i % clips.Count], new Random((seed * 10_000) + i)),
                    (KeyframeMode)(i / clips.Count % 3)
                );
            }
        );
    }

    async Task TryAsync(TempFolder folder, byte[] bytes, KeyframeMode mode = KeyframeMode.Scene)
    {
        await File.WriteAllBytesAsync(folder.File("v.mp4"), bytes, TestContext.Current.CancellationToken);
        try
        {
            var set = await ExtractAsync(folder.File("v.mp4"), folder.File("pictures"), mode);
            set.Keyframes.ShouldAllBe(k => new FileInfo(k.Path).Length > 0 && k.Frame < Math.Max(1, set.Probe.Frames));
        }
        catch (TrawlException e)
        {
            e.Kind.ShouldBeOneOf(FailureKind.ToolFailed, FailureKind.WrongContent, FailureKind.Timeout);
        }
        Directory
            .EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder.Path, f))
            .ShouldAllBe(f => f == "v.mp4" || f.StartsWith("pictures/0", StringComparison.Ordinal));
        // one that was killed may take a moment to go
        SpinWait.SpinUntil(() => !ProgramsAt(folder.Path).Any(), TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    // which programs have been told of a file there
    static IEnumerable<string> ProgramsAt(string folder) =>
        Directory
            .EnumerateDirectories("/proc")
            .Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
            .Select(d => ReadOrEmpty(Path.Combine(d, "cmdline")))
            .Where(line => line.Contains(folder, StringComparison.Ordinal));

    static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended
        }
    }

    static byte[] Mutated(byte[] whole, Random chance)
    {
        var bytes = whole.ToArray();
        for (var hits = chance.Next(1, 40); hits > 0; hits--)
            bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256);
        return chance.Next(4) switch
        {
            0 => bytes[..chance.Next(1, bytes.Length)],
            1 => [.. bytes, .. bytes[chance.Next(bytes.Length)..]],
            _ => bytes,
        };
    }

    static byte[] Garbage(int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        return bytes;
    }

    static byte[] Without(ReadOnlySpan<byte> box, byte[] bytes)
    {
        var changed = bytes.ToArray();
        changed[bytes.AsSpan().IndexOf(box)] = (byte)'x';
        return changed;
    }
}
