using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Trawl.App.Resolver;

/// <summary>The HTTP server in front of the routes.</summary>
sealed class ResolverServer : IAsyncDisposable
{
    const long LargestBody = 1024 * 1024;

    readonly WebApplication _application;

    ResolverServer(WebApplication application) => _application = application;

    /// <summary>Where it listens.</summary>
    public Uri Address =>
        new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts listening.</summary>
    /// <param name="address">Of this machine.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="routes">What is answered.</param>
    /// <param name="logging">Where the server's own troubles are told.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ResolverServer> StartAsync(
        IPAddress address,
        int port,
        ResolverRoutes routes,
        ILoggerFactory logging,
        CancellationToken cancellation = default
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logging);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
            kestrel.Listen(address, port);
        });
        var application = builder.Build();
        application.Run(routes.AnswerAsync);
        await application.StartAsync(cancellation);
        return new ResolverServer(application);
    }

    /// <summary>Stops listening; requests under way are cut off after a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }
}
