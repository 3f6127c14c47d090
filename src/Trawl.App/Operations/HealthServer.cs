using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Trawl.App.Operations;

/// <summary>Tells an operator's machines how a worker is: <c>/healthz</c>, whether it runs; <c>/readyz</c>, whether it can work; <c>/metrics</c>.</summary>
sealed class HealthServer : IAsyncDisposable
{
    readonly WebServer _server;
    readonly MetricsText _metrics;

    HealthServer(WebServer server, MetricsText metrics) => (_server, _metrics) = (server, metrics);

    /// <summary>Starts telling.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="port">The port.</param>
    /// <param name="troublesAsync">What keeps it from working; empty when nothing does.</param>
    /// <param name="logging">Where the server's own troubles are told.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HealthServer> StartAsync(
        IPAddress address,
        int port,
        Func<CancellationToken, Task<IReadOnlyList<string>>> troublesAsync,
        ILoggerFactory logging,
        CancellationToken cancellation
    )
    {
        var metrics = new MetricsText();
        return new HealthServer(await WebServer.StartAsync(address, port, AnswerAsync, logging, cancellation), metrics);

        async Task AnswerAsync(HttpContext context)
        {
            var (status, text) = context.Request.Path.Value switch
            {
                "/healthz" => (200, "ok\n"),
                "/readyz" when await troublesAsync(context.RequestAborted) is { Count: > 0 } troubles => (
                    503,
                    string.Join('\n', troubles) + "\n"
                ),
                "/readyz" => (200, "ready\n"),
                "/metrics" => (200, metrics.Write()),
                _ => (404, "not found\n"),
            };
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _metrics.Dispose();
    }
}
