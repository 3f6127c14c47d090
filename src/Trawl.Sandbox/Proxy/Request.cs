using System.Text;

namespace Trawl.Sandbox.Proxy;

/// <summary>A request as it came over the wire.</summary>
sealed record Request(string Method, string Host, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The proxy it came by; for the sites, the address it comes from.</summary>
    public string Way { get; init; } = "";

    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    public Uri Address => new($"https://{Host}{Path}{Query}");

    public string Parameter(string name)
    {
        foreach (var pair in Query.TrimStart('?').Split('&'))
            if (pair.StartsWith(name + "=", StringComparison.Ordinal))
                return Uri.UnescapeDataString(pair[(name.Length + 1)..].Replace('+', ' '));
        return "";
    }

    public string Cookie(string name) =>
        Header("cookie")
            .Split(';', StringSplitOptions.TrimEntries)
            .Where(pair => pair.StartsWith(name + "=", StringComparison.Ordinal))
            .Select(pair => pair[(name.Length + 1)..])
            .FirstOrDefault("");
}

/// <summary>Reads requests from a connection.</summary>
sealed class RequestReader(Stream stream, string way)
{
    const int LargestHead = 64 * 1024;
    const int LargestBody = 1 << 20;

    readonly byte[] _buffer = new byte[LargestHead];
    int _length;

    /// <summary>The next request; null at the end of the connection. For CONNECT the host carries the port and the path is empty.</summary>
    public async Task<Request?> ReadAsync(string? tunnel, CancellationToken cancellation)
    {
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (_length == _buffer.Length)
                return null;
            var read = await stream.ReadAsync(_buffer.AsMemory(_length), cancellation);
            if (read == 0)
                return null;
            _length += read;
        }
        var lines = Encoding.Latin1.GetString(_buffer, 0, end).Split("\r\n");
        Consume(end + 4);

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
            if (line.IndexOf(':') is > 0 and var colon)
                headers[line[..colon]] = line[(colon + 1)..].Trim();
        var body = await ReadBodyAsync(headers, cancellation);
        return lines[0].Split(' ') is [var method, var target, _] ? Locate(method, target, tunnel, headers, body) with { Way = way } : null;
    }

    static Request Locate(string method, string target, string? tunnel, Dictionary<string, string> headers, byte[] body)
    {
        if (method == "CONNECT")
            return new Request(method, target, "", "", headers, body);
        var host = tunnel ?? headers.GetValueOrDefault("host", "").Split(':')[0];
        if (target.Contains("://", StringComparison.Ordinal))
            (host, target) = (new Uri(target).Host, new Uri(target).PathAndQuery);
        var query = target.IndexOf('?');
        return query < 0
            ? new Request(method, host, target, "", headers, body)
            : new Request(method, host, target[..query], target[query..], headers, body);
    }

    async Task<byte[]> ReadBodyAsync(Dictionary<string, string> headers, CancellationToken cancellation)
    {
        if (!int.TryParse(headers.GetValueOrDefault("content-length"), out var length) || length is <= 0 or > LargestBody)
            return [];
        var body = new byte[length];
        var have = Math.Min(_length, length);
        _buffer.AsSpan(0, have).CopyTo(body);
        Consume(have);
        await stream.ReadExactlyAsync(body.AsMemory(have), cancellation);
        return body;
    }

    void Consume(int count)
    {
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
    }
}
