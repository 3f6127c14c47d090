using System.Text;

namespace Trawl.Benchmarks;

/// <summary>Bodies of a megabyte that nobody means well with, for every route of the resolver service.</summary>
static class HostileBodies
{
    const int Size = (1 << 20) - 64;

    static readonly (string Path, string Field)[] Routes =
    [
        ("/tiktok/search", "query"),
        ("/tiktok/download", "url"),
        ("/tiktok/session", "immutable"),
        ("/browse", "url"),
    ];

    /// <summary>Whole requests, each with its name.</summary>
    public static IReadOnlyList<(string Name, byte[] Request)> All =>
        [.. from route in Routes from shape in Shapes(route.Field) select ($"{route.Path} {shape.Name}", Request(route.Path, shape.Body))];

    static byte[] Request(string path, byte[] body) =>
        [
            .. Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"
            ),
            .. body,
        ];

    static IEnumerable<(string Name, byte[] Body)> Shapes(string field)
    {
        yield return Text("ones", $"{{\"{field}\":[{Many("1", ',')}]}}");
        yield return Text("empty arrays", $"{{\"{field}\":[{Many("[]", ',')}]}}");
        yield return Text("empty objects", $"{{\"{field}\":[{Many("{}", ',')}]}}");
        yield return Text("nulls in nobody's field", $"{{\"x\":[{Many("null", ',')}],\"{field}\":1}}");
        yield return Text("deep arrays", $"{{\"{field}\":{new string('[', Size / 2)}{new string(']', (Size / 2) - 32)}}}");
        yield return Text("deep and unclosed", $"{{\"{field}\":{new string('[', Size - 32)}");
        yield return Text("deep objects", string.Concat(Enumerable.Repeat("{\"a\":", Size / 6)));
        yield return Text("one long string", $"{{\"{field}\":\"{new string('x', Size - 32)}\"}}");
        yield return Text("a long address", $"{{\"{field}\":\"https://www.tiktok.com/{new string('a', Size - 64)}\"}}");
        yield return Text("a long host", $"{{\"{field}\":\"https://{new string('a', Size - 64)}/\"}}");
        yield return Text("many labels", $"{{\"{field}\":\"http://{Many("a", '.', 32)}\"}}");
        yield return Text("escapes", $"{{\"{field}\":\"{Many("\\u0041", null, 32)}\"}}");
        yield return Text("lone surrogates", $"{{\"{field}\":\"{Many("\\ud800", null, 32)}\"}}");
        yield return Text("a surrogate's name", $"{{{Many("\"\\udfff\":1", ',', 32)}}}");
        yield return Text("one name a thousand times", $"{{{Many($"\"{field}\":1", ',', 32)}}}");
        yield return Text("as many names as fit", $"{{{string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"n{i}\":0"))}}}");
        yield return Text("a number of a million digits", $"{{\"{field}\":{new string('9', Size - 32)}}}");
        yield return Text("an exponent", $"{{\"{field}\":1e{new string('9', Size - 32)}}}");
        yield return Text("no JSON", new string('x', Size));
        yield return Text("spaces", new string(' ', Size));
        yield return Text("a long name", $"{{\"{new string('n', Size - 32)}\":1}}");
        yield return Text("quotes", $"{{\"{field}\":\"{Many("\\\"", null, 32)}\"}}");
        yield return Text("zeros", $"{{\"{field}\":\"{Many("\\u0000", null, 32)}\"}}");
        yield return Text("objects in an array", $"{{\"{field}\":[{Many("{\"a\":[1,{\"b\":\"c\"}]}", ',', 32)}]}}");
        yield return (
            "bytes that are no text",
            [.. Encoding.ASCII.GetBytes($"{{\"{field}\":\""), .. Enumerable.Repeat((byte)0xFF, Size - 64)]
        );
        yield return ("UTF-16", Encoding.Unicode.GetBytes($"{{\"{field}\":\"{new string('x', (Size / 2) - 64)}\"}}"));
        yield return ("too much", Encoding.ASCII.GetBytes(new string('[', Size + 2000)));
    }

    static (string, byte[]) Text(string name, string body) => (name, Encoding.UTF8.GetBytes(body));

    static string Many(string part, char? between, int reserve = 64)
    {
        var text = new StringBuilder(Size);
        while (text.Length + part.Length + 1 < Size - reserve)
        {
            if (text.Length > 0 && between is not null)
                text.Append(between);
            text.Append(part);
        }
        return text.ToString();
    }
}
