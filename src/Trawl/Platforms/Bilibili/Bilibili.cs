using System.Globalization;
using System.Text.RegularExpressions;
using Trawl.Platforms.YtDlp;
using Trawl.Videos;

namespace Trawl.Platforms.Bilibili;

/// <summary>Bilibili: single videos, through yt-dlp; of those in several parts the first.</summary>
public static partial class Bilibili
{
    /// <summary>What yt-dlp may use for it.</summary>
    public const string Extractors = "bilibili.*";

    // how an old id becomes a new one: https://socialsisteryi.github.io/bilibili-API-collect/docs/misc/bvid_desc.html
    const string Digits = "FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf";
    const long Mask = 23442827791579;
    const long Above = 1L << 51;
    static readonly int[] Places = [8, 7, 0, 5, 1, 3, 2, 4, 6];

    internal static Platform Create(PlatformParts parts) =>
        new()
        {
            Name = "bilibili",
            DisplayName = "Bilibili",
            Parse = Parse,
            Strategies = [new YtDlpStrategy(parts, Extractors)],
        };

    /// <summary>Parses a link to a video, by its old number or its new id; null for anything else.</summary>
    public static VideoUrl? Parse(string link)
    {
        var match = Link().Match(link.Trim());
        if (!match.Success)
            return null;
        var id = long.TryParse(match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? IdOf(number)
            : $"BV1{match.Groups["id"].Value}";
        return new VideoUrl("bilibili", LinkKind.Video, id, null, new Uri($"https://www.bilibili.com/video/{id}"));
    }

    /// <summary>The id of a video with an old number: <c>BV17x411w7KC</c> for av170001.</summary>
    public static string IdOf(long number)
    {
        Span<char> id = stackalloc char[Places.Length];
        var rest = (Above | number) ^ Mask;
        foreach (var place in Places)
            (id[place], rest) = (Digits[(int)(rest % Digits.Length)], rest / Digits.Length);
        return $"BV1{id}";
    }

    // https://www.bilibili.com/video/BV17x411w7KC/?p=1, http://m.bilibili.com/video/av170001
    [GeneratedRegex(
        @"^(?i:https?://(www\.|m\.)?bilibili\.com)/video/((?i:av)(?<number>[0-9]{1,15})|(?i:bv)1(?<id>[1-9A-HJ-NP-Za-km-z]{9}))([/?#]\S*)?$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Link();
}
