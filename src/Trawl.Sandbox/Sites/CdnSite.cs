using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>The content delivery hosts: bound addresses for pages, free ones for TikWM, pictures and sounds.</summary>
sealed class CdnSite(PostCatalogue catalogue, MediaFactory media, SignedMedia signed) : Site
{
    public const string First = "v16-webapp-prime.tiktok.com";
    public const string Second = "v19-webapp-prime.tiktok.com";
    public const string Free = "v16m.tiktokcdn.com";
    public const string OfToday = "v16-webapp-prime.us.tiktok.com";
    public const string Pictures = "p16-common-sign.tiktokcdn-us.com";

    public override bool Plays(string host) => host is First or Second or OfToday or Free or Pictures or "p19-common-sign.tiktokcdn-us.com";

    public override async Task<Reply> AnswerAsync(Request request)
    {
        if (request.Host.Contains("-common-sign.", StringComparison.Ordinal))
            return await ServePictureAsync(request);
        if (request.Path.StartsWith("/music/", StringComparison.Ordinal))
            return await ServeMusicAsync(request);
        // /video/tos/sandbox/ID/VARIANT/, on the free host behind its signature /HEX32/HEX8; picture and sound apart under names of their own
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        parts.RemoveAll(p => p is "media-video-hvc1" or "media-audio-und-mp4a");
        if (parts is not [.., "video", "tos", "sandbox", var id, var name] || catalogue.ById(id) is not { } post)
            return Reply.Nothing(404);
        if (request.Host == Free ? signed.IsRevoked(request) : !signed.Admits(request))
            return Reply.Html("<html><body>Access Denied</body></html>", 403);
        if (name == SignedMedia.Sound)
            return await MediaReply.SoundAsync(request, media, post);
        return post.Variants.FirstOrDefault(v => v.Name == name) is { } variant
            ? await ServeAsync(request, post, variant)
            : Reply.Nothing(404);
    }

    /// <summary>A variant's file.</summary>
    public Task<Reply> ServeAsync(Request request, Post post, Variant variant) => MediaReply.VideoAsync(request, media, post, variant);

    // /sandbox/ID-2~tplv-photomode-image.jpeg is a photo, /sandbox/ID~tplv-cover.jpeg a cover
    async Task<Reply> ServePictureAsync(Request request)
    {
        var name = Path.GetFileName(request.Path).Split('~')[0].Split('-');
        if (name is not [var id, var number] || catalogue.ById(id) is not { } post || !int.TryParse(number, out var index))
            return new Reply(200, Body.Of(Picture)).With("Content-Type", "image/jpeg");
        if (index < 0 || index >= post.Photos)
            return Reply.Nothing(404);
        var extension = Clips.IsWebp(index) ? "webp" : "jpeg";
        return MediaReply.Serve(request, await media.PictureAsync(post, index), $"photo-{post.Clip}-{index}", $"image/{extension}");
    }

    async Task<Reply> ServeMusicAsync(Request request)
    {
        var post = catalogue.ById(Path.GetFileNameWithoutExtension(request.Path));
        return post is null ? Reply.Nothing(404) : await MediaReply.SoundAsync(request, media, post);
    }

    // The smallest JPEG there is: one grey pixel.
    static readonly byte[] Picture = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z"
    );
}
