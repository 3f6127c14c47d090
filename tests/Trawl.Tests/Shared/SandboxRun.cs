using System.Net;
using System.Text;
using Trawl.Http;
using Trawl.Processes;
using Trawl.Sandbox;
using Trawl.Sandbox.Manners;
using Trawl.Videos;

namespace Trawl.Tests.Shared;

/// <summary>A client in a sandbox of its own, both on one fake clock that moves only while nothing else does.</summary>
public sealed class SandboxRun : IAsyncDisposable
{
    static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(60);

    // Small against the deadlines, so that one slow moment of the machine does not pass for a silent host.
    static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    // every door is open: what closed doors cost has tests of its own, and the others count requests
    static readonly SandboxOptions Open = new() { TikTok = new TikTokManners() };

    readonly TempFolder _folder = new();

    SandboxRun(SandboxWorld world, FakeClock clock, TrawlOptions options, Switchboard? board)
    {
        World = world;
        Clock = clock;
        Board = board;
        Trawl = new TrawlClient(
            options with
            {
                Http = options.Http with { Proxies = board is null ? world.Proxies : [], CertificateFile = world.CertificateFile },
            },
            time: clock,
            dialer: board
        );
    }

    public SandboxWorld World { get; }

    public FakeClock Clock { get; }

    /// <summary>Where names lead, in a run without a proxy.</summary>
    public Switchboard? Board { get; }

    public TrawlClient Trawl { get; }

    public string Folder => _folder.Path;

    public static async Task<SandboxRun> StartAsync(TrawlOptions? options = null, SandboxOptions? sandbox = null)
    {
        var clock = new FakeClock();
        return new SandboxRun(await SandboxWorld.StartAsync(sandbox ?? Open, clock), clock, options ?? new TrawlOptions(), null);
    }

    /// <summary>Without a proxy: names are looked up and connections made by hand, so that they can go wrong.</summary>
    public static async Task<SandboxRun> StartDirectAsync(TrawlOptions options)
    {
        var clock = new FakeClock();
        var world = await SandboxWorld.StartAsync(Open, clock);
        var board = new Switchboard();
        foreach (var host in Hosts)
            board.Plug(host, cancellation => TunnelAsync(world, host, cancellation));
        return new SandboxRun(world, clock, options, board);
    }

    static readonly string[] Hosts =
    [
        "www.tiktok.com",
        "v16-webapp-prime.tiktok.com",
        "v19-webapp-prime.tiktok.com",
        "v16m.tiktokcdn.com",
        "www.tikwm.com",
        "resolver.sandbox.test",
    ];

    static async Task<Stream> TunnelAsync(SandboxWorld world, string host, CancellationToken cancellation)
    {
        var stream = await Dialer.System.ConnectAsync(new IPEndPoint(IPAddress.Loopback, world.Proxy.Port), cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n"), cancellation);
        var answer = new byte["HTTP/1.1 200 Connection established\r\n\r\n".Length];
        await stream.ReadExactlyAsync(answer, cancellation);
        return stream;
    }

    /// <summary>Resolves and downloads a link.</summary>
    public Task<VideoFile> GetAsync(string link) => UntilDoneAsync(FetchAsync(link));

    /// <summary>Lets time pass whenever the sandbox has been still for a moment, until the work is done.</summary>
    public async Task<T> UntilDoneAsync<T>(Task<T> work)
    {
        for (var before = World.Activity; !work.IsCompleted; before = World.Activity)
        {
            await Task.WhenAny(work, Task.Delay(Quiet, TimeProvider.System));
            if (!work.IsCompleted && World.Activity == before && !IsBusy)
                Clock.AdvanceToNext(Step);
        }
        return await work;
    }

    // a helper program at work, or more to do than there are hands: time must not pass for it
    static bool IsBusy => ChildProcess.Running > 0 || ThreadPool.PendingWorkItemCount > 0;

    /// <summary>Ends all connections and waits until the sandbox has noticed.</summary>
    public async Task SettleAsync()
    {
        Trawl.Dispose();
        while (World.Pending > 0)
            await Task.Yield();
    }

    /// <summary>Requests the sandbox answered, tunnels aside.</summary>
    public int Requests => World.Requests.Count(r => r.Method != "CONNECT");

    /// <summary>Media bytes the sandbox sent.</summary>
    public long MediaBytes => World.Requests.Where(r => r.Path.Contains("/video/tos/") || r.Path.Contains("/aweme/")).Sum(r => r.Bytes);

    public async ValueTask DisposeAsync()
    {
        Trawl.Dispose();
        await World.DisposeAsync();
        _folder.Dispose();
    }

    async Task<VideoFile> FetchAsync(string link)
    {
        var video = await Trawl.Videos.GetAsync(link);
        return await Trawl.Downloads.RunAsync(video, Folder);
    }
}
