using System.Buffers;
using Microsoft.AspNetCore.Http;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;

namespace Trawl.App.Resolver.Doors;

/// <summary>The body of a request.</summary>
static class RequestBody
{
    // A large hostile body costs memory and time while it is read: as many at a time as there are processors to read them.
    static readonly SemaphoreSlim Readers = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Reads the body as JSON; a body of another type is its text. Nothing is null.</summary>
    /// <exception cref="InvalidRequestException">It is no JSON.</exception>
    /// <exception cref="InvalidDataException">It is no text at all.</exception>
    /// <exception cref="BadHttpRequestException">It is too large, too slow, or ends too early.</exception>
    public static async Task<object?> ReadAsync(HttpRequest request)
    {
        var buffer = await ReadAllAsync(request);
        if (buffer.Length == 0)
            return null;
        if (!IsJson(request.ContentType))
            return System.Text.Encoding.UTF8.GetString(buffer);
        try
        {
            return await ParseAsync(buffer, request.HttpContext.RequestAborted);
        }
        catch (PythonJsonException e)
        {
            var reason = new Fields { ["error"] = e.Message };
            throw new InvalidRequestException([new Fault("json_invalid", [(long)e.Position], "JSON decode error", new Fields(), reason)]);
        }
    }

    /// <summary>Reads the body, whatever it says its type is; what is no JSON object is an empty one.</summary>
    public static async Task<Fields> ReadLooselyAsync(HttpRequest request)
    {
        var buffer = await ReadAllAsync(request);
        try
        {
            return await ParseAsync(buffer, request.HttpContext.RequestAborted) as Fields ?? [];
        }
        catch (Exception e) when (e is PythonJsonException or InvalidDataException)
        {
            return [];
        }
    }

    static async Task<object?> ParseAsync(byte[] body, CancellationToken cancellation)
    {
        await Readers.WaitAsync(cancellation);
        try
        {
            return PythonJson.Read(body);
        }
        finally
        {
            Readers.Release();
        }
    }

    static async Task<byte[]> ReadAllAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            if (read.IsCompleted || read.IsCanceled)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // application/json, application/vnd.api+json; charset=utf-8
    static bool IsJson(string? type)
    {
        if (string.IsNullOrEmpty(type))
            return true;
        var name = type.AsSpan(0, type.IndexOf(';') is >= 0 and var end ? end : type.Length).Trim();
        return name.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
            && (
                name[12..].Equals("json", StringComparison.OrdinalIgnoreCase) || name.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            );
    }
}
