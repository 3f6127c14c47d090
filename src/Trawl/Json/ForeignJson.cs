using System.Globalization;
using System.Text.Json;

namespace Trawl.Platforms;

/// <summary>
/// Reads foreign JSON that keeps no promise: numbers come as strings, fields are missing or of another type. What is not there, or not what it
/// should be, is nothing. A document is used because the framework brings it compiled; generated converters cost a short command 40 ms.
/// </summary>
static class LenientJson
{
    /// <summary>A member of an object; an undefined element where there is none.</summary>
    public static JsonElement Get(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    /// <summary>The elements of a member that is an array; none where it is not.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>A string, or a number as text.</summary>
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name) => element.Get(name).Text();

    /// <inheritdoc cref="Text(JsonElement, ReadOnlySpan{byte})"/>
    public static string? Text(this JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number => element.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate
        }
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
            { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
            { ValueKind: JsonValueKind.String } text => double.TryParse(text.Text(), CultureInfo.InvariantCulture, out var value)
                ? value
                : null,
            _ => null,
        };

    /// <summary>A time in Unix seconds; nothing for what cannot be one.</summary>
    public static DateTimeOffset? Time(this JsonElement element, ReadOnlySpan<byte> name) => Time(element.Whole(name));

    /// <inheritdoc cref="Time(JsonElement, ReadOnlySpan{byte})"/>
    public static DateTimeOffset? Time(long? seconds) =>
        seconds is > 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value) : null;

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
