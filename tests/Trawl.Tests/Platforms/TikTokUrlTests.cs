using System.Text.Json;
using Trawl.Failures;
using Trawl.Platforms;
using Trawl.Platforms.TikTok;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Platforms;

public class TikTokUrlTests
{
    const string Id = "7106798200794926362";

    [Theory]
    [InlineData("https://www.tiktok.com/@some.user_1/video/" + Id, LinkKind.Video, Id, "some.user_1")]
    [InlineData("http://tiktok.com/@u/video/" + Id + "?lang=en#x", LinkKind.Video, Id, "u")]
    [InlineData("https://m.tiktok.com/v/" + Id + ".html", LinkKind.Video, Id, null)]
    [InlineData("https://www.tiktok.com/embed/v2/" + Id, LinkKind.Video, Id, null)]
    [InlineData("https://www.tiktok.com/embed/v3/" + Id, LinkKind.Video, Id, null)]
    [InlineData("https://www.tiktok.com/player/v1/" + Id + "?controls=1", LinkKind.Video, Id, null)]
    [InlineData("https://www.tiktok.com/video/" + Id, LinkKind.Video, Id, null)]
    [InlineData("https://www.tiktok.com/share/video/" + Id, LinkKind.Video, Id, null)]
    [InlineData("https://www.tiktok.com/share/user/6700000000000000001", LinkKind.Profile, "6700000000000000001", null)]
    [InlineData("https://www.tiktokv.com/share/video/" + Id + "/", LinkKind.Video, Id, null)]
    [InlineData("https://t.tiktok.com/i18n/share/video/" + Id, LinkKind.Video, Id, null)]
    [InlineData("https://www.tiktok.com/foryou?item_id=" + Id, LinkKind.Video, Id, null)]
    [InlineData("https://www.tiktok.com/@u/photo/" + Id, LinkKind.Photo, Id, "u")]
    [InlineData("https://vm.tiktok.com/ZTR45GpSF/", LinkKind.Short, "ZTR45GpSF", null)]
    [InlineData("https://www.tiktok.com/t/ZTR45GpSF", LinkKind.Short, "ZTR45GpSF", null)]
    [InlineData("https://www.tiktok.com/@u", LinkKind.Profile, null, "u")]
    [InlineData("https://www.tiktok.com/@u/live", LinkKind.Live, null, "u")]
    [InlineData("https://www.tiktok.com/tag/cats", LinkKind.Tag, "cats", null)]
    [InlineData("https://www.tiktok.com/music/some-song-" + Id, LinkKind.Sound, Id, null)]
    [InlineData("https://www.tiktok.com/login?redirect_url=x", LinkKind.Login, null, null)]
    [InlineData("https://www.tiktok.com/@u/video/123456789012345678901", LinkKind.Other, null, "u")]
    [InlineData("https://www.tiktok.com/@u/video/１２３", LinkKind.Other, null, "u")]
    [InlineData("https://www.tiktok.com/@u/./video/1", LinkKind.Other, null, null)]
    public void Knows_every_shape(string link, LinkKind kind, string? id, string? user)
    {
        var url = TikTokUrl.Parse(link).ShouldNotBeNull();

        (url.Kind, url.Id, url.User).ShouldBe((kind, id, user));
    }

    [Theory]
    [InlineData("https://fake-tiktok.com/@u/video/1")]
    [InlineData("https://www.tiktok.com.evil.example/@u/video/1")]
    [InlineData("https://www.tiktok.com:8443/@u/video/1")]
    [InlineData("https://user:pw@www.tiktok.com/@u/video/1")]
    [InlineData("javascript:alert(1)")]
    [InlineData("www.tiktok.com/@u/video/1")]
    [InlineData("https://example.com/?r=https://www.tiktok.com/@u/video/1")]
    public void Knows_what_is_not_its_own(string link) => TikTokUrl.Parse(link).ShouldBeNull();

    [Theory]
    [InlineData("https://www.tiktok.com/@some.user/photo/" + Id, "https://www.tiktok.com/@some.user/video/" + Id)]
    [InlineData("https://m.tiktok.com/v/" + Id, "https://www.tiktok.com/@_/video/" + Id)]
    [InlineData("https://www.tiktok.com/@%2e%2e%2fx/video/" + Id, "https://www.tiktok.com/@_/video/" + Id)]
    [InlineData("https://vt.tiktok.com/ZTR45GpSF", "https://www.tiktok.com/t/ZTR45GpSF")]
    public void Spellings_of_one_thing_have_one_address(string link, string canonical) =>
        TikTokUrl.Parse(link)!.Canonical.AbsoluteUri.ShouldBe(canonical);

    [Fact]
    public void All_reference_vectors_hold()
    {
        var path = ReferenceData.Path("contracts", "url-vectors.json");
        using var vectors = JsonDocument.Parse(File.ReadAllText(path));

        foreach (var vector in vectors.RootElement.EnumerateArray())
        {
            var link = vector.GetProperty("url").GetString()!;
            var url = TikTokUrl.Parse(link);
            (url?.Kind.ToString().ToLowerInvariant() ?? "invalid").ShouldBe(vector.GetProperty("kind").GetString(), link);
            url?.Id.ShouldBe(vector.GetProperty("id").GetString(), link);
            if (vector.GetProperty("user").GetString() is not "*" and var user)
                url?.User.ShouldBe(user, link);
        }
    }

    [Theory]
    [InlineData("Look at this! https://vm.tiktok.com/ZTR45GpSF/ 😅 #fyp", "ZTR45GpSF")]
    [InlineData("tiktok.com/@u/video/" + Id + ", sent from my phone", null)]
    [InlineData("(www.tiktok.com/@u/video/" + Id + ")", Id)]
    [InlineData("https://example.com/x then https://www.tiktok.com/@u/video/" + Id, Id)]
    [InlineData("nothing here, not even tiktok.com", null)]
    public void Finds_the_link_in_a_text(string text, string? id)
    {
        using var trawl = new TrawlClient();

        // a comma belongs to no id
        trawl.Platforms.FindIn(text)?.Id.ShouldBe(id);
    }

    [Fact]
    public void Random_text_is_never_an_exception_and_canonical_forms_are_stable()
    {
        var chance = new Random(20261120);
        string[] pieces =
        [
            "https://",
            "www.tiktok.com",
            "/",
            "@",
            "video",
            "%",
            "..",
            "\0",
            "１",
            "?item_id=",
            "7106798200794926362",
            "#",
            "vm.",
            "t/",
            "é",
            "\uD800",
            ":",
            "//",
        ];
        for (var i = 0; i < 20_000; i++)
        {
            var link = string.Concat(Enumerable.Range(0, chance.Next(1, 9)).Select(_ => pieces[chance.Next(pieces.Length)]));
            if (TikTokUrl.Parse(link) is { IsPost: true } url)
                TikTokUrl.Parse(url.Canonical.AbsoluteUri)!.Canonical.ShouldBe(url.Canonical, link);
        }
    }

    [Fact]
    public void A_link_nobody_knows_is_named_without_control_characters()
    {
        using var trawl = new TrawlClient();

        var failure = Should.Throw<TrawlException>(() => trawl.Platforms.Parse("http://evil.example/\u001b[31m"));

        failure.Kind.ShouldBe(FailureKind.InvalidLink);
        failure.Message.ShouldNotContain("\u001b");
    }
}
