using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Trawl.Sandbox.Proxy;

/// <summary>How a connection is cut.</summary>
enum Cut
{
    /// <summary>Closed in the ordinary way.</summary>
    Close,

    /// <summary>Reset.</summary>
    Reset,

    /// <summary>Left open in silence.</summary>
    Stall,
}

/// <summary>What is wrong with a host's TLS.</summary>
enum TlsFault
{
    None,

    /// <summary>Its certificate ended yesterday.</summary>
    Expired,

    /// <summary>Its certificate is another host's.</summary>
    WrongName,

    /// <summary>It listens and says nothing.</summary>
    Stall,
}

/// <summary>An answer, and how it misbehaves.</summary>
sealed record Reply(int Status, Body Body)
{
    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>What Content-Length says instead of the truth.</summary>
    public long? DeclaredLength { get; init; }

    /// <summary>No Content-Length; the end of the connection is the end of the body.</summary>
    public bool Unmeasured { get; init; }

    /// <summary>After how many bytes of the body the connection is cut.</summary>
    public long? CutAt { get; init; }

    /// <summary>How it is cut.</summary>
    public Cut Cut { get; init; }

    /// <summary>The pause between two bytes of the head.</summary>
    public TimeSpan? SlowHead { get; init; }

    /// <summary>What is sent instead of the head.</summary>
    public string? RawHead { get; init; }

    /// <summary>What comes after the body, as if it were the next answer.</summary>
    public string? Trailer { get; init; }

    /// <summary>For the answer to CONNECT: what is wrong behind it.</summary>
    public TlsFault Tls { get; init; }

    /// <summary>The pause between two bytes of the body.</summary>
    public TimeSpan? Drip { get; init; }

    public static Reply Html(string html, int status = 200) =>
        new Reply(status, Body.Of(html)).With("Content-Type", "text/html; charset=utf-8");

    public static Reply Json(string json, int status = 200) =>
        new Reply(status, Body.Of(json)).With("Content-Type", "application/json; charset=utf-8");

    public static Reply JsonOf(object answer) => Json(JsonSerializer.Serialize(answer));

    public static Reply Redirect(string location, int status = 302) => new Reply(status, Body.Empty).With("Location", location);

    public static Reply Nothing(int status) => new(status, Body.Empty);

    public Reply With(string name, string value) => this with { Headers = Headers.Add((name, value)) };

    public Reply Without(string name) =>
        this with
        {
            Headers = Headers.RemoveAll(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)),
        };

    /// <summary>The same page compressed, when the client asks for it.</summary>
    public static Reply Page(byte[] html, Request request)
    {
        if (!request.Header("accept-encoding").Contains("gzip", StringComparison.Ordinal))
            return new Reply(200, Body.Of(html)).With("Content-Type", "text/html; charset=utf-8");
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(html);
        return new Reply(200, Body.Of(packed.ToArray())).With("Content-Type", "text/html; charset=utf-8").With("Content-Encoding", "gzip");
    }

    /// <summary>The head as it goes over the wire.</summary>
    public byte[] Head()
    {
        if (RawHead is not null)
            return Encoding.Latin1.GetBytes(RawHead);
        var head = new StringBuilder($"HTTP/1.1 {Status} {Reason(Status)}\r\n");
        foreach (var (name, value) in Headers)
            head.Append($"{name}: {value}\r\n");
        if (!Unmeasured && Status is not (204 or 304))
            head.Append($"Content-Length: {DeclaredLength ?? Body.Length}\r\n");
        if (Closes)
            head.Append("Connection: close\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>Whether the connection ends with this answer.</summary>
    public bool Closes =>
        RawHead is not null
        || Unmeasured
        || CutAt is not null
        || SlowHead is not null
        || Drip is not null
        || DeclaredLength is not null
        || Body.Length is null;

    static string Reason(int status) =>
        status switch
        {
            200 => "OK",
            206 => "Partial Content",
            301 => "Moved Permanently",
            302 => "Found",
            403 => "Forbidden",
            404 => "Not Found",
            429 => "Too Many Requests",
            _ => "Status",
        };
}
