using Trawl.Failures;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Processes;

public class ChildProcessTests
{
    [Fact]
    public async Task A_missing_program_is_named()
    {
        var failure = await Should.ThrowAsync<TrawlException>(() =>
            new ChildProcess("no-such-program", []).RunAsync(CancellationToken.None)
        );

        failure.Kind.ShouldBe(FailureKind.ToolMissing);
        failure.Message.ShouldContain("no-such-program");
    }

    [Fact]
    public async Task Arguments_meet_no_shell()
    {
        var result = await new ChildProcess("printf", ["%s|", "$(id)", "; ls", "a b"]).RunAsync(CancellationToken.None);

        result.Text.ShouldBe("$(id)|; ls|a b|");
    }

    [Fact]
    public async Task A_program_past_its_deadline_is_killed_with_its_children()
    {
        using var folder = new TempFolder();
        var script = Script(folder, "sleep 300 & echo $! > child; wait");
        var process = new ChildProcess(script, [])
        {
            Folder = folder.Path,
            Limits = new ChildLimits { Deadline = TimeSpan.FromSeconds(1) },
        };

        var failure = await Should.ThrowAsync<TrawlException>(() => process.RunAsync(CancellationToken.None));

        failure.Kind.ShouldBe(FailureKind.Timeout);
        var child = (await File.ReadAllTextAsync(folder.File("child"))).Trim();
        // the kernel has been told, and may have other things to do first
        SpinWait.SpinUntil(() => !IsAlive(child), TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_gigabyte_of_output_is_not_kept()
    {
        var process = new ChildProcess("head", ["-c", "200000000", "/dev/zero"]) { Limits = new ChildLimits { Output = 1000 } };

        var result = await process.RunAsync(CancellationToken.None);

        result.Output.Length.ShouldBe(1000);
    }

    [Fact]
    public async Task The_end_of_a_long_error_stream_is_kept()
    {
        using var folder = new TempFolder();
        var script = Script(folder, "head -c 3000000 /dev/zero | tr '\\0' x >&2; echo 'the end' >&2; exit 3");

        var result = await new ChildProcess(script, []).RunAsync(CancellationToken.None);

        result.ExitCode.ShouldBe(3);
        result.Messages.ShouldEndWith("the end");
        result.Messages.Length.ShouldBeLessThanOrEqualTo(64 * 1024);
    }

    static string Script(TempFolder folder, string body)
    {
        var path = folder.File("program");
        File.WriteAllText(path, $"#!/bin/bash\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    static bool IsAlive(string pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
