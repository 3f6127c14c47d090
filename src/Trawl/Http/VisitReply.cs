using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Trawl.Failures;

namespace Trawl.Http;

/// <summary>An answer whose body is read under deadlines: it may neither fall silent, nor trickle, nor go on for ever.</summary>
public sealed class VisitReply : IAsyncDisposable
{
    readonly HttpResponseMessage _response;
    readonly Stream _body;
    readonly HttpOptions _options;
    readonly TimeProvider _time;
    readonly CancellationToken _cancellation;
    readonly CancellationTokenSource _stop;
    readonly ITimer _watchdog;
    readonly long _started;
    long _readStarted = NotReading;
    long _windowStarted;
    long _windowBytes;

    const long NotReading = -1;

    VisitReply(
        HttpResponseMessage response,
        Stream body,
        Uri address,
        HttpOptions options,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        (_response, _body, _options, _time, _cancellation) = (response, body, options, time, cancellation);
        Address = address;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _started = _windowStarted = time.GetTimestamp();
        _watchdog = time.CreateTimer(static reply => ((VisitReply)reply!).CheckIdle(), this, options.IdleTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The address that answered, after all redirects.</summary>
    public Uri Address { get; }

    /// <summary>The status.</summary>
    public HttpStatusCode Status => _response.StatusCode;

    /// <summary>Whether the status is a 2xx.</summary>
    public bool IsSuccess => _response.IsSuccessStatusCode;

    /// <summary>The media type, in lower case, without parameters; empty when there is none.</summary>
    public string ContentType => _response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? "";

    /// <summary>The promised length of the body, in bytes.</summary>
    public long? ContentLength => _response.Content.Headers.ContentLength;

    /// <summary>Which bytes of the whole these are.</summary>
    public ContentRangeHeaderValue? ContentRange => _response.Content.Headers.ContentRange;

    /// <summary>Whether the body is compressed.</summary>
    public bool IsCompressed => _response.Content.Headers.ContentEncoding.Count > 0;

    /// <summary>What identifies this version of the file: a strong entity tag, else the date of the last change.</summary>
    public string? Validator =>
        _response.Headers.ETag is { IsWeak: false } tag
            ? tag.Tag
            : _response.Content.Headers.LastModified?.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>All headers, in the order they came; several values of one name are joined.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers =>
        _response.Headers.NonValidated.Concat(_response.Content.Headers.NonValidated).Select(h => KeyValuePair.Create(h.Key, $"{h.Value}"));

    /// <summary>The value of a header; null when it is not there.</summary>
    public string? Header(string name) => _response.Headers.NonValidated.TryGetValues(name, out var values) ? $"{values}" : null;

    /// <summary>Where a redirect leads.</summary>
    public string? Location => _response.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;

    /// <summary>How long the host wants us to wait: 1 s to 1 h, whatever it says.</summary>
    public TimeSpan? RetryAfter
    {
        get
        {
            var header = _response.Headers.RetryAfter;
            var wish = header?.Delta ?? (header?.Date - _time.GetUtcNow());
            return wish is null ? null : TimeSpan.FromSeconds(Math.Clamp(wish.Value.TotalSeconds, 1, 3600));
        }
    }

    internal static async Task<VisitReply> OpenAsync(
        HttpResponseMessage response,
        Uri address,
        HttpOptions options,
        TimeProvider time,
        CancellationToken cancellation
    ) => new(response, await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false), address, options, time, cancellation);

    /// <summary>Reads what comes next; 0 at the end. The token the visit was opened with stops it.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Timeout"/> or <see cref="FailureKind.Network"/>.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        // One timer watches all reads: re-arming one for each costs more than the read (a TLS record is 16 KiB).
        Volatile.Write(ref _readStarted, _time.GetTimestamp());
        var reading = _body.ReadAsync(buffer, _stop.Token);
        if (!reading.IsCompletedSuccessfully)
            return WaitAsync(reading);
        var read = reading.Result;
        Count(read);
        return new ValueTask<int>(read);
    }

    async ValueTask<int> WaitAsync(ValueTask<int> reading)
    {
        int read;
        try
        {
            read = await reading.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_cancellation.IsCancellationRequested)
        {
            throw TooSlow("fell silent");
        }
        catch (Exception e) when (!_cancellation.IsCancellationRequested)
        {
            throw NetworkFailure.From(e, Address);
        }
        Count(read);
        return read;
    }

    void CheckIdle()
    {
        var started = Volatile.Read(ref _readStarted);
        // a slow reader is not a silent host
        var silence = started == NotReading ? TimeSpan.Zero : _time.GetElapsedTime(started);
        if (silence >= _options.IdleTimeout)
            _stop.Cancel();
        else
            _watchdog.Change(_options.IdleTimeout - silence, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Reads the whole body, decompressed, up to a limit.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.TooLarge"/> past the limit, <see cref="FailureKind.UpstreamError"/> when it cannot be decompressed.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadPageAsync(int limit)
    {
        using var raw = await ReadToEndAsync(ReadAsync, limit).ConfigureAwait(false);
        if (!IsCompressed)
            return raw.Copy();
        try
        {
            using var gzip = new GZipStream(raw.Open(), CompressionMode.Decompress);
            using var page = await ReadToEndAsync(buffer => gzip.ReadAsync(buffer, _cancellation), limit).ConfigureAwait(false);
            return page.Copy();
        }
        catch (InvalidDataException e)
        {
            throw new TrawlException(FailureKind.UpstreamError, $"The answer of {Address.Host} cannot be decompressed.", e);
        }
    }

    /// <summary>Ends the errand; an unread body closes its connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _body.DisposeAsync().ConfigureAwait(false);
        await _watchdog.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
        _stop.Dispose();
    }

    async Task<PageBuffer> ReadToEndAsync(Func<Memory<byte>, ValueTask<int>> readAsync, int limit)
    {
        var page = new PageBuffer();
        try
        {
            if (await page.FillAsync(readAsync, limit).ConfigureAwait(false))
                return page;
            throw new TrawlException(FailureKind.TooLarge, $"The answer of {Address.Host} is larger than {limit} bytes.");
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    void Count(int read)
    {
        Volatile.Write(ref _readStarted, NotReading);
        _windowBytes += read;
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_started, now) > _options.BodyTimeout)
            throw TooSlow("took too long");
        var window = _time.GetElapsedTime(_windowStarted, now);
        if (window < _options.RateWindow)
            return;
        if (read > 0 && _windowBytes < _options.MinimumRate * window.TotalSeconds)
            throw TooSlow("became too slow");
        _windowStarted = now;
        _windowBytes = 0;
    }

    TrawlException TooSlow(string how) => new(FailureKind.Timeout, $"The answer of {Address.Host} {how}.");
}
