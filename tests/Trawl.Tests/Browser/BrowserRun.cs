using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.TikTok;
using Trawl.Http;
using Trawl.Sandbox;

namespace Trawl.Tests.Browser;

/// <summary>Real browsers in the sandbox's world.</summary>
public sealed class BrowserRun : IAsyncDisposable
{
    readonly Network _network;

    BrowserRun(SandboxWorld world, BrowserOptions options)
    {
        World = world;
        _network = new Network(
            new HttpOptions { Proxies = [world.Proxy], CertificateFile = world.CertificateFile },
            NullLogger.Instance,
            TimeProvider.System
        );
        Pool = new BrowserPool(options with { TrustAnyCertificate = true }, _network);
    }

    /// <summary>The door to the sandbox's world.</summary>
    public Network Network => _network;

    public SandboxWorld World { get; }

    public BrowserPool Pool { get; }

    public TikVid TikVid => new(Pool);

    public BrowserSearch Search => new(Pool);

    public static async Task<BrowserRun> StartAsync(BrowserOptions? options = null) =>
        new(await SandboxWorld.StartAsync(), options ?? new BrowserOptions());

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        _network.Dispose();
        await World.DisposeAsync();
    }
}
