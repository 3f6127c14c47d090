using System.Text.Json;
using System.Text.RegularExpressions;
using Trawl.Http;
using Trawl.Platforms.TikTok;
using Trawl.Tests.Shared;
using Trawl.Videos;

namespace Trawl.Tests.Platforms;

public class TikTokItemTests
{
    [Fact]
    public void The_captured_photo_post_is_a_photo_set()
    {
        var video = ReadItem(File.ReadAllText(ReferenceData.Path("captures", "tiktok-itemstruct-photo.7681541360641445133.2026-09.json")));

        video.IsPhotoPost.ShouldBeTrue();
        video.Photos.Length.ShouldBe(2);
        video.Photos[1].Height.ShouldBe(1560);
        video.Formats.ShouldBeEmpty();
    }

    [Fact]
    public void All_captured_search_items_are_read()
    {
        using var items = JsonDocument.Parse(
            File.ReadAllText(ReferenceData.Path("captures", "tiktok-web-search-general-full.items.2026-01.json"))
        );

        Judge(items.RootElement.EnumerateArray()).ShouldBe(84);
    }

    [Fact]
    public void A_captured_search_reply_and_list_are_read()
    {
        using var reply = JsonDocument.Parse(
            File.ReadAllText(ReferenceData.Path("captures", "tiktok-web-search-general-full.raw-response.2026-02.json"))
        );
        using var list = JsonDocument.Parse(
            File.ReadAllText(ReferenceData.Path("captures", "tiktok-web-post-item_list.newest.2025-10.json"))
        );

        Judge(
                reply
                    .RootElement.GetProperty("data")
                    .EnumerateArray()
                    .Where(d => d.TryGetProperty("item", out _))
                    .Select(d => d.GetProperty("item"))
            )
            .ShouldBe(11);
        Judge(list.RootElement.GetProperty("itemList").EnumerateArray()).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_captured_TikWM_reply_is_read()
    {
        var json = File.ReadAllBytes(ReferenceData.Path("captures", "tikwm-video.2022.json"));

        var video = Tikwm.Parse(json, TikTokUrl.Post("6996610393456889094"));

        video.Author.Handle.ShouldBe("umayyyy238");
        video.Counts.Views.ShouldBe(56297);
        video.PublishedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1629038229));
    }

    [Fact]
    public void Without_pixels_the_names_of_all_captured_forms_tell_the_size()
    {
        var (forms, wrong) = (0, new List<string>());
        using var items = JsonDocument.Parse(
            File.ReadAllText(ReferenceData.Path("captures", "tiktok-web-search-general-full.items.2026-01.json"))
        );
        foreach (var item in items.RootElement.EnumerateArray().Select(i => i.GetRawText()))
        {
            var bare = Regex.Replace(item, "\"(Width|Height)\": ?\\d+,?", "").Replace(",}", "}");
            var (named, guessed) = (ReadItem(item).Formats, ReadItem(bare).Formats);
            foreach (var (one, other) in named.Zip(guessed).Where(p => p.First.Bitrate is not null))
            {
                forms++;
                if (one.ShortSide != other.ShortSide)
                    wrong.Add($"{one} {other.ShortSide}");
            }
        }

        forms.ShouldBeGreaterThan(300);
        wrong.Count.ShouldBeLessThanOrEqualTo(forms / 50, string.Join(", ", wrong));
    }

    [Fact]
    public void The_best_of_all_captured_forms_is_the_one_TikTok_measures_best()
    {
        var (posts, right) = (0, 0);
        using var items = JsonDocument.Parse(
            File.ReadAllText(ReferenceData.Path("captures", "tiktok-web-search-general-full.items.2026-01.json"))
        );
        foreach (var item in items.RootElement.EnumerateArray())
        {
            var video = ReadItem(item.GetRawText());
            var measured = video.Formats.Where(f => f.Quality is not null && f.Codec != "bytevc2").ToList();
            if (measured.Count < 2)
                continue;
            posts++;
            // as if nothing had been measured
            var unmeasured = video with
            {
                Formats = [.. measured.Select(f => f with { Quality = null })],
            };
            var best = FormatSelector.Choose(unmeasured, new FormatWish { Policy = FormatPolicy.Best })[0];
            right += best.Id == measured.MaxBy(f => f.Quality)!.Id ? 1 : 0;
        }

        posts.ShouldBeGreaterThan(50);
        (right / (double)posts).ShouldBeGreaterThan(0.9);
    }

    static int Judge(IEnumerable<JsonElement> items)
    {
        var count = 0;
        foreach (var video in items.Select(i => ReadItem(i.GetRawText())))
        {
            count++;
            video.Author.Handle.ShouldNotBeNullOrEmpty();
            video.Counts.Views.ShouldNotBeNull();
            var clean = video.Formats.Where(f => f is { Watermarked: false, AudioOnly: false }).ToList();
            if (video.IsPhotoPost)
                continue;
            clean.ShouldNotBeEmpty();
            clean.ShouldAllBe(f => (f.Codec == "h264" || f.Codec == "h265") && f.Size > 0 && f.ShortSide > 0);
        }
        return count;
    }

    static Video ReadItem(string json)
    {
        using var item = JsonDocument.Parse(json);
        return TikTokItem.ToVideo(item.RootElement, TikTokUrl.Post(item.RootElement.GetProperty("id").GetString()!), Session.Desktop);
    }
}
