using System.Text;

namespace Trawl.Sandbox.Sites;

/// <summary>The bulk of a page: translations and scripts that nobody reads, so that pages have their real size.</summary>
static class PageText
{
    const int Translations = 184_000;
    const int Scripts = 180_000;

    static readonly string[] Words =
    [
        "video",
        "sound",
        "follow",
        "report",
        "share",
        "caption",
        "effect",
        "account",
        "comment",
        "privacy",
        "setting",
        "upload",
        "creator",
        "profile",
        "message",
        "gift",
    ];

    /// <summary>A JSON object of translated phrases, about 184 KB as on the real page.</summary>
    public static byte[] TranslationJson { get; } = MakeTranslations();

    /// <summary>Script and style elements, about 180 KB.</summary>
    public static string ScriptHtml { get; } = MakeScripts();

    static byte[] MakeTranslations()
    {
        var chance = new Random(7);
        var json = new StringBuilder("{");
        for (var i = 0; json.Length < Translations; i++)
            json.Append(i == 0 ? "" : ",").Append($"\"web_{Word(chance)}_{Word(chance)}_{i}\":\"{Phrase(chance, 9)} {{{{count}}}}\"");
        return Encoding.UTF8.GetBytes(json.Append('}').ToString());
    }

    static string MakeScripts()
    {
        var chance = new Random(11);
        var html = new StringBuilder();
        while (html.Length < Scripts)
            html.Append(
                $"<script>!function(e){{var {Word(chance)}={chance.Next()};window[\"{Word(chance)}\"]=\"{Phrase(chance, 300)}\"}}(window);</script>\n"
            );
        return html.ToString();
    }

    static string Word(Random chance) => Words[chance.Next(Words.Length)];

    static string Phrase(Random chance, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word(chance)));
}
