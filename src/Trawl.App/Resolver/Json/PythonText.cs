using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Trawl.App.Resolver.Json;

/// <summary>Texts and JSON as Python writes, trims and counts them.</summary>
static class PythonText
{
    static readonly SearchValues<char> ToEscape = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(i => (char)i),
        '"',
        '\\',
        .. Enumerable.Range(0xD800, 0x800).Select(i => (char)i),
    ]);

    /// <summary>JSON as it goes over the wire: compact, UTF-8 as it is. What JSON has no word for becomes null.</summary>
    public static void WriteJson(IBufferWriter<byte> output, object? value)
    {
        switch (value)
        {
            case null or double.NaN or double.PositiveInfinity or double.NegativeInfinity:
                output.Write("null"u8);
                break;
            case bool truth:
                output.Write(truth ? "true"u8 : "false"u8);
                break;
            case string text:
                WriteString(output, text);
                break;
            case Fields fields:
                WriteObject(output, fields);
                break;
            case IReadOnlyList<object?> list:
                WriteArray(output, list);
                break;
            default:
                Encoding.ASCII.GetBytes(Number(value), output);
                break;
        }
    }

    /// <summary>The same as a text.</summary>
    public static string Json(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        WriteJson(output, value);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>A text as a JSON string of ASCII only, as <c>json.dumps</c> writes it by itself.</summary>
    public static string Ascii(string text)
    {
        var ascii = new StringBuilder("\"");
        foreach (var c in text)
            if (Short(c) is { } letter)
                ascii.Append('\\').Append(letter);
            else if (c is >= ' ' and <= '~' or '\x7f')
                ascii.Append(c);
            else
                ascii.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        return ascii.Append('"').ToString();
    }

    /// <summary>Without the space around it; what Python calls space.</summary>
    public static string Strip(this string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsSpace(text[start]))
            start++;
        while (end > start && IsSpace(text[end - 1]))
            end--;
        return text[start..end];
    }

    /// <summary>How long it is, counted in code points.</summary>
    public static int Length(string text) => text.Length - text.AsSpan().CountPairs();

    /// <summary>How many characters of it take two places.</summary>
    public static int CountPairs(this ReadOnlySpan<char> text)
    {
        var pairs = 0;
        for (var i = 1; i < text.Length; i++)
            if (char.IsSurrogatePair(text[i - 1], text[i]))
                pairs++;
        return pairs;
    }

    static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    static void WriteObject(IBufferWriter<byte> output, Fields fields)
    {
        output.Write("{"u8);
        var isFirst = true;
        foreach (var (name, value) in fields)
        {
            if (!isFirst)
                output.Write(","u8);
            isFirst = false;
            WriteString(output, name);
            output.Write(":"u8);
            WriteJson(output, value);
        }
        output.Write("}"u8);
    }

    static void WriteArray(IBufferWriter<byte> output, IReadOnlyList<object?> list)
    {
        output.Write("["u8);
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            WriteJson(output, list[i]);
        }
        output.Write("]"u8);
    }

    static void WriteString(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        var rest = text.AsSpan();
        while (rest.IndexOfAny(ToEscape) is >= 0 and var place)
        {
            Encoding.UTF8.GetBytes(rest[..place], output);
            var taken = 1;
            if (char.IsSurrogate(rest[place]))
            {
                // half a pair has no form in UTF-8 and becomes the replacement character
                taken = place + 1 < rest.Length && char.IsSurrogatePair(rest[place], rest[place + 1]) ? 2 : 1;
                Encoding.UTF8.GetBytes(rest.Slice(place, taken), output);
            }
            else
            {
                var escape = Short(rest[place]) is { } letter
                    ? $"\\{letter}"
                    : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)rest[place]:x4}");
                Encoding.ASCII.GetBytes(escape, output);
            }
            rest = rest[(place + taken)..];
        }
        Encoding.UTF8.GetBytes(rest, output);
        output.Write("\""u8);
    }

    static char? Short(char c) =>
        c switch
        {
            '"' or '\\' => c,
            '\b' => 'b',
            '\f' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ => null,
        };

    static string Number(object value) =>
        value switch
        {
            double number => Repr(number),
            BigInteger number => number.ToString(CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"{value.GetType()} has no form in JSON.", nameof(value)),
        };

    /// <summary>A number as Python shows it: 1.0, 0.0001, 1e-05, 1e+16.</summary>
    static string Repr(double number)
    {
        var shortest = number.ToString("R", CultureInfo.InvariantCulture); // 1.5E-05, 150000, 0.15
        var sign = shortest.StartsWith('-') ? "-" : "";
        var parts = shortest[sign.Length..].Split('E');
        var point = parts[0].IndexOf('.') is >= 0 and var place ? place : parts[0].Length;
        if (parts.Length > 1)
            point += int.Parse(parts[1], CultureInfo.InvariantCulture);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        point -= digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        if (digits.Length == 0)
            return $"{sign}0.0";
        if (point is > 16 or < -3)
        {
            var exponent = Math.Abs(point - 1).ToString("00", CultureInfo.InvariantCulture);
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(point > 0 ? '+' : '-')}{exponent}";
        }
        if (point <= 0)
            return $"{sign}0.{new string('0', -point)}{digits}";
        return point >= digits.Length ? $"{sign}{digits.PadRight(point, '0')}.0" : $"{sign}{digits[..point]}.{digits[point..]}";
    }
}
