namespace Trawl.Browser.TikTok;

/// <summary>
/// The shape of markup before it is parsed. What the parser takes grows with the square of the depth, and of the tags that do not match. A browser
/// writes down a page whose elements are all closed in order.
/// </summary>
static class MarkupShape
{
    // result pages are some forty elements deep, and browsers stop at 512
    const int Deepest = 600;

    // result pages have some five hundred thousand characters
    const int Longest = 1_000_000;

    static readonly string[] Void = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
    static readonly string[] Raw =
    [
        "script",
        "style",
        "textarea",
        "title",
        "noscript",
        "iframe",
        "noembed",
        "noframes",
        "xmp",
        "plaintext",
    ];

    /// <summary>Whether markup is as a browser writes it: closed in order, and not too deep.</summary>
    public static bool IsOfBrowser(ReadOnlySpan<char> html)
    {
        if (html.Length > Longest)
            return false;
        var open = new Stack<string>();
        while (html.IndexOf('<') is >= 0 and var next)
        {
            html = html[(next + 1)..];
            if (html.StartsWith("!--", StringComparison.Ordinal))
                html = After(html, "-->");
            else if (html is ['/', _, ..] && char.IsAsciiLetter(html[1]))
            {
                if (!open.TryPop(out var last) || !NameOf(html[1..]).Equals(last, StringComparison.OrdinalIgnoreCase))
                    return false;
            }
            else if (html is [_, ..] && char.IsAsciiLetter(html[0]))
            {
                var name = NameOf(html).ToString();
                if (EndOfTag(html) is not { } end)
                    return false;
                html = html[end..];
                if (IsOneOf(Raw, name))
                    html = After(html, $"</{name}");
                else if (!IsOneOf(Void, name))
                    open.Push(name);
                if (open.Count > Deepest)
                    return false;
            }
            else if (html is not ['!' or '?', ..])
            {
                return false; // in a text a browser writes &lt;
            }
        }
        return open.Count == 0;
    }

    static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> tag)
    {
        var end = tag.IndexOfAny(" \t\r\n\f/>");
        return end < 0 ? tag : tag[..end];
    }

    // a sign > in a quoted attribute ends nothing; a quote that is not closed hides all that follows
    static int? EndOfTag(ReadOnlySpan<char> tag)
    {
        var quote = '\0';
        for (var i = 0; i < tag.Length; i++)
            if (quote != '\0')
                quote = tag[i] == quote ? '\0' : quote;
            else if (tag[i] is '"' or '\'')
                quote = tag[i];
            else if (tag[i] == '>')
                return i + 1;
        return null;
    }

    static ReadOnlySpan<char> After(ReadOnlySpan<char> html, string mark) =>
        html.IndexOf(mark, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? html[(at + mark.Length)..] : [];

    static bool IsOneOf(string[] names, string name) => Array.Exists(names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
}
