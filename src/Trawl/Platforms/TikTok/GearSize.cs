using System.Text.Json;
using System.Text.RegularExpressions;
using Trawl.Json;

namespace Trawl.Platforms.TikTok;

/// <summary>The size of a form in pixels: as it says itself, else as its names give it away, in the shape of the post.</summary>
static partial class GearSize
{
    /// <summary>Width and height; null where only the short side is known, or nothing.</summary>
    public static (int? Width, int? Height) Of(JsonElement play, JsonElement video, string? key, string? gear)
    {
        if (ForeignJson.Pixels(play.Whole("Width"u8)) is { } width && ForeignJson.Pixels(play.Whole("Height"u8)) is { } height)
            return (width, height);
        var (w, h) = (ForeignJson.Pixels(video.Whole("width"u8)), ForeignJson.Pixels(video.Whole("height"u8)));
        if (SideOf(key, gear) is not { } side)
            return (w, h);
        if (w is null || h is null)
            return (null, null);
        var scale = side / (double)Math.Min(w.Value, h.Value);
        return (Even(w.Value * scale), Even(h.Value * scale));
    }

    /// <summary>The short side its names give away. What is called 540p is 576 pixels wide: 256 of 260 forms seen in 2025 and 2026.</summary>
    public static int? SideOf(string? key, string? gear)
    {
        var match = key is null ? Match.Empty : InKey().Match(key);
        if (!match.Success && gear is not null)
            match = InGear().Match(gear);
        return !match.Success ? null
            : int.Parse(match.Groups["side"].Value, System.Globalization.CultureInfo.InvariantCulture) is var side && side == 540 ? 576
            : side;
    }

    static int Even(double pixels) => (int)Math.Round(pixels / 2) * 2;

    // v24025gl0000d4aa3o7og65qmrtgqkm0_bytevc1_1080p_1010862
    [GeneratedRegex(@"_(?<side>\d{3,4})p_\d", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex InKey();

    // adapt_lowest_1080_1
    [GeneratedRegex(@"_(?<side>\d{3,4})_\d", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex InGear();
}
