using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Trawl.Videos;

/// <summary>Reads hashtags and mentions out of captions, in any script: ordered, in lower case, each once.</summary>
public static class CaptionText
{
    const int LongestName = 100;

    /// <summary>The hashtags, without #.</summary>
    public static ImmutableArray<string> Hashtags(string caption) => Find(caption, '#', static (rune, _) => IsWord(rune));

    /// <summary>The mentioned handles, without @; dots and hyphens belong to them, but not at the end.</summary>
    public static ImmutableArray<string> Mentions(string caption) =>
        Find(caption, '@', static (rune, next) => IsWord(rune) || (rune.Value is '.' or '-' && next is { } n && IsWord(n)));

    static ImmutableArray<string> Find(string caption, char sign, Func<Rune, Rune?, bool> belongs)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var at = caption.IndexOf(sign); at >= 0; at = caption.IndexOf(sign, at + 1))
        {
            var name = Name(caption.AsSpan(at + 1), belongs).ToLowerInvariant();
            if (name.Length > 0 && seen.Add(name))
                names.Add(name);
        }
        return names.DrainToImmutable();
    }

    static string Name(ReadOnlySpan<char> text, Func<Rune, Rune?, bool> belongs)
    {
        var length = 0;
        while (
            length < Math.Min(text.Length, LongestName)
            && Rune.DecodeFromUtf16(text[length..], out var rune, out var size) == OperationStatus.Done
        )
        {
            Rune? next = Rune.DecodeFromUtf16(text[(length + size)..], out var following, out _) == OperationStatus.Done ? following : null;
            if (!belongs(rune, next))
                break;
            length += size;
        }
        return new string(text[..length]);
    }

    // letters with their marks, digits, the underscore
    static bool IsWord(Rune rune) =>
        rune.Value == '_'
        || Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
