using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Operations;

namespace Trawl.App.Tests.Servers;

/// <summary>Object storage in memory. It believes nobody: signatures (version 4) and the hashes in them are reckoned anew for every request.</summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string KeyId = "AKTRAWL";
    public const string Secret = "not/a+secret";
    public const string Bucket = "corpus";

    readonly ConcurrentDictionary<string, Kept> _objects = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, Upload> _uploads = new(StringComparer.Ordinal);
    WebServer _server = null!;

    /// <summary>Where it listens.</summary>
    public Uri Address => _server.Address;

    /// <summary>May answer a request otherwise: null for the usual answer, or a status. Called after the work is done when <see cref="IsAnswerLost"/>.</summary>
    public Func<HttpRequest, int?> Fault { get; set; } = _ => null;

    /// <summary>Whether a fault strikes after the request has been carried out.</summary>
    public bool IsAnswerLost { get; set; }

    /// <summary>The keys that are there.</summary>
    public IReadOnlyList<string> Keys => [.. _objects.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How many uploads were begun and not ended.</summary>
    public int OpenUploads => _uploads.Count;

    /// <summary>What was asked, for example <c>PUT /corpus/a.mp4</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server();
        server._server = await WebServer.StartAsync(IPAddress.Loopback, 0, server.AnswerAsync, NullLoggerFactory.Instance);
        return server;
    }

    /// <summary>Begins an upload that nobody will end.</summary>
    public void BeginUpload(string key, DateTime since) => _uploads[Guid.NewGuid().ToString("n")] = new Upload(key, since, null);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content);
        Requests.Enqueue($"{request.Method} {request.Path}{request.QueryString}");
        if (!IsAnswerLost && Fault(request) is { } broken)
        {
            await RefuseAsync(context, broken, broken == 503 ? "SlowDown" : "InvalidRequest");
            return;
        }
        if (WrongWith(request, content.ToArray()) is { } wrong)
        {
            await RefuseAsync(context, 403, wrong);
            return;
        }
        if (IsAnswerLost && Fault(request) is not null)
        {
            await CarryOutAsync(
                new DefaultHttpContext
                {
                    Request =
                    {
                        Method = request.Method,
                        Path = request.Path,
                        QueryString = request.QueryString,
                    },
                },
                content.ToArray()
            );
            context.Abort();
            return;
        }
        await CarryOutAsync(context, content.ToArray());
    }

    async Task CarryOutAsync(HttpContext context, byte[] content)
    {
        var (request, response) = (context.Request, context.Response);
        var parts = request.Path.Value!.TrimStart('/').Split('/', 2);
        if (parts[0] != Bucket)
        {
            await RefuseAsync(context, 404, "NoSuchBucket");
            return;
        }
        var key = parts.Length > 1 ? parts[1] : "";
        var upload = (string?)request.Query["uploadId"];
        switch (request.Method)
        {
            case "GET" when request.Query.ContainsKey("uploads"):
                await WriteAsync(
                    response,
                    new XElement(
                        "ListMultipartUploadsResult",
                        new XElement("IsTruncated", "false"),
                        _uploads.Select(u => new XElement(
                            "Upload",
                            new XElement("Key", u.Value.Key),
                            new XElement("UploadId", u.Key),
                            new XElement("Initiated", u.Value.Since.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
                        ))
                    )
                );
                break;
            case "POST" when request.Query.ContainsKey("uploads"):
                var id = Guid.NewGuid().ToString("n");
                _uploads[id] = new Upload(key, TimeProvider.System.GetUtcNow().UtcDateTime, request.Headers["x-amz-meta-sha256"]);
                await WriteAsync(response, new XElement("InitiateMultipartUploadResult", new XElement("UploadId", id)));
                break;
            case "PUT" when upload is not null && _uploads.TryGetValue(upload, out var open):
                open.Parts[int.Parse(request.Query["partNumber"]!, CultureInfo.InvariantCulture)] = content;
                response.Headers.ETag = TagOf(content);
                break;
            case "POST" when upload is not null && _uploads.TryRemove(upload, out var ended):
                var named = XElement
                    .Parse(Encoding.UTF8.GetString(content))
                    .Elements()
                    .Select(p => (int)p.Elements().First(e => e.Name.LocalName == "PartNumber"));
                byte[] whole = [.. named.SelectMany(n => ended.Parts[n])];
                _objects[key] = new Kept(whole, ended.Sha256, $"\"{Guid.NewGuid():n}-{ended.Parts.Count}\"");
                await WriteAsync(response, new XElement("CompleteMultipartUploadResult", new XElement("ETag", TagOf(whole))));
                break;
            case "DELETE" when upload is not null && _uploads.TryRemove(upload, out _):
                response.StatusCode = 204;
                break;
            case var _ when upload is not null:
                await RefuseAsync(context, 404, "NoSuchUpload");
                break;
            case "PUT":
                _objects[key] = new Kept(content, request.Headers["x-amz-meta-sha256"], TagOf(content));
                response.Headers.ETag = TagOf(content);
                break;
            case "GET" or "HEAD" when _objects.TryGetValue(key, out var kept):
                response.ContentLength = kept.Content.Length;
                response.Headers.ETag = kept.Tag;
                if (kept.Sha256 is not null)
                    response.Headers["x-amz-meta-sha256"] = kept.Sha256;
                if (request.Method == "GET")
                    await response.Body.WriteAsync(kept.Content);
                break;
            case "GET" or "HEAD":
                await RefuseAsync(context, 404, "NoSuchKey");
                break;
            default:
                await RefuseAsync(context, 501, "NotImplemented");
                break;
        }
    }

    static string? WrongWith(HttpRequest request, byte[] content)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal))
            return "AccessDenied";
        var parts = header["AWS4-HMAC-SHA256 ".Length..].Split(',').Select(p => p.Trim().Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        if (parts["Credential"].Split('/') is not [KeyId, var day, var region, "s3", "aws4_request"])
            return "InvalidAccessKeyId";
        var claimed = request.Headers["x-amz-content-sha256"].ToString();
        if (claimed != Convert.ToHexStringLower(SHA256.HashData(content)))
            return "XAmzContentSHA256Mismatch";
        var canonical = string.Join(
            '\n',
            [
                request.Method,
                string.Join('/', request.Path.Value!.Split('/').Select(Uri.EscapeDataString)),
                string.Join(
                    '&',
                    request
                        .Query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value.ToString())}")
                        .Order(StringComparer.Ordinal)
                ),
                .. parts["SignedHeaders"]
                    .Split(';')
                    .Select(h => $"{h}:{(h == "host" ? request.Host.ToString() : request.Headers[h].ToString()).Trim()}"),
                "",
                parts["SignedHeaders"],
                claimed,
            ]
        );
        var toSign =
            $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{day}/{region}/s3/aws4_request\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var step in (string[])[day, region, "s3", "aws4_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign))) == parts["Signature"]
            ? null
            : "SignatureDoesNotMatch";
    }

    static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        if (context.Request.Method != "HEAD")
            await WriteAsync(context.Response, new XElement("Error", new XElement("Code", code), new XElement("Message", code)));
    }

    static Task WriteAsync(HttpResponse response, XElement xml)
    {
        response.ContentType = "application/xml";
        return response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>{xml}");
    }

    // its clients hold what they read against it
    static string TagOf(byte[] content) => $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";

    sealed record Kept(byte[] Content, string? Sha256, string Tag);

    sealed record Upload(string Key, DateTime Since, string? Sha256)
    {
        public ConcurrentDictionary<int, byte[]> Parts { get; } = new();
    }
}
