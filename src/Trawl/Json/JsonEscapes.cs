using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Trawl.Json;

/// <summary>Strings of JSON with half a character in them (<c>"\ud83d"</c>), which the framework refuses to read: the half becomes U+FFFD.</summary>
static class JsonEscapes
{
    /// <summary>Reads a string.</summary>
    /// <param name="raw">What stands between its quotes; valid JSON.</param>
    public static string Read(ReadOnlySpan<byte> raw)
    {
        var text = Encoding.UTF8.GetString(raw);
        var read = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
            read.Append(text[at] == '\\' ? Escaped(text, ref at) : text[at]);
        return Whole(read.ToString());
    }

    static string Whole(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            whole.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        return whole.ToString();
    }

    /// <summary>The name of a member.</summary>
    public static string NameOf(JsonProperty member) =>
        JsonMarshal.GetRawUtf8PropertyName(member) is var raw && raw.Contains((byte)'\\') ? Read(raw) : Encoding.UTF8.GetString(raw);

    /// <summary>Whether a member has a name.</summary>
    public static bool IsName(JsonProperty member, ReadOnlySpan<byte> name)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        return raw.SequenceEqual(name) || (raw.Contains((byte)'\\') && Read(raw) == Encoding.UTF8.GetString(name));
    }

    // from the backslash to the last character of the escape
    static char Escaped(string text, ref int at)
    {
        var kind = text[++at];
        if (kind != 'u')
            return kind switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => kind,
            };
        var code = int.Parse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        at += 4;
        return (char)code;
    }
}
