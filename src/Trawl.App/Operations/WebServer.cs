using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trawl.Failures;

namespace Trawl.App.Operations;

/// <summary>An HTTP server with one handler for everything, and limits for who sends too much or too slowly.</summary>
sealed class WebServer : IAsyncDisposable
{
    /// <summary>How many connections are served at a time.</summary>
    public const int MostConnections = 1000;

    const long LargestBody = 1024 * 1024;

    // the server looks at its clock once a second: nobody holds a connection for 15 s without a whole head
    static readonly TimeSpan HeadTime = TimeSpan.FromSeconds(13);

    readonly WebApplication _application;

    WebServer(WebApplication application) => _application = application;

    /// <summary>Where it listens.</summary>
    public Uri Address =>
        new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts listening.</summary>
    /// <param name="address">Of this machine.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="answer">Answers a request.</param>
    /// <param name="logging">Where the server's own troubles are told.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>: the port is taken, or the address is none of this machine.</exception>
    public static async Task<WebServer> StartAsync(
        IPAddress address,
        int port,
        RequestDelegate answer,
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
            kestrel.Limits.RequestHeadersTimeout = HeadTime;
            kestrel.Listen(address, port, listen => listen.Use(new ConnectionLimit(MostConnections).Around));
        });
        var application = builder.Build();
        application.Run(answer);
        try
        {
            await application.StartAsync(cancellation);
            return new WebServer(application);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await application.DisposeAsync();
            throw new TrawlException(
                FailureKind.Configuration,
                $"{new IPEndPoint(address, port)} cannot be listened on: {e.GetBaseException().Message}. Choose another port or address.",
                e
            );
        }
    }

    /// <summary>Stops listening; requests under way are cut off after a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }
}
