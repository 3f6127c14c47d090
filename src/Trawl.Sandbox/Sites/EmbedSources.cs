using System.Text.Json;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>What TikTok's embedded player asks, and the page that embeds a post: sources of their own, with addresses bound to nobody.</summary>
sealed class EmbedSources(PostCatalogue catalogue, MediaFactory media)
{
    /// <summary><c>/player/api/v1/items</c>: exact counts, the forms with sound, photos.</summary>
    public async Task<Reply> PlayerAsync(string id)
    {
        if (Find(id) is not { } post)
            return Reply.JsonOf(
                new
                {
                    status_code = 0,
                    items = Array.Empty<object>(),
                    results = new[] { new { id_str = id, code = "nil_core_data" } },
                }
            );
        var profiles = new List<object>();
        foreach (var variant in post.Playable)
        {
            var size = (await media.MakeAsync(post, variant)).Length!.Value;
            profiles.Add(
                new
                {
                    bitrate = (long)(size * 8 / post.Seconds),
                    codec_type = variant.Codec == "h265" ? "h265_hvc1" : variant.Codec,
                    quality_type = 20,
                    play_addr = new
                    {
                        url_list = new[] { Free(post, variant) },
                        width = variant.Width,
                        height = variant.Height,
                        data_size = size,
                    },
                }
            );
        }
        var item = new Dictionary<string, object>
        {
            ["id_str"] = post.Id,
            ["desc"] = post.Caption,
            ["author_info"] = new { unique_id = post.Author.Handle, nickname = post.Author.Name },
            ["statistics_info"] = new
            {
                play_count = post.Plays,
                digg_count = post.Plays / 9,
                comment_count = post.Plays / 90,
                share_count = post.Plays / 200,
            },
            ["music_info"] = new { title = "original sound", author = post.Author.Name },
        };
        if (post.Photos > 0)
            item["image_post_info"] = new
            {
                images = Enumerable.Range(0, post.Photos).Select(i => new { display_image = new { url_list = new[] { Photo(post, i) } } }),
            };
        else
            item["video_info"] = new
            {
                url_list = post.Playable.Take(1).Select(v => Free(post, v)),
                profiles,
                cover = new { url_list = new[] { Cover(post) } },
                meta = new
                {
                    duration = (long)Math.Round(post.Seconds * 1000),
                    width = post.Variants[0].Width,
                    height = post.Variants[0].Height,
                },
            };
        return Reply.JsonOf(
            new
            {
                status_code = 0,
                items = new[] { item },
                results = Array.Empty<object>(),
            }
        );
    }

    /// <summary><c>/embed/v2/ID</c>: rounded counts, the form with the watermark.</summary>
    public Task<Reply> PageAsync(string id) => Task.FromResult(Page(id));

    Reply Page(string id)
    {
        object state = Find(id) is { } post ? new { videoData = VideoData(post) } : new { isError = true, errorStatus = 404 };
        var json = JsonSerializer.Serialize(new { source = new { data = new Dictionary<string, object> { [$"/embed/v2/{id}"] = state } } });
        return Reply.Html(
            $"""
            <!DOCTYPE html><html><head><title>TikTok Embed</title></head><body><div id="root"></div>
            <script id="__FRONTITY_CONNECT_STATE__" type="application/json">{json}</script></body></html>
            """
        );
    }

    static object VideoData(Post post) =>
        new
        {
            itemInfos = new
            {
                id = post.Id,
                text = post.Caption,
                createTime = $"{post.CreatedAt.ToUnixTimeSeconds()}",
                playCount = Post.Rounded(post.Plays),
                diggCount = post.Likes,
                commentCount = Post.Rounded(post.Plays / 90),
                shareCount = Post.Rounded(post.Plays / 200),
                covers = new[] { Cover(post) },
                video = new
                {
                    urls = post.Variants.Where(v => v.Watermarked).Select(v => Free(post, v)),
                    videoMeta = new
                    {
                        width = post.Variants.Count > 0 ? post.Variants[0].Width : 0,
                        height = post.Variants.Count > 0 ? post.Variants[0].Height : 0,
                        duration = post.Photos > 0 ? 0 : (int)Math.Round(post.Seconds),
                    },
                },
            },
            authorInfos = new
            {
                userId = post.Author.Id,
                uniqueId = post.Author.Handle,
                nickName = post.Author.Name,
            },
        };

    // the player shows what anybody may see
    Post? Find(string id) =>
        catalogue.ById(id)
            is { IsVisible: true, Condition: not (Condition.AgeRestricted or Condition.RegionLocked or Condition.LoginWall) } post
            ? post
            : null;

    static string Free(Post post, Variant variant) => $"https://{CdnSite.Free}{SignedMedia.Free(post, variant)}";

    static string Photo(Post post, int index) => $"https://{CdnSite.Pictures}/sandbox/{post.Id}-{index}~tplv-photomode-image.jpeg";

    static string Cover(Post post) => $"https://{CdnSite.Pictures}/sandbox/{post.Id}~tplv-cover.jpeg";
}
