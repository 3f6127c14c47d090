using System.Text.Json;
using Trawl.Platforms.TikTok;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>www.tikwm.com: metadata, media endpoints that redirect to a free address, one request a second.</summary>
sealed class TikwmSite(PostCatalogue catalogue, MediaFactory media, TimeProvider time, int requestsPerDay) : Site
{
    readonly Lock _turn = new();
    DateTimeOffset _last;
    DateTime _day;
    int _today;

    public override bool Plays(string host) => host is "www.tikwm.com" or "tikwm.com";

    public override async Task<Reply> AnswerAsync(Request request)
    {
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["api", ..] && !InTurn())
            return Reply.Json("""{"code":-1,"msg":"Free Api Limit: 1 request/second.","processed_time":0.0004}""");
        if (parts is ["api", ..] && !InDay())
            return Reply.Json($$"""{"code":-1,"msg":"Free Api Limit: {{requestsPerDay}} request/ 1 day.","processed_time":0.0004}""");
        return parts switch
        {
            ["api"] => await DescribeAsync(request),
            ["api", "feed", "search"] => Search(request.Parameter("keywords"), request.Parameter("count")),
            ["video", "media", "play" or "hdplay" or "wmplay", var file] => Redirect(parts[2], Path.GetFileNameWithoutExtension(file)),
            _ => Reply.Html("<!DOCTYPE html><html><head><title>TikTok Downloader</title></head><body></body></html>"),
        };
    }

    // those that speak of it, and no others
    Reply Search(string phrase, string count)
    {
        var words = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = catalogue
            .Posts.Where(p => Find(p.Id) is not null && Array.Exists(words, w => p.Caption.Contains(w, StringComparison.OrdinalIgnoreCase)))
            .Take(int.TryParse(count, out var most) ? most : 10);
        var videos = found.Select(p =>
            $$"""
                {"aweme_id":"v24044gl0000{{p.Id[^6..]}}","video_id":"{{p.Id}}","title":"{{JsonEncodedText.Encode(
                    p.Caption
                )}}","digg_count":{{p.Plays / 9}},
                "create_time":{{p.CreatedAt.ToUnixTimeSeconds()}},"author":{"id":"{{p.Author.Id}}","unique_id":"{{p.Author.Handle}}"} }
                """
        );
        return Reply.Json(
            $$"""{"code":0,"msg":"success","processed_time":0.2,"data":{"videos":[{{string.Join(',', videos)}}],"cursor":10,"hasMore":0} }"""
        );
    }

    bool InTurn()
    {
        lock (_turn)
        {
            var now = time.GetUtcNow();
            if (now - _last < TimeSpan.FromSeconds(1))
                return false;
            _last = now;
            return true;
        }
    }

    bool InDay()
    {
        lock (_turn)
        {
            var day = time.GetUtcNow().Date;
            if (day != _day)
                (_day, _today) = (day, 0);
            return ++_today <= requestsPerDay;
        }
    }

    // TikWM sees what an app sees: whatever is not deleted or private
    Post? Find(string id) => catalogue.ById(id) is { IsVisible: true } post ? post : null;

    async Task<Reply> DescribeAsync(Request request)
    {
        var link = request.Parameter("url");
        var id = TikTokUrl.Parse(link)?.Id ?? link;
        if (Find(id) is not { } post)
            return Reply.Json("""{"code":-1,"msg":"Url parsing is failed! Please check url.","processed_time":0.31}""");

        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code", 0);
            writer.WriteString("msg", "success");
            writer.WriteNumber("processed_time", 0.4218);
            writer.WriteStartObject("data");
            await WriteDataAsync(writer, post, hd: request.Parameter("hd") == "1");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return new Reply(200, Body.Of(buffer.ToArray())).With("Content-Type", "application/json; charset=utf-8");
    }

    async Task WriteDataAsync(Utf8JsonWriter writer, Post post, bool hd)
    {
        writer.WriteString("id", post.Id);
        writer.WriteString("region", "DE");
        writer.WriteString("title", post.Caption);
        writer.WriteString("cover", $"https://{CdnSite.Pictures}/sandbox/{post.Id}~tplv-cover.jpeg");
        writer.WriteNumber("duration", post.Photos > 0 ? 0 : (int)Math.Round(post.Seconds));
        var play = Choose(post, "play");
        writer.WriteString(
            "play",
            play is null ? $"https://{CdnSite.Free}/music/{post.Id}.m4a?mime_type=audio_mp4" : FreeAddress(post, play)
        );
        writer.WriteNumber("size", play is null ? 0 : (await media.MakeAsync(post, play)).Length!.Value);
        if (hd && Choose(post, "hdplay") is { } best)
        {
            writer.WriteString("hdplay", FreeAddress(post, best));
            writer.WriteNumber("hd_size", (await media.MakeAsync(post, best)).Length!.Value);
        }
        writer.WriteStartObject("music_info");
        writer.WriteString("id", $"70000000000000000{post.Clip:00}");
        writer.WriteString("title", "original sound");
        writer.WriteString("author", post.Author.Name);
        writer.WriteString("duration", $"{(int)post.Seconds}");
        writer.WriteEndObject();
        writer.WriteNumber("play_count", post.Plays);
        writer.WriteNumber("digg_count", post.Plays / 9);
        writer.WriteNumber("comment_count", post.Plays / 90);
        writer.WriteNumber("share_count", post.Plays / 200);
        writer.WriteNumber("collect_count", post.Plays / 60);
        writer.WriteNumber("create_time", post.CreatedAt.ToUnixTimeSeconds());
        writer.WriteStartObject("author");
        writer.WriteString("id", post.Author.Id);
        writer.WriteString("unique_id", post.Author.Handle);
        writer.WriteString("nickname", post.Author.Name);
        writer.WriteEndObject();
        if (post.Photos == 0)
            return;
        writer.WriteStartArray("images");
        for (var i = 0; i < post.Photos; i++)
            writer.WriteStringValue($"https://{CdnSite.Pictures}/sandbox/{post.Id}-{i}~tplv-photomode-image.jpeg");
        writer.WriteEndArray();
    }

    Reply Redirect(string kind, string id)
    {
        if (Find(id) is not { } post)
            return Reply.Nothing(404);
        return Choose(post, kind) is { } variant
            ? Reply.Redirect(FreeAddress(post, variant))
            : Reply.Redirect($"https://{CdnSite.Free}/music/{post.Id}.m4a?mime_type=audio_mp4");
    }

    static Variant? Choose(Post post, string kind)
    {
        var clean = post.Playable.ToList();
        return kind switch
        {
            "wmplay" => post.Variants.FirstOrDefault(v => v.Watermarked) ?? clean.FirstOrDefault(),
            "hdplay" => clean.MaxBy(v => v.Width * v.Height),
            _ => clean.FirstOrDefault(v => v.Codec == "h264") ?? clean.FirstOrDefault(),
        };
    }

    static string FreeAddress(Post post, Variant variant) => $"https://{CdnSite.Free}{SignedMedia.Free(post, variant)}";
}
