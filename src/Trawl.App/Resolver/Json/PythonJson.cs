using System.Globalization;
using System.Numerics;
using System.Text;

namespace Trawl.App.Resolver.Json;

/// <summary>
/// Reads JSON as Python's <c>json.loads</c> does, with its messages and places, which clients of the service see: NaN and Infinity are numbers,
/// integers have any length, of equal keys the last counts.
/// </summary>
sealed class PythonJson
{
    // Python gives up at about this depth and this length of an integer
    const int Deepest = 990;
    const int LongestInteger = 4300;

    // no request of any client has a hundredth of that
    const int MostValues = 20_000;

    readonly string _text;
    int _depth;
    int _values;

    PythonJson(string text) => _text = text;

    /// <summary>Reads a body.</summary>
    /// <exception cref="PythonJsonException">It is no JSON.</exception>
    /// <exception cref="InvalidDataException">It is no text, nested too deep, of too many values, or a number in it is too long.</exception>
    public static object? Read(ReadOnlySpan<byte> body)
    {
        var text = Decode(body);
        var reader = new PythonJson(text);
        var at = reader.SkipSpace(0);
        var value = reader.Value(ref at);
        at = reader.SkipSpace(at);
        return at == text.Length ? value : throw reader.Error("Extra data", at);
    }

    // by the zeros among the first four bytes, as JSON begins with ASCII
    static string Decode(ReadOnlySpan<byte> body)
    {
        Encoding encoding = body switch
        {
            [0xFF, 0xFE, 0, 0, ..] or [not 0, 0, 0, 0, ..] => new UTF32Encoding(bigEndian: false, true, throwOnInvalidCharacters: true),
            [0, 0, 0xFE, 0xFF, ..] or [0, 0, 0, _, ..] => new UTF32Encoding(bigEndian: true, true, throwOnInvalidCharacters: true),
            [0xFF, 0xFE, ..] or [not 0, 0, ..] => new UnicodeEncoding(bigEndian: false, true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] or [0, not 0, ..] => new UnicodeEncoding(bigEndian: true, true, throwOnInvalidBytes: true),
            _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
        };
        try
        {
            var text = encoding.GetString(body);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("The body is no text.", e);
        }
    }

    object? Value(ref int at)
    {
        if (++_values > MostValues)
            throw new InvalidDataException("The body holds too many values.");
        if (at >= _text.Length)
            throw Error("Expecting value", at);
        switch (_text[at])
        {
            case '"':
                at++;
                return String(ref at);
            case '{':
                return Nested(Object, ref at);
            case '[':
                return Nested(Array, ref at);
        }
        foreach (var (word, value) in Words)
            if (string.CompareOrdinal(_text, at, word, 0, word.Length) == 0)
            {
                at += word.Length;
                return value;
            }
        return Number(ref at);
    }

    static readonly (string Word, object? Value)[] Words =
    [
        ("null", null),
        ("true", true),
        ("false", false),
        ("NaN", double.NaN),
        ("Infinity", double.PositiveInfinity),
        ("-Infinity", double.NegativeInfinity),
    ];

    delegate object Reader(ref int at);

    object Nested(Reader read, ref int at)
    {
        if (++_depth > Deepest)
            throw new InvalidDataException("The body is nested too deep.");
        at = SkipSpace(at + 1);
        var value = read(ref at);
        _depth--;
        return value;
    }

    Fields Object(ref int at)
    {
        var fields = new Fields();
        if (At(at) == '}')
        {
            at++;
            return fields;
        }
        while (true)
        {
            if (At(at) != '"')
                throw Error("Expecting property name enclosed in double quotes", at);
            at++;
            var name = String(ref at);
            at = SkipSpace(at);
            if (At(at) != ':')
                throw Error("Expecting ':' delimiter", at);
            at = SkipSpace(at + 1);
            fields[name] = Value(ref at);
            if (!HasNext(ref at, '}'))
                return fields;
        }
    }

    List<object?> Array(ref int at)
    {
        var values = new List<object?>();
        if (At(at) == ']')
        {
            at++;
            return values;
        }
        do values.Add(Value(ref at));
        while (HasNext(ref at, ']'));
        return values;
    }

    bool HasNext(ref int at, char end)
    {
        at = SkipSpace(at);
        var next = At(at);
        if (next != end && next != ',')
            throw Error("Expecting ',' delimiter", at);
        at = next == end ? at + 1 : SkipSpace(at + 1);
        return next != end;
    }

    // from after the opening quote to after the closing one
    string String(ref int at)
    {
        var begin = at - 1;
        var plain = _text.AsSpan(at).IndexOfAny('"', '\\');
        if (plain >= 0 && _text[at + plain] == '"' && !_text.AsSpan(at, plain).ContainsAnyInRange('\0', '\x1f'))
        {
            at += plain + 1;
            return _text.Substring(at - plain - 1, plain);
        }
        var text = new StringBuilder();
        for (; at < _text.Length; at++)
        {
            var c = _text[at];
            switch (c)
            {
                case '"':
                    at++;
                    return text.ToString();
                case <= '\x1f':
                    throw Error("Invalid control character at", at);
                case '\\':
                    text.Append(Escaped(ref at, begin));
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
        throw Error("Unterminated string starting at", begin);
    }

    // from the backslash to the last character of the escape
    char Escaped(ref int at, int begin)
    {
        at++;
        if (at >= _text.Length)
            throw Error("Unterminated string starting at", begin);
        if (_text[at] == 'u')
        {
            var digits = _text.AsSpan(at + 1, Math.Min(4, _text.Length - at - 1));
            if (at + 5 >= _text.Length || digits.ContainsAnyExcept(HexDigits))
                throw Error("Invalid \\uXXXX escape", at);
            at += 4;
            return (char)int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }
        var place = "\"\\/bfnrt".IndexOf(_text[at]);
        return place >= 0 ? "\"\\/\b\f\n\r\t"[place] : throw Error("Invalid \\escape: ", at - 1);
    }

    static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    object Number(ref int at)
    {
        var end = at;
        if (At(end) == '-')
            end++;
        if (At(end) == '0')
            end++;
        else if (char.IsAsciiDigit(At(end)))
            end = SkipDigits(end);
        else
            throw Error("Expecting value", at);
        var isWhole = true;
        if (At(end) == '.' && char.IsAsciiDigit(At(end + 1)))
            (end, isWhole) = (SkipDigits(end + 1), false);
        if (At(end) is 'e' or 'E')
        {
            var digits = At(end + 1) is '+' or '-' ? end + 2 : end + 1;
            if (char.IsAsciiDigit(At(digits)))
                (end, isWhole) = (SkipDigits(digits), false);
        }
        var text = _text.AsSpan(at, end - at);
        at = end;
        if (!isWhole)
            return double.Parse(text, CultureInfo.InvariantCulture);
        if (text.Length > LongestInteger)
            throw new InvalidDataException("An integer is too long.");
        return long.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? (object)number
            : BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    int SkipDigits(int at)
    {
        while (char.IsAsciiDigit(At(at)))
            at++;
        return at;
    }

    int SkipSpace(int at)
    {
        while (At(at) is ' ' or '\t' or '\n' or '\r')
            at++;
        return at;
    }

    char At(int at) => at < _text.Length ? _text[at] : '\0';

    PythonJsonException Error(string message, int at) => new(message, at - _text.AsSpan(0, at).CountPairs());
}
