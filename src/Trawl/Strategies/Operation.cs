using System.Diagnostics;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.Strategies;

/// <summary>One thing somebody asked of us, from its start to its one end: a span for tracers and a line in the histogram.</summary>
sealed class Operation : IDisposable
{
    readonly string _name;
    readonly VideoUrl _url;
    readonly TimeProvider _time;
    readonly long _started;
    readonly Activity? _activity;
    string _kind = "canceled";
    string? _cache;

    public Operation(string name, VideoUrl url, TimeProvider time)
    {
        (_name, _url, _time, _started) = (name, url, time, time.GetTimestamp());
        _activity = TrawlMetrics.Start(name);
        _activity?.SetTag("platform", url.Platform).SetTag("video", url.Identity);
    }

    /// <summary>It went well.</summary>
    /// <param name="cache">hit, miss or stale, where that was asked.</param>
    public void Succeed(string? cache = null) => (_kind, _cache) = ("ok", cache);

    /// <summary>It failed.</summary>
    /// <returns>The failure, with what was being done.</returns>
    public TrawlException Fail(TrawlException failure)
    {
        _kind = failure.Kind.Name();
        _activity?.SetStatus(ActivityStatusCode.Error, _kind);
        return failure.Operation is null ? failure.During(_name, _url.Canonical) : failure;
    }

    public void Dispose()
    {
        _activity?.SetTag("kind", _kind).SetTag("cache", _cache);
        _activity?.Dispose();
        TrawlMetrics.Operation(_name, _url.Platform, _kind, _cache, _time.GetElapsedTime(_started));
    }
}
