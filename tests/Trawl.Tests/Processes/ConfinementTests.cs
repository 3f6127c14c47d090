using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Trawl.Processes;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Processes;

/// <summary>What a program in the place of a decoder can reach: it tries the environment, files, connections, other programs and other processes.</summary>
public class ConfinementTests
{
    // tries everything, and tells what came of it
    const string Attacker = """
        #!/usr/bin/python3
        import ctypes, json, os, socket, subprocess, sys
        outside, given, folder, port, victim = sys.argv[1:]
        libc = ctypes.CDLL(None, use_errno=True)
        def attempt(act):
            try:
                return str(act())
            except Exception as e:
                return "refused: " + type(e).__name__
        def trace():
            if libc.ptrace(16, int(victim), 0, 0) != 0:
                raise PermissionError(ctypes.get_errno())
        class Piece(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
        def peek():
            buffer = ctypes.create_string_buffer(8)
            mine, theirs = Piece(ctypes.addressof(buffer), 8), Piece(0x400000, 8)
            if libc.process_vm_readv(int(victim), ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) < 0:
                raise PermissionError(ctypes.get_errno())
        print(json.dumps({
            "variables": sorted(os.environ),
            "environ of others": attempt(lambda: open(f"/proc/{victim}/environ").read()),
            "memory of others": attempt(lambda: open(f"/proc/{victim}/mem", "rb").read(1)),
            "peek": attempt(peek),
            "ptrace": attempt(trace),
            "signal": attempt(lambda: os.kill(int(victim), 0)),
            "file": attempt(lambda: open(outside).read()),
            "file by another program": attempt(lambda: subprocess.run(["cat", outside], capture_output=True, check=True).stdout),
            "password file": attempt(lambda: open("/etc/shadow").read()),
            "write outside": attempt(lambda: open(outside + ".new", "w").write("x")),
            "tcp": attempt(lambda: socket.create_connection(("127.0.0.1", int(port)), 2)),
            "udp": attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(port)))),
            "given file": attempt(lambda: open(given).read()),
            "given folder": attempt(lambda: open(folder + "/made", "w").write("made")),
            "own folder": os.getcwd(),
        }))
        """;

    [Fact]
    public async Task A_program_in_a_decoders_place_reaches_its_file_and_its_folder_and_nothing_else()
    {
        Assert.SkipUnless(Confinement.Missing.Count == 0, $"this machine cannot enforce: {string.Join(", ", Confinement.Missing)}");
        using var folder = new TempFolder();
        var (tools, work) = (
            Directory.CreateDirectory(folder.File("tools")).FullName,
            Directory.CreateDirectory(folder.File("work")).FullName
        );
        var attacker = Path.Combine(tools, "attacker");
        File.WriteAllText(attacker, Attacker);
        File.SetUnixFileMode(attacker, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(folder.File("secret"), "planted");
        File.WriteAllText(folder.File("video"), "a video");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Environment.SetEnvironmentVariable("TRAWL_PLANTED_SECRET", "planted");
        // a process of the same user that holds a secret; not this one, since it would be stopped by whoever traces it
        using var victim = Process.Start(new ProcessStartInfo("sleep", ["600"]) { UseShellExecute = false })!;
        string[] arguments =
        [
            folder.File("secret"),
            folder.File("video"),
            work,
            $"{((IPEndPoint)listener.LocalEndpoint).Port}",
            $"{victim.Id}",
        ];

        var confined = await RunAsync(attacker, arguments, new Confinement([folder.File("video")], [work]));
        var free = await RunAsync(attacker, arguments, null);
        victim.Kill();

        string[] forbidden =
        [
            "environ of others",
            "memory of others",
            "peek",
            "ptrace",
            "signal",
            "file",
            "file by another program",
            "password file",
            "write outside",
            "tcp",
            "udp",
        ];
        foreach (var attempt in forbidden)
            confined.GetProperty(attempt).GetString().ShouldStartWith("refused", customMessage: attempt);
        confined.GetProperty("variables").EnumerateArray().Select(v => v.GetString()).ShouldBe(["LC_ALL", "PATH"]);
        confined.GetProperty("given file").GetString().ShouldBe("a video");
        confined.GetProperty("given folder").GetString().ShouldBe("4");
        confined.GetProperty("own folder").GetString().ShouldBe(work);
        listener.Pending().ShouldBeTrue("the one that is free has connected");
        (await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Dispose();
        listener.Pending().ShouldBeFalse();
        free.GetProperty("file").GetString().ShouldBe("planted", "it is the confinement that forbids it");
        free.GetProperty("environ of others").GetString()!.ShouldContain("TRAWL_PLANTED_SECRET=planted");
        free.GetProperty("variables").EnumerateArray().Select(v => v.GetString()).ShouldContain("TRAWL_PLANTED_SECRET");
    }

    [Fact]
    public async Task What_starts_confined_leaves_this_process_as_free_as_it_was()
    {
        using var folder = new TempFolder();
        // each end of one may make a thread of the pool
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(_ =>
                    new ChildProcess("true", []) { Confinement = new Confinement([], []) }.RunAsync(TestContext.Current.CancellationToken)
                )
        );
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => File.WriteAllText(folder.File($"{i}"), "free"))));

        File.WriteAllText(folder.File("a"), "b");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        File.ReadAllText(folder.File("a")).ShouldBe("b");
    }

    static async Task<JsonElement> RunAsync(string program, string[] arguments, Confinement? confinement)
    {
        var result = await new ChildProcess(program, arguments) { Confinement = confinement }.RunAsync(
            TestContext.Current.CancellationToken
        );
        result.ExitCode.ShouldBe(0, result.Messages);
        return JsonDocument.Parse(result.Output).RootElement;
    }
}
