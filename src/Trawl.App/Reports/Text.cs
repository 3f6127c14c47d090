using System.Text;
using Spectre.Console;

namespace Trawl.App.Reports;

/// <summary>Foreign text and numbers as people read them on a terminal.</summary>
static class Text
{
    /// <summary>Without control characters and direction marks, so that a title cannot drive the terminal.</summary>
    public static string ForTerminal(this string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(
                Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
                    ? " "
                    : rune.ToString()
            );
        return clean.ToString();
    }

    /// <summary>Draws a table; where nobody looks at it, its lines are not broken.</summary>
    public static void Show(this Table table)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 200;
        AnsiConsole.Write(table);
    }

    /// <summary>At most so many characters.</summary>
    public static string Shortened(this string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";

    /// <summary>A number of bytes, for example 1.4 MiB.</summary>
    public static string Readable(this long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} B",
            < 1 << 20 => $"{bytes / 1024.0:0.0} KiB",
            < 1 << 30 => $"{bytes / 1048576.0:0.0} MiB",
            _ => $"{bytes / 1073741824.0:0.00} GiB",
        };
}
