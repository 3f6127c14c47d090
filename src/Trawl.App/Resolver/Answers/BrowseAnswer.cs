using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver.Answers;

/// <summary>How browsing by hand ended.</summary>
sealed record BrowseAnswer(bool IsSuccess, string Message)
{
    // "already in use", or the word lock itself: a clock is none
    static readonly string[] Signs = ["already in use", "exclusive lock", "lock file", "profile lock"];

    public int Status =>
        IsSuccess ? 200
        : IsLocked ? 409
        : 500;

    public Fields Body => new() { ["status"] = IsSuccess ? "success" : "failure", ["message"] = Message };

    bool IsLocked =>
        Array.Exists(Signs, sign => Message.Contains(sign, StringComparison.OrdinalIgnoreCase))
        || Words(Message)
            .Any(word =>
                word.Equals("lock", StringComparison.OrdinalIgnoreCase) || word.Equals("locked", StringComparison.OrdinalIgnoreCase)
            );

    static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
            if (i == text.Length || !(char.IsLetterOrDigit(text[i]) || text[i] == '_'))
            {
                yield return text[start..i];
                start = i + 1;
            }
    }
}
