using Trawl.Http;
using Trawl.Platforms.TikTok;
using Trawl.Videos;

namespace Trawl.Tests.Videos;

public class FormatSelectorTests
{
    static readonly MediaFormat[] Formats =
    [
        Format("h264-540", "h264", 576, 1024, 1000),
        Format("h264-720", "h264", 1280, 720, 1500),
        Format("h265-1080", "h265", 1080, 1920, 2500),
        Format("mute-1080", "h264", 1080, 1920, 3000) with
        {
            Silent = true,
        },
        Format("bytevc2-1080", "bytevc2", 1080, 1920, 9000),
        Format("marked-1080", "h264", 1080, 1920, 4000) with
        {
            Watermarked = true,
        },
        Format("music", null, null, null, null) with
        {
            AudioOnly = true,
        },
    ];

    [Theory]
    [InlineData(FormatPolicy.Compatible, null, false, "h264-720 h264-540 h265-1080")]
    [InlineData(FormatPolicy.Compatible, null, true, "marked-1080 h264-720 h264-540 h265-1080")]
    [InlineData(FormatPolicy.Best, null, false, "h265-1080 h264-720 h264-540")]
    [InlineData(FormatPolicy.Smallest, null, false, "h264-540 h264-720 h265-1080")]
    [InlineData(FormatPolicy.Audio, null, false, "music")]
    [InlineData(FormatPolicy.Best, 720, false, "h264-720 h264-540 h265-1080")]
    [InlineData(FormatPolicy.Best, 480, false, "h264-540 h264-720 h265-1080")]
    public void Orders_by_the_wish(FormatPolicy policy, int? maxHeight, bool watermarked, string order)
    {
        var wish = new FormatWish
        {
            Policy = policy,
            MaxHeight = maxHeight,
            Watermarked = watermarked,
        };

        string.Join(' ', FormatSelector.Choose(VideoWith(Formats), wish).Select(f => f.Id)).ShouldBe(order);
    }

    [Fact]
    public void Says_why_for_every_format()
    {
        var ranked = FormatSelector.Explain(VideoWith(Formats), new FormatWish());

        ranked.Count.ShouldBe(Formats.Length);
        ranked.ShouldAllBe(f => f.Reason.Length > 0);
        ranked
            .Single(f => f.Format.Id == "bytevc2-1080")
            .ShouldSatisfyAllConditions(f => f.Rank.ShouldBe(0), f => f.Reason.ShouldContain("bytevc2"));
    }

    [Fact]
    public void Portrait_and_landscape_are_the_same_class() => Formats[1].ShortSide.ShouldBe(720);

    static Video VideoWith(params MediaFormat[] formats) =>
        new()
        {
            Url = TikTokUrl.Post("1"),
            Id = "1",
            Formats = [.. formats],
        };

    static MediaFormat Format(string id, string? codec, int? width, int? height, int? kilobits) =>
        new()
        {
            Id = id,
            Addresses = [new Uri("https://media.example/" + id)],
            Session = Session.Desktop,
            Codec = codec,
            Width = width,
            Height = height,
            Bitrate = kilobits * 1000,
            Size = kilobits * 1000,
        };
}
