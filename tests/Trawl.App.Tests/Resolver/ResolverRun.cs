using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Operations;
using Trawl.App.Resolver;
using Trawl.App.Resolver.Doors;

namespace Trawl.App.Tests.Resolver;

/// <summary>A resolver service listening on a port of its own, and a client.</summary>
sealed class ResolverRun : IAsyncDisposable
{
    readonly WebServer? _server;

    readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    ResolverRun(WebServer server)
        : this(server.Address) => _server = server;

    /// <summary>A client of a service that runs elsewhere.</summary>
    public ResolverRun(Uri address) => Address = address;

    public Uri Address { get; }

    /// <summary>Sends a request to a path of the service.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        request.RequestUri = new Uri(Address, request.RequestUri!);
        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<ResolverRun> StartAsync(
        IResolverWork work,
        Doorkeeper? doorkeeper = null,
        Func<string, string?>? environment = null,
        ExecutionMode? mode = null
    )
    {
        var routes = new ResolverRoutes(
            work,
            doorkeeper ?? new Doorkeeper([], [], null, isOpen: false),
            mode ?? new ExecutionMode(allowHeadless: true, environment ?? (_ => null)),
            new ServicePages("Scrapling FastAPI Service"),
            NullLogger.Instance
        );
        return new(await WebServer.StartAsync(IPAddress.Loopback, 0, routes.AnswerAsync, NullLoggerFactory.Instance));
    }

    /// <summary>Posts a body as JSON.</summary>
    public Task<(int Status, string Body)> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        PostAsync(path, Encoding.UTF8.GetBytes(body), "application/json", headers);

    public async Task<(int Status, string Body)> PostAsync(
        string path,
        byte[] body,
        string? type,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (type is not null)
            request.Content.Headers.TryAddWithoutValidation("content-type", type);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var reply = await SendAsync(request);
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
