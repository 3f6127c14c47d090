using System.Text;
using CsCheck;

namespace Trawl.Fuzz;

/// <summary>
/// Changes documents where it hurts: values of JSON become values of another sort, members change their names, pieces are repeated ten thousand times,
/// bytes flip, the end is missing.
/// </summary>
static class Mutation
{
    const int Largest = 1 << 20;

    static readonly string[] Values =
    [
        "null",
        "true",
        "[]",
        "{}",
        "-1",
        "0",
        "1e400",
        "-1e-400",
        "1.5",
        "9223372036854775808",
        "99999999999999999999999999",
        "\"\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud83d\"",
        "\"\\u0000\"",
        "\"-1\"",
        "\"NaN\"",
        "\"../../../etc/passwd\"",
        "\"https://127.0.0.1/\"",
        "\"http://\\u0000/\"",
        "\"https://a..b/\"",
        "\"file:///etc/passwd\"",
        "[[[[[[[[]]]]]]]]",
        "{\"\\ud800\":1}",
        "{\"a\":1,\"a\":2}",
        "[null,{},[],\"\",1]",
        "2147483647",
        "-2147483648",
        "253402300800",
        "1e308",
    ];

    static readonly string[] Names = ["\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"id\"", "\"a\\u0062c\"", "\"__proto__\""];

    static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "\0",
            "\uFEFF",
            "<",
            "</script>",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u",
            "\n",
            "%",
            "%00",
            "//",
            "@",
            "=",
            "--",
            "-",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF],
        [0xED, 0xA0, 0x80],
        [0xC0, 0x80],
    ];

    /// <summary>One change: which, where, how much of the rest, and with what.</summary>
    static readonly Gen<(int Kind, double At, double Length, int Pick)> Change = Gen.Select(
        Gen.Int[0, 9],
        Gen.Double[0, 1],
        Gen.Double[0, 1],
        Gen.Int[0, 999]
    );

    /// <summary>Documents made of others by up to eight changes.</summary>
    public static Gen<byte[]> Of(IReadOnlyList<byte[]> seeds) =>
        Gen.Select(Gen.Int[0, seeds.Count - 1], Change.List[0, 8], (seed, changes) => changes.Aggregate(seeds[seed], Apply));

    static byte[] Apply(byte[] document, (int Kind, double At, double Length, int Pick) change)
    {
        if (document.Length == 0)
            return Pieces[change.Pick % Pieces.Length];
        var at = (int)(change.At * (document.Length - 1));
        // mostly short: squared, so that what is left has a shape
        var length = 1 + (int)(change.Length * change.Length * (document.Length - at - 1));
        return change.Kind switch
        {
            0 => [.. document[..at], (byte)(document[at] ^ (1 << (change.Pick % 8))), .. document[(at + 1)..]],
            1 => [.. document[..at], .. document[(at + length)..]],
            2 => document[..at],
            3 => [.. document[..at], .. Pieces[change.Pick % Pieces.Length], .. document[at..]],
            4 => Repeated(document, at, Math.Min(length, 2000), change.Pick),
            5 or 6 => Replaced(document, at, ':', Values[change.Pick % Values.Length]),
            7 => Replaced(document, at, ',', Values[change.Pick % Values.Length]),
            8 => Replaced(document, at, ',', $"{Names[change.Pick % Names.Length]}:1"),
            _ => [.. document[..at], .. document[(at + length)..], .. document[at..(at + length)]],
        };
    }

    // ten thousand times at most, and never more than the largest document
    static byte[] Repeated(byte[] document, int at, int length, int pick)
    {
        var times = Math.Min(
            (pick % 5) switch
            {
                0 => 10_000,
                1 => 300,
                _ => 2,
            },
            Math.Max(0, Largest - document.Length) / length
        );
        var piece = document.AsSpan(at, length);
        var repeated = new byte[document.Length + (times * length)];
        document.AsSpan(0, at).CopyTo(repeated);
        for (var i = 0; i < times; i++)
            piece.CopyTo(repeated.AsSpan(at + (i * length)));
        document.AsSpan(at).CopyTo(repeated.AsSpan(at + (times * length)));
        return repeated;
    }

    // the value that follows the next sign of a sort
    static byte[] Replaced(byte[] document, int at, char sign, string value)
    {
        var found = document.AsSpan(at).IndexOf((byte)sign);
        if (found < 0)
            return document;
        var start = at + found + 1;
        return [.. document[..start], .. Encoding.UTF8.GetBytes(value), .. document[EndOfValue(document, start)..]];
    }

    static int EndOfValue(byte[] document, int start)
    {
        var (depth, quoted) = (0, false);
        for (var i = start; i < document.Length; i++)
        {
            var c = document[i];
            if (quoted && c == '\\')
                i++;
            else if (c == '"')
                quoted = !quoted;
            else if (quoted)
                continue;
            else if (c is (byte)'{' or (byte)'[')
                depth++;
            else if (c is (byte)'}' or (byte)']' && --depth < 0)
                return i;
            else if (c == ',' && depth == 0)
                return i;
        }
        return document.Length;
    }
}
