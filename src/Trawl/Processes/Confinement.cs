using System.Runtime.InteropServices;

namespace Trawl.Processes;

/// <summary>
/// What a program that decodes foreign media can reach: programs and libraries of the system, the files and folders named here, and nothing else; no
/// network, no other process, no variable of ours. What the kernel cannot enforce is missing on that machine, and <c>trawl doctor</c> says so.
/// </summary>
/// <param name="Reads">Files it may read, and folders with all in them.</param>
/// <param name="Writes">Folders it may change.</param>
public sealed record Confinement(IReadOnlyList<string> Reads, IReadOnlyList<string> Writes)
{
    // what any program needs to be loaded, and to ask for no more than there is
    static readonly string[] System =
    [
        "/usr",
        "/lib",
        "/lib32",
        "/lib64",
        "/bin",
        "/sbin",
        "/opt",
        "/nix",
        "/etc/dotnet",
        "/etc/ld.so.cache",
        "/etc/ld.so.preload",
        "/etc/localtime",
        "/dev/urandom",
        "/dev/random",
        "/dev/zero",
        "/proc", // of other processes it shows what is secret to none: Landlock refuses their environment and memory
        "/sys/devices/system",
        "/sys/fs/cgroup",
    ];

    static readonly string[] Kept =
    [
        "PATH",
        "TZ",
        "LD_LIBRARY_PATH",
        "DOTNET_ROOT",
        "DOTNET_ROOT_X64",
        "DOTNET_ROOT_ARM64",
        "DOTNET_ROLL_FORWARD",
    ];

    static readonly Lazy<bool> Namespaces = new(() =>
        OperatingSystem.IsLinux() && ChildProcess.Find("unshare") is { } unshare && CanUnshare(unshare)
    );

    /// <summary>What this machine cannot enforce, in words for people; empty where all is enforced.</summary>
    public static IReadOnlyList<string> Missing =>
        [
            .. Landlock.Version > 0 ? (string[])[] : ["Landlock (files)"],
            .. SyscallFilter.IsThere ? (string[])[] : ["seccomp (network and other processes)"],
            .. Namespaces.Value ? (string[])[] : ["user namespaces (network)"],
        ];

    /// <summary>The variables of ours that are passed on.</summary>
    internal static IEnumerable<string> Variables => Kept;

    /// <summary>What the program is started by, in a network of its own; empty where that is not allowed.</summary>
    internal static IReadOnlyList<string> Wrapper => Namespaces.Value ? [ChildProcess.Find("unshare")!, "--user", "--net", "--"] : [];

    /// <summary>Whether it counts as a user of its own, whose processes can be limited.</summary>
    internal static bool HasOwnUser => Namespaces.Value;

    /// <summary>Gives up all else for this thread and all it starts, for good.</summary>
    internal void EnterOnThisThread()
    {
        Landlock.RestrictThisThread([.. System, RuntimeFolder, AppContext.BaseDirectory, .. Reads], [.. Writes, "/dev/null"]);
        SyscallFilter.RestrictThisThread();
    }

    // /usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.1/ is three folders below what a .NET program needs
    static string RuntimeFolder => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    static bool CanUnshare(string unshare)
    {
        using var probe = global::System.Diagnostics.Process.Start(
            new global::System.Diagnostics.ProcessStartInfo(unshare, ["--user", "--net", "--", "true"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        );
        probe?.WaitForExit();
        return probe?.ExitCode == 0;
    }
}
