using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Trawl.Failures;

namespace Trawl.Json;

/// <summary>
/// The one reader of documents that come from outside: pages, replies, messages, files that anybody may have changed. They keep no promise: numbers
/// come as strings, fields are missing, twice there or of another type, names and texts hold NUL or half a character (U+FFFD is read instead). What is
/// not there, or not what it should be, is nothing; no document makes it throw anything but a failure of ours.
/// </summary>
/// <remarks>A document is used because the framework brings it compiled; generated converters cost a short command 40 ms.</remarks>
static class ForeignJson
{
    const int Deepest = 64;

    /// <summary>Reads a document.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="unreadable">What is thrown when it is none.</param>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, Func<Exception, Exception> unreadable)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });
        }
        catch (JsonException e)
        {
            throw unreadable(e);
        }
    }

    /// <summary>Reads a document; null when it is none.</summary>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="TryParse(ReadOnlyMemory{byte})"/>
    public static JsonDocument? TryParse(string json) => TryParse(System.Text.Encoding.UTF8.GetBytes(json));

    /// <summary>Reads the first value of some bytes, whatever follows it.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public static JsonDocument ParseFirst(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Deepest });
        return JsonDocument.ParseValue(ref reader);
    }

    /// <summary>A member of an object, of several of the name the last; an undefined element where there is none.</summary>
    public static JsonElement Get(this JsonElement element, ReadOnlySpan<byte> name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return default;
        try
        {
            return element.TryGetProperty(name, out var member) ? member : default;
        }
        catch (InvalidOperationException)
        {
            return Search(element, name); // some name beside it holds half a character
        }
    }

    /// <summary>The elements of a member that is an array; none where it is not.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, ReadOnlySpan<byte> name) => element.Get(name).Items();

    /// <summary>The elements of an array; none of anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    /// <summary>The members of an object; none of anything else.</summary>
    public static IEnumerable<(string Name, JsonElement Value)> Members(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Select(m => (JsonEscapes.NameOf(m), m.Value)) : [];

    /// <summary>A string, or a number as text.</summary>
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name) => element.Get(name).Text();

    /// <inheritdoc cref="Text(JsonElement, ReadOnlySpan{byte})"/>
    public static string? Text(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? element.GetRawText() : element.String();

    /// <summary>A string, and nothing else.</summary>
    public static string? String(this JsonElement element, ReadOnlySpan<byte> name) => element.Get(name).String();

    /// <inheritdoc cref="String(JsonElement, ReadOnlySpan{byte})"/>
    public static string? String(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            var text = element.GetString()!;
            return text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text;
        }
        catch (InvalidOperationException)
        {
            return JsonEscapes.Read(JsonMarshal.GetRawUtf8Value(element)[1..^1]);
        }
    }

    /// <summary>Whether a text came whole: nothing in it was read as U+FFFD. An address or a name that did not is none.</summary>
    public static bool IsWhole(string text) => !text.Contains('\uFFFD');

    static JsonElement Search(JsonElement element, ReadOnlySpan<byte> name)
    {
        var found = default(JsonElement);
        foreach (var member in element.EnumerateObject())
            if (JsonEscapes.IsName(member, name))
                found = member.Value;
        return found;
    }

    /// <summary>A whole number, also one in a string.</summary>
    public static long? Whole(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Get(name) switch
        {
            { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var value) ? value : null,
            { ValueKind: JsonValueKind.String } text => long.TryParse(text.Text(), out var value) ? value : null,
            _ => null,
        };

    /// <summary>A number, also one in a string.</summary>
    public static double? Real(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Get(name) switch
        {
            { ValueKind: JsonValueKind.Number } number => number.TryGetDouble(out var value) ? value : null,
            { ValueKind: JsonValueKind.String } text => double.TryParse(text.Text(), CultureInfo.InvariantCulture, out var value)
                ? value
                : null,
            _ => null,
        };

    /// <summary>A whole number that is written as one.</summary>
    public static int? Int(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    /// <summary>A number that is written as one.</summary>
    public static double? Number(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value) ? value : null;

    /// <summary>A time in Unix seconds; nothing for what cannot be one.</summary>
    public static DateTimeOffset? Time(this JsonElement element, ReadOnlySpan<byte> name) => Time(element.Whole(name));

    /// <inheritdoc cref="Time(JsonElement, ReadOnlySpan{byte})"/>
    public static DateTimeOffset? Time(long? seconds) =>
        seconds is > 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value) : null;

    /// <summary>A moment written as ISO 8601 has it.</summary>
    public static DateTimeOffset? Moment(this JsonElement element, ReadOnlySpan<byte> name) =>
        DateTimeOffset.TryParse(element.String(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : null;

    /// <summary>A day written as eight digits, at its beginning in UTC.</summary>
    public static DateTimeOffset? Day(this JsonElement element, ReadOnlySpan<byte> name) =>
        DateTimeOffset.TryParseExact(
            element.Text(name),
            "yyyyMMdd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var day
        )
            ? day
            : null;

    /// <summary>A width or height; nothing for what cannot be one, and for the 0 of photo posts.</summary>
    public static int? Pixels(long? number) => number is > 0 and < 100_000 ? (int)number : null;

    /// <summary>A length in seconds; nothing for what cannot be one, and for the 0 of photo posts.</summary>
    public static TimeSpan? Seconds(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Real(name) is > 0 and < 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Whether something is so; 1 and 0 count.</summary>
    public static bool? Flag(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Get(name) switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var value) && value != 0,
            _ => null,
        };
}
