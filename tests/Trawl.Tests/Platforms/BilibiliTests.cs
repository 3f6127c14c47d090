using Trawl.Platforms.Bilibili;

namespace Trawl.Tests.Platforms;

public class BilibiliTests
{
    [Theory]
    [InlineData(2, "BV1xx411c7mD")]
    [InlineData(170001, "BV17x411w7KC")]
    public void An_old_number_is_a_new_id(long number, string id)
    {
        Bilibili.IdOf(number).ShouldBe(id);
        Bilibili.Parse($"http://m.bilibili.com/video/AV{number}?p=1")!.Canonical.ShouldBe(new Uri($"https://www.bilibili.com/video/{id}"));
        Bilibili.Parse($"https://www.bilibili.com/video/{id}/")!.Id.ShouldBe(id);
        Bilibili.Parse($"https://www.bilibilI.com/video/{id}?p=2")!.Id.ShouldBe(id);
    }

    [Theory]
    [InlineData("https://www.bilibili.com/video/BV17x411w7K")]
    [InlineData("https://www.bilibili.com/video/BV17x411w7KCC")]
    [InlineData("https://www.bilibili.com/video/av")]
    [InlineData("https://www.bilibili.com/video/av1234567890123456789")]
    [InlineData("https://www.bilibili.com.evil.example/video/BV17x411w7KC")]
    [InlineData("https://www.bilibili.com/bangumi/play/ep1")]
    public void Anything_else_is_none_of_its_videos(string link) => Bilibili.Parse(link).ShouldBeNull();
}
