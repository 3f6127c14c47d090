namespace Trawl.Sandbox.Manners;

/// <summary>How a source of tiktok.com answers a client it does not know.</summary>
public enum FirstAnswer
{
    /// <summary>With what was asked for.</summary>
    Open,

    /// <summary>With a page that wants proof of work; what runs its script is let in.</summary>
    ProofOfWork,

    /// <summary>The same with other names and another script, as after a change of the site.</summary>
    OtherProof,

    /// <summary>With the page of risk control; nothing lets in.</summary>
    RiskControl,

    /// <summary>With 403, unless the request says where it comes from, as a browser's does.</summary>
    NeedsReferer,

    /// <summary>With 403.</summary>
    Refused,
}

/// <summary>How tiktok.com answers clients it does not know.</summary>
public sealed record TikTokManners
{
    /// <summary>The post's page, as desktop browsers ask for it. Default: open.</summary>
    public FirstAnswer Desktop { get; init; }

    /// <summary>The post's page, as phones ask for it. Default: open.</summary>
    public FirstAnswer Phone { get; init; }

    /// <summary>The embedded player's items, <c>/player/api/v1/items</c>. Default: open.</summary>
    public FirstAnswer Player { get; init; }

    /// <summary>The embedded post, <c>/embed/v2/</c>. Default: open.</summary>
    public FirstAnswer Embed { get; init; }

    /// <summary>How many pages one proof lets in. Default: null, as many as come while it lasts.</summary>
    public int? PagesPerProof { get; init; }

    /// <summary>How long a proof lets in. Default: 300 s, as <c>_waftokenid</c> lasts.</summary>
    public TimeSpan ProofLasts { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The manners of a year.</summary>
    public static TikTokManners Of(SandboxYear year) =>
        year == SandboxYear.Of2026 ? new TikTokManners { Desktop = FirstAnswer.ProofOfWork } : new TikTokManners();

    /// <summary>The same with other answers from some sources.</summary>
    /// <param name="answers">For example <c>desktop=proof-of-work,phone=refused,pages=50</c>.</param>
    /// <exception cref="FormatException">Saying what there is.</exception>
    public TikTokManners With(string answers)
    {
        var manners = this;
        foreach (var pair in answers.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
            manners = pair.Split('=') switch
            {
                ["desktop", var answer] => manners with { Desktop = Answer(answer) },
                ["phone", var answer] => manners with { Phone = Answer(answer) },
                ["player", var answer] => manners with { Player = Answer(answer) },
                ["embed", var answer] => manners with { Embed = Answer(answer) },
                ["all", var answer] => All(Answer(answer)),
                ["pages", var count] when int.TryParse(count, out var pages) => manners with { PagesPerProof = pages },
                _ => throw new FormatException($"\"{pair}\" is not one of desktop=, phone=, player=, embed=, all=, pages=."),
            };
        return manners;
    }

    static FirstAnswer Answer(string name) =>
        Enum.TryParse<FirstAnswer>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var answer)
            ? answer
            : throw new FormatException(
                $"There is no answer \"{name}\"; there are {string.Join(", ", Enum.GetNames<FirstAnswer>().Select(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName))}."
            );

    /// <summary>The same answer from every source.</summary>
    public static TikTokManners All(FirstAnswer answer) =>
        new()
        {
            Desktop = answer,
            Phone = answer,
            Player = answer,
            Embed = answer,
        };
}
