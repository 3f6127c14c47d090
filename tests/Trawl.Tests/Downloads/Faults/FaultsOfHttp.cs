namespace Trawl.Tests.Downloads.Faults;

/// <summary>Faults of hosts that speak HTTP badly, slowly, or of something else.</summary>
static class FaultsOfHttp
{
    // twelve spellings of addresses nobody outside should reach
    static readonly string[] PrivatePlaces =
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.5]/",
        "http://[64:ff9b::a00:5]/",
        "http://[2002:a00:5::]/",
        "http://10.0.0.5/",
        "http://localhost/",
        "http://192.168.0.1.:80/",
    ];

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("9", "headers arrive a byte every 5 s", s => s.Page("slow-headers"), FaultList.Door("The read operation timed out")),
        new(
            "10",
            "headers of 100 KB",
            s => s.Page("many-headers"),
            "ERROR: [TikTok] 7: Unable to download webpage: got more than 100 headers"
        ),
        new("11", "headers that are none", s => s.Page("malformed"), "ERROR: [TikTok] 7: Unable to download webpage: HTTP/1.1 banana"),
        new("12", "1,000 cookies", s => s.Page("many-cookies"), ""),
        new("13", "the body arrives at a byte a second", s => s.Media("drip")),
        new("14", "the body stalls", s => s.Media("stall")),
        new("15", "the connection is reset once", s => s.Media("reset", times: 1)) { SentByChance = true },
        new("16", "the connection ends early once", s => s.Media("early-end", times: 1)),
        new("17", "chunks without a last one", s => s.Media("chunked-cut")),
        new("18", "the body ends early, its length was not told", s => s.Media("unmeasured-cut")),
        new("19", "Content-Length is too small", s => s.Media("length-too-small")) { SentByChance = true },
        new("20", "Content-Length is too large", s => s.Media("length-too-large")),
        new("21", "two Content-Lengths", s => s.Media("length-twice")),
        new("22a", "a negative Content-Length", s => s.Media("length", ("is", "-5"))),
        new("22b", "a Content-Length of exabytes", s => s.Media("length", ("is", "9000000000000000000"))) { SentByChance = true },
        new("23", "endless bytes without a length", s => s.Media("endless")),
        new("24", "endless chunks", s => s.Media("endless-chunked")),
        new("25", "a gzip bomb instead of the page", s => s.Page("gzip-bomb"), Fault.NotUnderstood),
        new("26", "a Brotli bomb instead of the page", s => s.Page("brotli-bomb"), Fault.NotUnderstood),
        new("27", "media compressed unasked", s => s.Media("gzip")),
        new("28", "Range is ignored after a cut", s => AfterCut(s, "range-ignored")),
        new("29", "wrong Content-Range after a cut", s => AfterCut(s, "range-wrong", times: 1)),
        new("30", "another version after a cut", s => AfterCut(s, "tag-changed")),
        new("31", "416 after a cut", s => AfterCut(s, "range-refused", times: 1)),
        new("32", "the address expires in mid-file", s => s.Media("expires-midway", times: 1)),
        new("33", "a redirect loop", s => s.Page("redirect-loop"), Status("302: redirect error that would lead to an infinite loop")),
        new("34", "51 redirects", s => s.Page("redirect-chain"), Status("302: redirect error that would lead to an infinite loop")),
        new("35", "a redirect to a private address", s => s.Page("redirect", ("to", s.One(PrivatePlaces))), Guarded),
        new("36", "a redirect to the cloud's metadata", s => s.Page("redirect", ("to", "http://169.254.169.254/latest/")), Guarded),
        new(
            "37",
            "a redirect to another protocol",
            s => s.Page("redirect", ("to", s.One("file:///etc/passwd", "ftp://example.com/", "data:text/html,x", "javascript:alert(1)"))),
            FaultList.Door("unknown url type: file")
        ),
        new("38", "a redirect from https to http", s => s.Page("redirect", ("to", $"http://{s.Door.Host}/")), Guarded),
        new("41", "401 for the page", s => s.Page("status", ("status", "401")), Status("401: Unauthorized")),
        new("42", "403 for the media", s => s.Media("status", ("status", "403")), Data("403: Forbidden")),
        new("43a", "404 for the media", s => s.Media("status", ("status", "404")), Data("404: Not Found")),
        new("43b", "410 for the media", s => s.Media("status", ("status", "410")), Data("410: Gone")),
        new("44", "429 with Retry-After 7, once", s => s.Page("status", 1, ("status", "429"), ("retry-after", "7")), ""),
        new(
            "45",
            "429 with a date in 7 s, once",
            s => s.Page("status", 1, ("status", "429"), ("retry-after", "Mon, 01 Jun 2026 12:00:07 GMT")),
            ""
        ),
        new(
            "46a",
            "429 with Retry-After 30 years",
            s => s.Page("status", ("status", "429"), ("retry-after", "946080000")),
            Status("429: Too Many Requests")
        ),
        new("46b", "429 with Retry-After -5, once", s => s.Page("status", 1, ("status", "429"), ("retry-after", "-5")), ""),
        new("46c", "429 without Retry-After, once", s => s.Page("status", 1, ("status", "429")), ""),
        new("47", "451 for the page", s => s.Page("status", ("status", "451")), Status("451: Unavailable For Legal Reasons")),
        new("48", "5xx for the page", s => s.Page("status", ("status", s.One("503", "500", "502", "504", "520"))), Status("503: Busy")),
        new("54", "204 for the media", s => s.Media("status", ("status", "204")), Data("204: No Content")),
        new("64", "another answer behind each answer", s => s.Page("poison"), ""),
    ];

    const string Guarded = "ERROR: [TikTok] 7: Unable to download webpage: <urlopen error Tunnel connection failed: 403 Forbidden>";

    static string Status(string what) => $"ERROR: [TikTok] 7: Unable to download webpage: HTTP Error {what} (caused by <HTTPError>)";

    static string Data(string what) => $"ERROR: unable to download video data: HTTP Error {what}";

    static void AfterCut(FaultStage stage, string fault, int? times = null)
    {
        stage.Media("early-end", times: 1);
        stage.Media(fault, times);
    }
}
