namespace Trawl.Tests.Downloads.Faults;

/// <summary>Faults of hosts that send, quickly and properly, the wrong thing.</summary>
static class FaultsOfContent
{
    // programs that open whatever a playlist names
    static readonly string[] Playlists =
    [
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '/etc/passwd'\n",
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>file:///etc/passwd</BaseURL></MPD>",
    ];

    static readonly string[] Shapes =
    [
        """{"code":"zero","data":[],"status":7,"webapp.video-detail":{"statusCode":0,"itemInfo":[]}}""",
        """{"code":0,"code":0,"data":null,"status":"success","download_url":{},"webapp.video-detail":null}""",
        """{"code":0,"data":"\ud800","status":"success","download_url":"\udfff","webapp.video-detail":{"itemInfo":{"itemStruct":7}}}""",
    ];

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("49", "HTML instead of the media", s => s.Media("html")),
        new("50", "HTML that calls itself a video", s => s.Media("html", ("type", "video/mp4"))),
        new("51", "a challenge instead of the page", s => s.Page("challenge"), Fault.NotUnderstood),
        new(
            "52",
            "an error as JSON with status 200",
            s => Answer(s, """{"status":"error","code":-1,"msg":"busy","message":"busy","error_code":"DOWNLOAD_FAILED"}"""),
            Fault.NotUnderstood
        ),
        new("53", "an empty file", s => s.Media("empty")),
        new("55", "a damaged index", s => s.Media("patched", ("find", s.One("mdia", "minf", "stbl")), ("put", "j\\00nk"))),
        new("56", "a truncated file of consistent length", s => s.Media("truncated")),
        new("57", "a playlist instead of the media", s => s.Media("answer", ("body", s.One(Playlists)), ("type", "video/mp4"))),
        new("58", "a codec nobody asked for", s => s.Media("patched", ("find", "avc1"), ("put", "M8RG"))),
        new(
            "59a",
            "frames of 16,384 x 16,384",
            s => s.Media("patched", ("find", "avc1\0\0\0\0\0\0"), ("skip", "18"), ("put", "\\40\\00\\40\\00"))
        ),
        new("59b", "no picture in the file", s => s.Media("patched", ("find", "vide"), ("put", "meta"))),
        new("60a", "an answer of 200 MB", s => s.Page("endless"), Fault.NotUnderstood),
        new("60b", "JSON 10,000 deep", s => Answer(s, new string('[', 10_000) + new string(']', 10_000)), Fault.NotUnderstood),
        new("60c", "JSON with other types", s => Answer(s, Shapes[0]), Fault.NotUnderstood),
        new("60d", "JSON with double and missing fields", s => Answer(s, Shapes[1]), Fault.NotUnderstood),
        new("60e", "JSON with half characters", s => Answer(s, Shapes[2]), Fault.NotUnderstood),
        new("61a", "the answer never comes", s => s.Page("stall", ("at", "0")), FaultList.Door("The read operation timed out")),
        new("61b", "the answer breaks off", s => s.Page("reset", ("at", "0.5")), FaultList.Door("[Errno 104] Connection reset by peer")),
        new("62a", "a private address for the media", s => Lead(s, "http://[::ffff:10.0.0.5]/video/tos/a"), Fault.NotUnderstood),
        new("62b", "a local file for the media", s => Lead(s, "file:///etc/passwd"), Fault.NotUnderstood),
        new("62c", "another video than asked for", Another, ""),
    ];

    // as each door dresses its JSON
    static void Answer(FaultStage stage, string json)
    {
        var (body, type) =
            stage.Strategy == "web"
                ? ($"""<html><script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{json}</script></html>""", "text/html")
                : (json, "application/json");
        stage.Page("answer", ("body", body), ("type", type));
    }

    // leads to the media elsewhere
    static void Lead(FaultStage stage, string address)
    {
        switch (stage.Strategy)
        {
            case "web":
                stage.Page("patched", ("find", "https:\\u002F\\u002Fv16-webapp-prime.tiktok.com\\u002F"), ("put", Escaped(address)));
                break;
            case "tikwm":
                stage.Redirect("^/video/media/", address);
                break;
            default:
                stage.Page("patched", ("find", "https://v16m.tiktokcdn.com/"), ("put", address));
                break;
        }
    }

    static string Escaped(string address) => address.Replace("/", "\\5cu002F", StringComparison.Ordinal);

    static void Another(FaultStage stage) => stage.Page("patched", ("find", stage.PostId), ("put", "7000000000000000001"));
}
