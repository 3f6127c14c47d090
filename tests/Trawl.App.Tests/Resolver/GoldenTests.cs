using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trawl.App.Resolver.Json;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Resolver;

/// <summary>Requests and their answers as the service that came before was recorded.</summary>
public class GoldenTests(ServeFixture serve) : IClassFixture<ServeFixture>
{
    // a bug nobody can depend on: a body of another type made it crash
    const string Crash = "search_text_plain_crashes";

    public static TheoryData<string> Names =>
        ReferenceData.TryPath("contracts", "resolver-goldens.json") is { } path
            ? [.. JsonNode.Parse(File.ReadAllBytes(path))!.AsArray().Select(g => (string)g!["name"]!).Where(n => n != Crash)]
            : ["reference data not present"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_answered_as_recorded(string name)
    {
        var golden = Golden(name);
        // what needs no work goes to the running program, the rest to the routes in front of the work as it was recorded
        await using var run = golden["service_double"] is { } recording
            ? await ResolverRun.StartAsync(new RecordedWork((Fields)PythonJson.Read(JsonSerializer.SerializeToUtf8Bytes(recording))!))
            : new ResolverRun(serve.Program.Address);

        using var reply = await run.SendAsync(Request(golden));

        ((int)reply.StatusCode).ShouldBe((int)golden["status"]!);
        var body = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        (reply.Content.Headers.ContentType?.ToString()).ShouldBe((string?)golden["content_type"]);
        foreach (var (header, value) in golden["headers"]?.AsObject() ?? [])
            (
                reply.Headers.TryGetValues(header, out var given) || reply.Content.Headers.TryGetValues(header, out given)
                    ? string.Join(", ", given)
                    : "(none)"
            ).ShouldBe((string?)value, header);
        if (golden["body"] is JsonValue text)
            body.ShouldBe((string?)text);
        else
            Same(JsonNode.Parse(body), golden["body"], "$");
    }

    [Fact]
    public async Task A_body_of_another_type_is_a_text_and_no_crash()
    {
        await using var run = await ResolverRun.StartAsync(new RecordedWork([]));

        var (status, body) = await run.PostAsync("/tiktok/search", """{"query":"a"}"""u8.ToArray(), "text/plain");

        status.ShouldBe(422);
        var fault = JsonNode.Parse(body)!["detail"]![0]!;
        ((string?)fault["type"]).ShouldBe("model_attributes_type");
        ((string?)fault["input"]).ShouldBe("""{"query":"a"}""");
    }

    static JsonNode Golden(string name) =>
        JsonNode
            .Parse(File.ReadAllBytes(ReferenceData.Path("contracts", "resolver-goldens.json")))!
            .AsArray()
            .Single(g => (string)g!["name"]! == name)!;

    static HttpRequestMessage Request(JsonNode golden)
    {
        var request = new HttpRequestMessage(new HttpMethod((string)golden["method"]!), (string)golden["path"]!);
        request.Headers.Host = "testserver";
        if (golden["request_body"] is { } body)
            request.Content = new ByteArrayContent((string)body! == "\\xff" ? [0xFF] : Encoding.UTF8.GetBytes((string)body!));
        foreach (var (header, value) in golden["request_headers"]?.AsObject() ?? [])
            if (!request.Headers.TryAddWithoutValidation(header, (string?)value))
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(header, (string?)value);
        return request;
    }

    // the same keys in the same order, and the same values
    const int Told = 1000;

    static void Same(JsonNode? given, JsonNode? expected, string at)
    {
        switch (expected)
        {
            case JsonObject fields:
                given.ShouldBeOfType<JsonObject>(at).Select(f => f.Key).ShouldBe(fields.Select(f => f.Key), at);
                foreach (var (name, value) in fields)
                    Same(given![name], value, $"{at}.{name}");
                break;
            case JsonArray items:
                given.ShouldBeOfType<JsonArray>(at).Count.ShouldBe(items.Count, at);
                foreach (var (i, item) in items.Index())
                    Same(given![i], item, $"{at}[{i}]");
                break;
            // of what was given, the beginning is told back
            case JsonValue value when at.EndsWith(".input", StringComparison.Ordinal) && value.ToString().Length > Told:
                given!.ToString().ShouldBe(value.ToString()[..Told], at);
                break;
            case JsonValue value when value.ToString() == "<number>":
                given!.GetValueKind().ShouldBe(JsonValueKind.Number, at);
                break;
            default:
                (given?.ToJsonString()).ShouldBe(expected?.ToJsonString(), at);
                break;
        }
    }
}
