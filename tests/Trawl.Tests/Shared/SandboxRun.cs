using Trawl.Http;
using Trawl.Sandbox;
using Trawl.Videos;

namespace Trawl.Tests.Shared;

/// <summary>A client in a sandbox of its own, both on one fake clock that moves only while nothing else does.</summary>
public sealed class SandboxRun : IAsyncDisposable
{
    static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(60);

    // Small against the deadlines, so that one slow moment of the machine does not pass for a silent host.
    static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    readonly TempFolder _folder = new();

    SandboxRun(SandboxWorld world, FakeClock clock, TrawlOptions options)
    {
        World = world;
        Clock = clock;
        Trawl = new TrawlClient(
            options with
            {
                Http = options.Http with { Proxies = [world.Proxy], CertificateFile = world.CertificateFile },
            },
            time: clock
        );
    }

    public SandboxWorld World { get; }

    public FakeClock Clock { get; }

    public TrawlClient Trawl { get; }

    public string Folder => _folder.Path;

    public static async Task<SandboxRun> StartAsync(TrawlOptions? options = null)
    {
        var clock = new FakeClock();
        return new SandboxRun(await SandboxWorld.StartAsync(time: clock), clock, options ?? new TrawlOptions());
    }

    /// <summary>Resolves and downloads a link.</summary>
    public Task<VideoFile> GetAsync(string link) => UntilDoneAsync(FetchAsync(link));

    /// <summary>Lets time pass whenever the sandbox has been still for a moment, until the work is done.</summary>
    public async Task<T> UntilDoneAsync<T>(Task<T> work)
    {
        for (var before = World.Activity; !work.IsCompleted; before = World.Activity)
        {
            await Task.WhenAny(work, Task.Delay(Quiet, TimeProvider.System));
            if (!work.IsCompleted && World.Activity == before)
                Clock.AdvanceToNext(Step);
        }
        return await work;
    }

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
