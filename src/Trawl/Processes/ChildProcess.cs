using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Trawl.Failures;

namespace Trawl.Processes;

/// <summary>What a helper program may use up.</summary>
public sealed record ChildLimits
{
    /// <summary>How long the program may run. Default: 2 min.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>CPU seconds it may burn. Default: 300.</summary>
    public int CpuSeconds { get; init; } = 300;

    /// <summary>Address space it may map, in bytes. Default: 4 GiB.</summary>
    public long AddressSpace { get; init; } = 4L << 30;

    /// <summary>Largest file it may write, in bytes. Default: 1 GiB.</summary>
    public long FileSize { get; init; } = 1L << 30;

    /// <summary>How much of what it prints is kept, in bytes. Default: 1 MiB of output and the last 64 KiB of messages.</summary>
    public int Output { get; init; } = 1 << 20;
}

/// <summary>How a helper program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed, as far as <see cref="ChildLimits.Output"/> allows.</param>
/// <param name="Messages">The last 64 KiB of its error stream.</param>
public sealed record ChildResult(int ExitCode, ReadOnlyMemory<byte> Output, string Messages)
{
    /// <summary>The output as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Output.Span);
}

/// <summary>
/// Runs helper programs: an argument list and no shell, a deadline, capped output, limits, the whole tree killed at the end, and no
/// child outlives us, not even after <c>kill -9</c> (on Linux the kernel kills it when the thread that started it dies, so all children
/// are started from one thread that lives as long as the process).
/// </summary>
public sealed class ChildProcess(string program, IReadOnlyList<string> arguments)
{
    const int MessageTail = 64 * 1024;

    // of confined programs
    const int MostFiles = 256;
    const int MostThreads = 512;

    static int _running;

    /// <summary>How many helper programs run now.</summary>
    internal static int Running => Volatile.Read(ref _running);

    /// <summary>What the program may use up.</summary>
    public ChildLimits Limits { get; init; } = new();

    /// <summary>What is written to the program's standard input; null closes it at once.</summary>
    public Func<Stream, CancellationToken, Task>? Input { get; init; }

    /// <summary>Reads the program's standard output as it comes; null keeps it in <see cref="ChildResult.Output"/>.</summary>
    public Func<Stream, CancellationToken, Task>? OutputReader { get; init; }

    /// <summary>The folder it runs in; null for ours.</summary>
    public string? Folder { get; init; }

    /// <summary>Variables set in its environment, beside ours. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>What it can reach; null for all that we can. With it, <see cref="Folder"/> is the first folder it may change.</summary>
    public Confinement? Confinement { get; init; }

    /// <summary>Where a program of this name stands on PATH, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Where a program stands.</summary>
    /// <param name="program">Its name, or its whole path.</param>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolMissing"/></exception>
    public static string Require(string program) =>
        (Path.IsPathRooted(program) ? program : Find(program)) is { } path && File.Exists(path)
            ? path
            : throw new TrawlException(FailureKind.ToolMissing, $"{program} is not installed.");

    /// <summary>Runs the program to its end.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolMissing"/> when it is not on PATH, <see cref="FailureKind.Timeout"/> past its deadline.</exception>
    public async Task<ChildResult> RunAsync(CancellationToken cancellation)
    {
        var path = Require(program);

        using var process = new Process { StartInfo = Describe(path) };
        Interlocked.Increment(ref _running);
        try
        {
            return await RunAsync(process, path, cancellation).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    async Task<ChildResult> RunAsync(Process process, string path, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Limits.Deadline);
        try
        {
            // its own folder is what it was found in: a program of the user's may stand anywhere
            await (
                Confinement is null
                    ? ProcessStarter.StartAsync(process)
                    : ProcessStarter.StartAsync(process, Confinement with { Reads = [.. Confinement.Reads, Path.GetDirectoryName(path)!] })
            ).ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw new TrawlException(FailureKind.ToolMissing, $"{program} could not be started.", e);
        }

        try
        {
            var token = deadline.Token;
            var messages = ReadTailAsync(process.StandardError.BaseStream, token);
            var input = WriteInputAsync(process, token);
            var output = new MemoryStream();
            await (OutputReader ?? ((stream, ct) => ReadCappedAsync(stream, output, ct)))(process.StandardOutput.BaseStream, token)
                .ConfigureAwait(false);
            await input.ConfigureAwait(false);
            var tail = await messages.ConfigureAwait(false);
            await process.WaitForExitAsync(token).ConfigureAwait(false);
            return new ChildResult(process.ExitCode, output.GetBuffer().AsMemory(0, (int)output.Length), tail);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TrawlException(FailureKind.Timeout, $"{program} took longer than {Limits.Deadline.TotalSeconds:0} s.");
        }
        finally
        {
            Kill(process);
        }
    }

    ProcessStartInfo Describe(string path)
    {
        string[] wrapped = Wrapper.Value is { } wrapper
            ?
            [
                .. Confinement is null ? [] : Confinement.Wrapper,
                .. wrapper,
                .. Confinement is null ? (string[])[] : [$"--nofile={MostFiles}"],
                .. Confinement is not null && Confinement.HasOwnUser ? (string[])[$"--nproc={MostThreads}"] : [],
                $"--cpu={Limits.CpuSeconds}",
                $"--as={Limits.AddressSpace}",
                $"--fsize={Limits.FileSize}",
                "--core=0",
                "--",
                path,
                .. arguments,
            ]
            : [path, .. arguments];
        var info = new ProcessStartInfo(wrapped[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Folder ?? (Confinement is null ? "" : Confinement.Writes.FirstOrDefault() ?? "/"),
        };
        foreach (var argument in wrapped.Skip(1))
            info.ArgumentList.Add(argument);
        if (Confinement is not null)
            foreach (var name in info.Environment.Keys.Except(Confinement.Variables, StringComparer.Ordinal).ToList())
                info.Environment.Remove(name);
        info.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in Variables)
            info.Environment[name] = value;
        return info;
    }

    // setpriv: the kernel kills the child when we die, and it can gain no rights; prlimit: what it may use up
    static readonly Lazy<string[]?> Wrapper = new(() =>
        OperatingSystem.IsLinux() && Find("setpriv") is { } setpriv && Find("prlimit") is { } prlimit
            ? [setpriv, "--no-new-privs", "--pdeathsig", "KILL", "--", prlimit]
            : null
    );

    async Task WriteInputAsync(Process process, CancellationToken cancellation)
    {
        var stdin = process.StandardInput.BaseStream;
        try
        {
            if (Input is not null)
                await Input(stdin, cancellation).ConfigureAwait(false);
            stdin.Close();
        }
        catch (IOException)
        {
            // The program stopped reading; its exit code says why.
        }
    }

    async Task ReadCappedAsync(Stream stream, MemoryStream kept, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
                kept.Write(buffer, 0, (int)Math.Min(read, Math.Max(0, Limits.Output - kept.Length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static async Task<string> ReadTailAsync(Stream stream, CancellationToken cancellation)
    {
        var tail = new byte[2 * MessageTail];
        var length = 0;
        int read;
        while ((read = await stream.ReadAsync(tail.AsMemory(length), cancellation).ConfigureAwait(false)) > 0)
        {
            length += read;
            if (length < tail.Length)
                continue;
            tail.AsSpan(length - MessageTail, MessageTail).CopyTo(tail);
            length = MessageTail;
        }
        return Encoding.UTF8.GetString(tail.AsSpan(Math.Max(0, length - MessageTail), Math.Min(length, MessageTail))).Trim();
    }

    static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the kill.
        }
    }
}
