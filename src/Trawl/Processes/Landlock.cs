using System.Runtime.InteropServices;

namespace Trawl.Processes;

/// <summary>Landlock, by which Linux lets a thread give up files, connections and signals (since 5.13; <c>man 7 landlock</c>).</summary>
static partial class Landlock
{
    const int CreateRuleset = 444;
    const int AddRule = 445;
    const int RestrictSelf = 446;
    const int AskVersion = 1;
    const int PathBeneath = 1;

    const ulong Execute = 1 << 0;
    const ulong WriteFile = 1 << 1;
    const ulong ReadFile = 1 << 2;
    const ulong ReadFolder = 1 << 3;
    const ulong Truncate = 1 << 14;
    const ulong Device = 1 << 15;
    const ulong OfFiles = Execute | WriteFile | ReadFile | Truncate | Device;
    const ulong Reading = Execute | ReadFile | ReadFolder;

    // bind and connect by TCP; abstract sockets and signals
    const ulong Network = 3;
    const ulong Scopes = 3;

    const int OpenPath = 0x200000; // O_PATH
    const int OpenCloseOnExec = 0x80000;
    const int NoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS

    static readonly Lazy<int> Known = new(() => OperatingSystem.IsLinux() ? (int)Math.Max(0, Syscall(CreateRuleset, 0, 0, AskVersion)) : 0);

    /// <summary>The version this kernel has; 0 for none.</summary>
    public static int Version => Known.Value;

    /// <summary>Leaves this thread, and all it starts, nothing but some files and folders. Does nothing where the kernel cannot.</summary>
    /// <param name="reads">What may be read and started.</param>
    /// <param name="writes">What may be changed, too.</param>
    /// <exception cref="InvalidOperationException">The kernel can and does not.</exception>
    public static unsafe void RestrictThisThread(IEnumerable<string> reads, IEnumerable<string> writes)
    {
        if (Version == 0)
            return;
        // each version knows more: what an older one does not know must not be asked for
        var files =
            (
                1UL
                << (
                    Version switch
                    {
                        1 => 13,
                        2 => 14,
                        3 or 4 => 15,
                        _ => 16,
                    }
                )
            ) - 1;
        var wanted = new Ruleset
        {
            Files = files,
            Network = Version >= 4 ? Network : 0,
            Scopes = Version >= 6 ? Scopes : 0,
        };
        var size =
            Version >= 6 ? 24
            : Version >= 4 ? 16
            : 8;
        var ruleset = Checked(Syscall(CreateRuleset, (nint)(&wanted), size, 0));
        foreach (var path in reads)
            Allow(ruleset, path, Reading & files);
        foreach (var path in writes)
            Allow(ruleset, path, files & ~Execute);
        Checked(Control(NoNewPrivileges, 1, 0, 0, 0));
        Checked(Syscall(RestrictSelf, ruleset, 0, 0));
        _ = Close((int)ruleset);
    }

    // what is not there cannot be reached either way
    static unsafe void Allow(nint ruleset, string path, ulong rights)
    {
        var place = Open(path, OpenPath | OpenCloseOnExec);
        if (place < 0)
            return;
        var rule = new Rule { Rights = Directory.Exists(path) ? rights : rights & OfFiles, Place = place };
        Checked(Syscall(AddRule, ruleset, PathBeneath, (nint)(&rule), 0));
        _ = Close(place);
    }

    static nint Checked(nint result) =>
        result >= 0 ? result : throw new InvalidOperationException($"Landlock refuses (error {Marshal.GetLastPInvokeError()}).");

    [StructLayout(LayoutKind.Sequential)]
    struct Ruleset
    {
        public ulong Files;
        public ulong Network;
        public ulong Scopes;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    struct Rule
    {
        public ulong Rights;
        public int Place;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third, nint fourth = 0);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
