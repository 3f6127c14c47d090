using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Trawl.App.Resolver.Answers;
using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver;

/// <summary>
/// Hits as they are found, for who asks for <c>text/event-stream</c> or <c>application/x-ndjson</c>: an object a hit with <c>type</c>
/// <c>hit</c>, and at last one with <c>type</c> <c>done</c> that carries the status and the answer others get.
/// </summary>
sealed class HitStream(HttpResponse response, bool isEvents) : IProgress<Fields>
{
    readonly Channel<Fields> _hits = Channel.CreateUnbounded<Fields>(new UnboundedChannelOptions { SingleReader = true });
    int _found;

    /// <summary>The stream for a request; null when a plain answer is wanted.</summary>
    public static HitStream? For(HttpContext context)
    {
        var accept = context.Request.Headers.Accept.ToString();
        var isEvents = accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        return isEvents || accept.Contains("application/x-ndjson", StringComparison.OrdinalIgnoreCase)
            ? new HitStream(context.Response, isEvents)
            : null;
    }

    public void Report(Fields value) => _hits.Writer.TryWrite(value);

    /// <summary>Passes hits on until the search has ended.</summary>
    public async Task FollowAsync(Task search, CancellationToken cancellation)
    {
        response.ContentType = isEvents ? "text/event-stream" : "application/x-ndjson";
        response.Headers.CacheControl = "no-store";
        await response.StartAsync(cancellation);
        await response.BodyWriter.FlushAsync(cancellation);
        var ending = search.ContinueWith(
            _ => _hits.Writer.Complete(),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
        await foreach (var hit in _hits.Reader.ReadAllAsync(cancellation))
            await SendAsync(
                new Fields
                {
                    ["type"] = "hit",
                    ["found"] = (long)++_found,
                    ["hit"] = SearchAnswer.Hit(hit),
                },
                cancellation
            );
        await ending;
    }

    /// <summary>Ends with the whole answer.</summary>
    public Task EndAsync(SearchAnswer answer, CancellationToken cancellation) =>
        SendAsync(
            new Fields
            {
                ["type"] = "done",
                ["status"] = (long)answer.Status,
                ["answer"] = answer.Body,
            },
            cancellation
        );

    async Task SendAsync(Fields message, CancellationToken cancellation)
    {
        var json = PythonText.Json(message);
        var line = isEvents ? $"event: {message.Text("type")}\ndata: {json}\n\n" : $"{json}\n";
        await response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(line), cancellation);
        await response.BodyWriter.FlushAsync(cancellation);
    }
}
