using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Trawl.App.Resolver.Answers;
using Trawl.App.Resolver.Doors;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;
using Trawl.App.Searches;

namespace Trawl.App.Resolver;

/// <summary>The routes of the resolver service and what is answered when a request fits none. Paths are told apart by their case and their last slash.</summary>
sealed class ResolverRoutes
{
    static readonly byte[] Healthy = """{"status":"ok"}"""u8.ToArray();

    readonly IResolverWork _work;
    readonly Doorkeeper _doorkeeper;
    readonly ExecutionMode _mode;
    readonly RequestLog _log;
    readonly Dictionary<string, Route> _routes;

    /// <param name="Method">The only method it answers.</param>
    /// <param name="Acts">Whether it makes the service do something, which not every page may.</param>
    sealed record Route(string Method, bool Acts, Func<HttpContext, Task> AnswerAsync);

    /// <summary>Lays the routes.</summary>
    public ResolverRoutes(IResolverWork work, Doorkeeper doorkeeper, ExecutionMode mode, ServicePages pages, ILogger logger)
    {
        (_work, _doorkeeper, _mode, _log) = (work, doorkeeper, mode, new RequestLog(logger));
        _routes = new(StringComparer.Ordinal)
        {
            ["/health"] = new("GET", false, HealthAsync),
            ["/"] = new("GET", false, c => RedirectAsync(c, "/docs")),
            ["/docs"] = new("GET", false, c => SendAsync(c, 200, pages.Docs, "text/html; charset=utf-8")),
            ["/openapi.json"] = new("GET", false, c => SendAsync(c, 200, pages.OpenApi, "application/json")),
            ["/tiktok/search"] = new("POST", true, SearchAsync),
            ["/tiktok/download"] = new("POST", true, DownloadAsync),
            ["/tiktok/session"] = new("POST", true, SessionAsync),
            ["/browse"] = new("POST", true, BrowseAsync),
        };
    }

    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var began = Stopwatch.GetTimestamp();
        var path = context.Request.Path.Value ?? "/";
        var route = _routes.GetValueOrDefault(path);
        try
        {
            if (Cors.Answers(context, out var status, out var text))
            {
                await SendAsync(context, status, System.Text.Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");
                return;
            }
            Cors.Allow(context);
            await (route is null ? UnknownAsync(context, path) : AnswerAsync(context, route));
        }
        catch (InvalidRequestException e)
        {
            List<object?> faults = [.. e.Faults.Select(f => f.ToFields())];
            await SendAsync(context, 422, new Fields { ["detail"] = faults });
        }
        catch (InvalidDataException)
        {
            await DetailAsync(context, 400, "There was an error parsing the body");
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            context.Response.Headers.Connection = "close";
            await DetailAsync(context, e.StatusCode, e.StatusCode == 413 ? "Request body too large" : "The body did not arrive");
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = 499; // nobody is there to see it but the log
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            _log.Defect(path, e);
            await SendAsync(context, 500, "Internal Server Error"u8.ToArray(), "text/plain; charset=utf-8");
        }
        finally
        {
            _log.Answered(context, route is null ? "other" : path, Stopwatch.GetElapsedTime(began));
        }
    }

    Task AnswerAsync(HttpContext context, Route route)
    {
        if (context.Request.Method != route.Method)
        {
            context.Response.Headers.Allow = route.Method;
            return DetailAsync(context, 405, "Method Not Allowed");
        }
        if (route.Acts && _doorkeeper.Refusal(context.Request) is { } refusal)
            return DetailAsync(context, 403, refusal);
        return route.AnswerAsync(context);
    }

    Task UnknownAsync(HttpContext context, string path)
    {
        var other = path.EndsWith('/') ? path.TrimEnd('/') : path + "/";
        return _routes.ContainsKey(other)
            ? RedirectAsync(context, $"{context.Request.Scheme}://{context.Request.Host}{other}{context.Request.QueryString}")
            : DetailAsync(context, 404, "Not Found");
    }

    static Task HealthAsync(HttpContext context)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return SendAsync(context, 200, Healthy, "application/json");
    }

    async Task SearchAsync(HttpContext context)
    {
        var request = SearchRequest.Read(await RequestBody.ReadAsync(context.Request));
        if (!request.Query.IsList && request.Query.Phrases[0].Strip().Length == 0)
        {
            await SendAsync(context, SearchAnswer.Blank.Status, SearchAnswer.Blank.Body);
            return;
        }
        var stream = HitStream.For(context);
        var began = Stopwatch.GetTimestamp();
        var searching = _work.SearchAsync(request, stream, context.RequestAborted);
        if (stream is not null)
            await stream.FollowAsync(searching, context.RequestAborted);
        var answer = SearchAnswer.Of(request, await searching, _mode.IsHeadful(request.Headful), Seconds(began));
        await (stream is null ? SendAsync(context, answer.Status, answer.Body) : stream.EndAsync(answer, context.RequestAborted));
    }

    async Task DownloadAsync(HttpContext context)
    {
        var began = Stopwatch.GetTimestamp();
        var request = DownloadRequest.Read(await RequestBody.ReadAsync(context.Request));
        var answer =
            !request.IsOfTikTok ? DownloadAnswer.InvalidAddress(request, Seconds(began))
            : request.VideoId is null ? DownloadAnswer.NoVideo(request, Seconds(began))
            : await _work.DownloadAsync(request, context.RequestAborted);
        await SendAsync(context, answer.Status, answer.Body);
    }

    async Task SessionAsync(HttpContext context)
    {
        if ((await RequestBody.ReadLooselyAsync(context.Request)).Count > 0)
        {
            var fault = new Fields { ["type"] = "extra_forbidden", ["msg"] = "Extra inputs are not permitted" };
            await SendAsync(context, 422, new Fields { ["detail"] = (List<object?>)[fault] });
            return;
        }
        var answer = await _work.SessionAsync(context.RequestAborted);
        await SendAsync(context, SessionAnswer.StatusOf(answer), answer);
    }

    async Task BrowseAsync(HttpContext context)
    {
        if (_doorkeeper.RefusalToBrowse(context.Request) is { } refusal)
        {
            await DetailAsync(context, 403, refusal);
            return;
        }
        var request = BrowseRequest.Read(await RequestBody.ReadAsync(context.Request));
        var answer = await _work.BrowseAsync(request, context.RequestAborted);
        await SendAsync(context, answer.Status, answer.Body);
    }

    static double Seconds(long began) => Stopwatch.GetElapsedTime(began).TotalSeconds;

    static Task DetailAsync(HttpContext context, int status, string detail) =>
        SendAsync(context, status, new Fields { ["detail"] = detail });

    static Task RedirectAsync(HttpContext context, string address)
    {
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = address;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    static Task SendAsync(HttpContext context, int status, Fields body)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        PythonText.WriteJson(json, body);
        return SendAsync(context, status, json.WrittenMemory, "application/json");
    }

    static async Task SendAsync(HttpContext context, int status, ReadOnlyMemory<byte> body, string type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body);
    }
}
