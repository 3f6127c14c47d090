using System.Runtime.InteropServices;

namespace Trawl.Processes;

/// <summary>
/// A seccomp filter: calls of the kernel that no decoder needs fail. None that opens a connection, looks into another process, loads code into the
/// kernel, or builds namespaces; and for a program that starts no other one, none that starts a program.
/// </summary>
static partial class SyscallFilter
{
    const int NoNewPrivileges = 38;
    const int AskMode = 21; // PR_GET_SECCOMP
    const int SetFilter = 1;
    const int ForAllThreads = 1; // SECCOMP_FILTER_FLAG_TSYNC

    // of a filter's program
    const ushort Load = 0x20;
    const ushort IfEqual = 0x15;
    const ushort IfAnyBit = 0x45;
    const ushort IfAtLeast = 0x35;
    const ushort Return = 0x06;
    const uint Allow = 0x7FFF_0000;
    const uint Refuse = 0x0005_0000;
    const uint NotPermitted = 1; // EPERM
    const uint NotThere = 38; // ENOSYS
    const uint Number = 0;
    const uint Machine = 4;
    const uint FirstArgument = 16;

    const uint NewNamespaces = 0x7E02_0080;
    const uint UserAndNetwork = 0x5000_0000; // CLONE_NEWUSER | CLONE_NEWNET

    /// <summary>The numbers calls have on a machine.</summary>
    /// <param name="Audit">What the kernel calls the machine.</param>
    /// <param name="Seccomp">The call that sets a filter.</param>
    /// <param name="Unshare">The call that makes namespaces.</param>
    /// <param name="NewThread">The call that makes a thread.</param>
    /// <param name="Starts">The calls that start a program.</param>
    /// <param name="Refused">The calls no decoder needs.</param>
    sealed record Calls(uint Audit, int Seccomp, uint Unshare, uint NewThread, uint[] Starts, uint[] Refused);

    // socket, ptrace, process_vm_*, mount, umount, pivot_root, chroot, setns, bpf, perf_event_open, userfaultfd, keys, open_by_handle_at, modules, kexec,
    // kcmp, reboot, swap, quota, accounting, clocks; then those that have the same number everywhere
    static readonly Calls X64 = new(
        0xC000_003E,
        317,
        272,
        56,
        [59, 322],
        [
            41,
            101,
            310,
            311,
            165,
            166,
            155,
            161,
            308,
            321,
            298,
            323,
            248,
            249,
            250,
            304,
            175,
            313,
            176,
            246,
            320,
            312,
            169,
            167,
            168,
            179,
            163,
            164,
            227,
            305,
        ]
    );

    static readonly Calls Arm64 = new(
        0xC000_00B7,
        277,
        97,
        220,
        [221, 281],
        [
            198,
            117,
            270,
            271,
            40,
            39,
            41,
            51,
            268,
            280,
            241,
            282,
            217,
            218,
            219,
            265,
            105,
            273,
            106,
            104,
            294,
            272,
            142,
            224,
            225,
            60,
            89,
            170,
            112,
            266,
        ]
    );

    // io_uring, open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, pidfd_getfd, mount_setattr
    static readonly uint[] Everywhere = [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442];
    const uint Clone3 = 435;

    static readonly Calls? Here = !OperatingSystem.IsLinux()
        ? null
        : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => X64,
            Architecture.Arm64 => Arm64,
            _ => null,
        };

    /// <summary>Whether this machine has it.</summary>
    public static bool IsThere { get; } = Here is not null && Control(AskMode, 0, 0, 0, 0) >= 0;

    /// <summary>Refuses this thread, and all it starts, the calls no decoder needs. Does nothing where the kernel cannot.</summary>
    public static void RestrictThisThread()
    {
        if (IsThere)
            Set(Program(Here!, [.. Here!.Refused, .. Everywhere]), flags: 0);
    }

    /// <summary>Refuses all threads of this process to start a program. Does nothing where the kernel cannot.</summary>
    public static void RefusePrograms()
    {
        if (IsThere)
            Set([.. Prologue(Here!), .. Here!.Starts.SelectMany(c => Refusal(c, NotPermitted)), new(Return, 0, 0, Allow)], ForAllThreads);
    }

    static List<Instruction> Program(Calls calls, uint[] refused) =>
        [
            .. Prologue(calls),
            .. refused.SelectMany(c => Refusal(c, NotPermitted)),
            // its flags lie in memory, where a filter does not see them: programs then take clone
            .. Refusal(Clone3, NotThere),
            // unshare(1) makes the one pair of namespaces a decoder is started in
            new(IfEqual, 0, 3, calls.Unshare),
            new(Load, 0, 0, FirstArgument),
            new(IfEqual, 5, 0, UserAndNetwork),
            new(Return, 0, 0, Refuse | NotPermitted),
            new(IfEqual, 0, 3, calls.NewThread),
            new(Load, 0, 0, FirstArgument),
            new(IfAnyBit, 0, 1, NewNamespaces),
            new(Return, 0, 0, Refuse | NotPermitted),
            new(Return, 0, 0, Allow),
        ];

    // calls in the manner of another machine, or of x32, have other numbers: none is allowed
    static IEnumerable<Instruction> Prologue(Calls calls) =>
        [
            new(Load, 0, 0, Machine),
            new(IfEqual, 1, 0, calls.Audit),
            new(Return, 0, 0, Refuse | NotPermitted),
            new(Load, 0, 0, Number),
            new(IfAtLeast, 0, 1, 0x4000_0000),
            new(Return, 0, 0, Refuse | NotPermitted),
        ];

    static IEnumerable<Instruction> Refusal(uint call, uint error) => [new(IfEqual, 0, 1, call), new(Return, 0, 0, Refuse | error)];

    static unsafe void Set(List<Instruction> program, int flags)
    {
        Checked(Control(NoNewPrivileges, 1, 0, 0, 0));
        fixed (Instruction* first = CollectionsMarshal.AsSpan(program))
        {
            var filter = new Filter { Length = (ushort)program.Count, Program = (nint)first };
            Checked(Syscall(Here!.Seccomp, SetFilter, flags, (nint)(&filter)));
        }
    }

    static void Checked(nint result)
    {
        if (result != 0)
            throw new InvalidOperationException($"seccomp refuses (error {Marshal.GetLastPInvokeError()}).");
    }

    [StructLayout(LayoutKind.Sequential)]
    readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);

    [StructLayout(LayoutKind.Sequential)]
    struct Filter
    {
        public ushort Length;
        public nint Program;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nint first, nint second, nint third, nint fourth);
}
