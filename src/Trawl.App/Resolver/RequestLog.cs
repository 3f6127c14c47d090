using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Trawl.Strategies;

namespace Trawl.App.Resolver;

/// <summary>What is told of every request: one line, and one measurement with the same labels.</summary>
sealed partial class RequestLog(ILogger logger)
{
    static readonly Meter Meter = new(TrawlMetrics.Name);

    static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "trawl.http.duration",
        "s",
        "Requests to the resolver service, by route and status; 499 when the asker hung up."
    );

    public void Answered(HttpContext context, string route, TimeSpan elapsed)
    {
        var status = context.Response.StatusCode;
        Durations.Record(elapsed.TotalSeconds, new("route", route), new("status", status));
        LogAnswered(logger, context.Request.Method, route, status, (long)elapsed.TotalMilliseconds);
    }

    public void Defect(string route, Exception exception) => LogDefect(logger, route, exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Answered {Method} {Route} with {Status} in {Milliseconds} ms")]
    static partial void LogAnswered(ILogger logger, string method, string route, int status, long milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed at {Route} by a defect")]
    static partial void LogDefect(ILogger logger, string route, Exception exception);
}
