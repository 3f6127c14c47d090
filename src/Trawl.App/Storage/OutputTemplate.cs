using System.Text;
using System.Text.RegularExpressions;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.App.Storage;

/// <summary>Makes a relative path from yt-dlp's template fields. What comes from outside never makes a folder, leaves the root or names a device.</summary>
public sealed partial class OutputTemplate
{
    /// <summary>The usual place of a video.</summary>
    public const string Default = "%(platform)s/%(uploader)s/%(id)s.%(ext)s";

    const int LongestSegment = 180;
    const int LongestTemplate = 4096; // as long as a path can be

    static readonly string[] Fields = ["id", "title", "uploader", "upload_date", "ext", "platform"];

    readonly string _template;

    /// <summary>Reads a template.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/> for an unknown field or a path that leaves the folder.</exception>
    public OutputTemplate(string template)
    {
        if (template.Length > LongestTemplate)
            throw Wrong($"it has more than {LongestTemplate} characters");
        foreach (Match match in Field().Matches(template))
            if (!Fields.Contains(match.Groups["name"].Value))
                throw Wrong($"there is no field {match.Groups["name"].Value}; there are {string.Join(", ", Fields)}");
        if (Field().Replace(template, "").Replace("%%", "", StringComparison.Ordinal).Contains('%'))
            throw Wrong("a % that starts no field is written %%");
        if (Path.IsPathRooted(template) || template.Split('/', '\\').Any(s => s is ".." or "." or ""))
            throw Wrong("it must stay inside -P");
        if (!template.EndsWith(".%(ext)s", StringComparison.Ordinal))
            throw Wrong("it must end in .%(ext)s");
        _template = template;
    }

    /// <summary>The path of a video below the root, with <c>/</c> between folders.</summary>
    public string Expand(Video video, string extension)
    {
        var path = Field().Replace(_template, match => Value(match.Groups["name"].Value, video, extension));
        return string.Join('/', path.Replace("%%", "%", StringComparison.Ordinal).Split('/').Select(Segment));
    }

    static string Value(string field, Video video, string extension) =>
        Safe(
            field switch
            {
                "id" => video.Id,
                "title" => video.Title,
                "uploader" => video.Author.Handle ?? "NA",
                "upload_date" => video.PublishedAt?.UtcDateTime.ToString("yyyyMMdd") ?? "NA",
                "platform" => video.Url.Platform,
                _ => extension,
            }
        );

    static string Safe(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(IsUnsafe(rune) ? "_" : rune.ToString());
        return clean.Length == 0 ? "NA" : clean.ToString();
    }

    // separators, shell and Windows specials, line and direction controls
    static bool IsUnsafe(Rune rune) =>
        rune.Value is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or 0xFFFD or 0x2028 or 0x2029
        || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format;

    static string Segment(string segment)
    {
        var trimmed = segment.Trim(' ').TrimEnd('.');
        if (trimmed.StartsWith('.') || trimmed.StartsWith('-') || trimmed.Length == 0 || Device().IsMatch(trimmed))
            trimmed = "_" + trimmed;
        if (Encoding.UTF8.GetByteCount(trimmed) <= LongestSegment)
            return trimmed;
        // what follows the last dot, and the id before it, must survive
        var keep = trimmed[^Math.Min(40, trimmed.Length)..];
        var head = new StringBuilder();
        foreach (var rune in trimmed.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(head.ToString()) + rune.Utf8SequenceLength + Encoding.UTF8.GetByteCount(keep) > LongestSegment)
                break;
            head.Append(rune.ToString());
        }
        return head + (char.IsLowSurrogate(keep[0]) ? keep[1..] : keep);
    }

    static TrawlException Wrong(string why) => new(FailureKind.Configuration, $"The output template is wrong: {why}.");

    // %(upload_date)s
    [GeneratedRegex(@"%\((?<name>\w+)\)s", RegexOptions.NonBacktracking)]
    private static partial Regex Field();

    [GeneratedRegex(@"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Device();
}
