using System.Text.Json;
using Trawl.Platforms.TikTok;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>
/// resolver.sandbox.test: a resolver service as <c>scrapling-api</c> asks it. Challenged posts give in only to a browser with a window; what
/// nobody can see has no link.
/// </summary>
sealed class ResolverSite(PostCatalogue catalogue, MediaFactory media) : Site
{
    public const string Host = "resolver.sandbox.test";

    public override bool Plays(string host) => host == Host;

    public override async Task<Reply> AnswerAsync(Request request) =>
        (request.Method, request.Path) switch
        {
            ("POST", "/tiktok/download") => await ResolveAsync(request),
            ("POST", "/tiktok/search") => Search(request),
            ("GET", "/health") => Reply.Json("""{"status":"ok"}"""),
            _ => Reply.Json("""{"detail":"Not Found"}""", 404),
        };

    Reply Search(Request request)
    {
        using var question = JsonDocument.Parse(request.Body);
        var phrase = question.RootElement.GetProperty("query").GetString() ?? "";
        var found = catalogue.Search(phrase).Take(question.RootElement.GetProperty("numVideos").GetInt32()).ToList();
        var results = found.Select(p =>
            $$"""
                {"id":"{{p.Id}}","caption":"{{JsonEncodedText.Encode(
                    p.Caption
                )}}","authorHandle":"{{p.Author.Handle}}","likeCount":{{p.Likes}},
                "uploadTime":"{{p.CreatedAt:yyyy-MM-dd}}","webViewUrl":"{{p.Address}}"}
                """
        );
        return Reply.Json(
            $$"""
            {"results":[{{string.Join(',', results)}}],"totalResults":{{found.Count}},"query":"{{JsonEncodedText.Encode(phrase)}}",
            "search_metadata":{"executed_path":"headless","execution_time":6.5,"request_hash":"sandbox"},"execution_mode":"headless"}
            """
        );
    }

    async Task<Reply> ResolveAsync(Request request)
    {
        string link;
        bool headful;
        try
        {
            using var question = JsonDocument.Parse(request.Body);
            link = question.RootElement.GetProperty("url").GetString() ?? "";
            headful = question.RootElement.TryGetProperty("force_headful", out var wish) && wish.GetBoolean();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return Reply.Json("""{"detail":[{"type":"missing","loc":["body","url"],"msg":"Field required","input":{}}]}""", 422);
        }
        if (TikTokUrl.Parse(link) is not { Id: { } id })
            return Error("INVALID_URL", "Invalid TikTok URL provided", 400);
        if (catalogue.ById(id) is not { IsVisible: true, Photos: 0 } post)
            return Error("NO_DOWNLOAD_LINK", "No download link found for the video", 404);
        if (post.Condition == Condition.Challenged && !headful)
            return Error("NAVIGATION_FAILED", "Failed to navigate to TikVid service", 503);

        var variant = post.Playable.First();
        var size = (await media.MakeAsync(post, variant)).Length!.Value;
        return Reply.Json(
            $$"""
            {"status":"success","message":"Video download URL resolved successfully","download_url":"https://{{CdnSite.Free}}{{SignedMedia.Free(
                post,
                variant
            )}}",
            "video_info":{"id":"{{post.Id}}","title":"TikTok Video {{post.Id}}","author":"{{post.Author.Handle}}","duration":null,"thumbnail_url":null},
            "file_size":{{size}},"error_code":null,"error_details":null,"execution_time":7.25}
            """
        );
    }

    static Reply Error(string code, string message, int status) =>
        Reply.Json($$"""{"status":"error","message":"{{message}}","error_code":"{{code}}","execution_time":31.5}""", status);
}
