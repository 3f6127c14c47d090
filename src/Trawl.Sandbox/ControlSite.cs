using System.Text;
using System.Text.Json;
using Trawl.Sandbox.Faults;
using Trawl.Sandbox.Proxy;
using Trawl.Sandbox.Sites;

namespace Trawl.Sandbox;

/// <summary>sandbox.test: faults in (POST /faults, DELETE /faults), how TikTok answers strangers (POST /tiktok), requests out (GET /requests).</summary>
sealed class ControlSite(SandboxWorld world) : Site
{
    public const string Host = "sandbox.test";

    public override bool Plays(string host) => host == Host;

    public override Task<Reply> AnswerAsync(Request request) => Task.FromResult(Answer(request));

    Reply Answer(Request request)
    {
        switch (request.Method, request.Path)
        {
            case ("GET", "/requests"):
                return Lines(world.Requests.Select(r => Line(w => Write(w, r))));
            case ("GET", "/faults"):
                return Lines(
                    world.Faults.Select(f => $$"""{"fault":"{{f.Rule.Fault}}","host":{{Text(f.Rule.Host)}},"count":{{f.Count}}}""")
                );
            case ("DELETE", "/faults"):
                world.Reset();
                return Reply.Nothing(204);
            case ("POST", "/faults"):
                return Add(request.Body);
            case ("POST", "/tiktok"):
                return Change(Encoding.UTF8.GetString(request.Body));
            default:
                return Reply.Json("""{"error":"POST /faults, DELETE /faults, GET /faults, GET /requests, POST /tiktok"}""", 404);
        }
    }

    // desktop=proof-of-work,phone=open
    Reply Change(string answers)
    {
        try
        {
            world.TikTok = world.TikTok.With(answers);
            return Reply.Nothing(204);
        }
        catch (FormatException e)
        {
            return Reply.Json($$"""{"error":{{Text(e.Message)}}}""", 400);
        }
    }

    Reply Add(byte[] body)
    {
        try
        {
            world.Add(JsonSerializer.Deserialize(body, FaultJsonContext.Default.FaultRule) ?? throw new JsonException("null"));
            return Reply.Nothing(204);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return Reply.Json($$"""{"error":{{Text(e.Message)}}}""", 400);
        }
    }

    static void Write(Utf8JsonWriter writer, LoggedRequest request)
    {
        writer.WriteString("at", request.At);
        writer.WriteString("method", request.Method);
        writer.WriteString("host", request.Host);
        writer.WriteString("path", request.Path);
        writer.WriteNumber("status", request.Status);
        writer.WriteNumber("bytes", request.Bytes);
        writer.WriteString("fault", request.Fault);
    }

    static Reply Lines(IEnumerable<string> lines) =>
        new Reply(200, Body.Of(string.Concat(lines.Select(l => l + "\n")))).With("Content-Type", "application/x-ndjson");

    static string Line(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    static string Text(string? text) => text is null ? "null" : $"\"{JsonEncodedText.Encode(text)}\"";
}
