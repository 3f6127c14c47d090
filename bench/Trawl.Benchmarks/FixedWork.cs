using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Trawl.App.Operations;
using Trawl.App.Resolver;
using Trawl.App.Resolver.Answers;
using Trawl.App.Resolver.Doors;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;

namespace Trawl.Benchmarks;

/// <summary>The work behind the routes with an answer that is always the same, for the cost of all that stands before it.</summary>
sealed class FixedWork : IResolverWork
{
    const long First = 7571863205253778710;

    public Task<Fields> SearchAsync(SearchRequest request, IProgress<Fields>? found, CancellationToken cancellation)
    {
        var hits = new List<object?>();
        for (var i = 0; i < request.Count; i++)
            hits.Add(
                new Fields
                {
                    ["id"] = $"{First + i}",
                    ["caption"] = $"caption of the video number {i} #tag",
                    ["authorHandle"] = $"author{i}",
                    ["likeCount"] = 1000L + i,
                    ["uploadTime"] = "2025-11-20",
                    ["webViewUrl"] = $"https://www.tiktok.com/@author{i}/video/{First + i}",
                }
            );
        return Task.FromResult(
            new Fields
            {
                ["results"] = hits,
                ["totalResults"] = (long)hits.Count,
                ["query"] = request.Query.Phrases[0],
            }
        );
    }

    public Task<DownloadAnswer> DownloadAsync(DownloadRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Fields> SessionAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<BrowseAnswer> BrowseAsync(BrowseRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Serves it, with the logs and metrics of the program.</summary>
    public static async Task ServeAsync(int port)
    {
        using var logging = LoggerFactory.Create(builder =>
            builder.AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true)
        );
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument),
        };
        meters.Start();
        var routes = new ResolverRoutes(
            new FixedWork(),
            new Doorkeeper([], [], null, isOpen: false),
            new ExecutionMode(allowHeadless: true, Environment.GetEnvironmentVariable),
            new ServicePages("bench"),
            logging.CreateLogger("bench")
        );
        await using var server = await WebServer.StartAsync(IPAddress.Loopback, port, routes.AnswerAsync, logging);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    /// <summary>Serves the same answers as barely as the framework can.</summary>
    public static async Task ServeBareAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var application = builder.Build();
        application.MapGet("/health", () => new BareHealth("ok"));
        application.MapPost(
            "/tiktok/search",
            (BareRequest request) =>
                new BareAnswer(
                    [
                        .. Enumerable
                            .Range(0, request.NumVideos)
                            .Select(i => new BareHit(
                                $"{First + i}",
                                $"caption of the video number {i} #tag",
                                $"author{i}",
                                1000 + i,
                                "2025-11-20",
                                $"https://www.tiktok.com/@author{i}/video/{First + i}"
                            )),
                    ],
                    request.NumVideos,
                    request.Query
                )
        );
        await application.RunAsync();
    }

    sealed record BareHealth(string Status);

    sealed record BareRequest(string Query, int NumVideos);

    sealed record BareHit(string Id, string Caption, string AuthorHandle, long LikeCount, string UploadTime, string WebViewUrl);

    sealed record BareAnswer(BareHit[] Results, int TotalResults, string Query);
}
