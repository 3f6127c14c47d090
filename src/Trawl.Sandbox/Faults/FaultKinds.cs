using System.Text;
using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Manners;
using Trawl.Sandbox.Proxy;
using Trawl.Sandbox.Sites;

namespace Trawl.Sandbox.Faults;

/// <summary>Every way to misbehave: takes the answer that would have been given and makes it worse.</summary>
static class FaultKinds
{
    delegate Reply Spoil(Reply reply, FaultRule rule, Request request, SignedMedia signed);

    // answers of a firewall instead of the page; they let those in who have proven themselves
    static readonly Dictionary<string, FirstAnswer> Walls = new()
    {
        ["challenge"] = FirstAnswer.ProofOfWork,
        ["other-challenge"] = FirstAnswer.OtherProof,
        ["risk-control"] = FirstAnswer.RiskControl,
        ["needs-referer"] = FirstAnswer.NeedsReferer,
    };

    // what happens before any request can be read: the proxy refuses, or the host's TLS is not as it should be
    static readonly Dictionary<string, Reply> Tunnels = new()
    {
        ["unreachable"] = Reply.Nothing(502),
        ["tls-expired"] = Reply.Nothing(200) with { Tls = TlsFault.Expired },
        ["tls-wrong-name"] = Reply.Nothing(200) with { Tls = TlsFault.WrongName },
        ["tls-stall"] = Reply.Nothing(200) with { Tls = TlsFault.Stall },
    };

    static readonly Dictionary<string, Spoil> Kinds = new()
    {
        ["slow-headers"] = (reply, rule, _, _) => reply with { SlowHead = Seconds(rule, "every", 5) },
        ["many-headers"] = (reply, rule, _, _) =>
            reply with
            {
                Headers = reply.Headers.AddRange(Enumerable.Range(0, 100).Select(i => ($"X-Junk-{i}", new string('x', 1000)))),
            },
        ["many-cookies"] = (reply, rule, _, _) =>
            reply with
            {
                Headers = reply.Headers.AddRange(Enumerable.Range(0, 1000).Select(i => ("Set-Cookie", $"junk{i}=1; Path=/"))),
            },
        ["malformed"] = (reply, rule, _, _) => reply with { RawHead = "HTTP/1.1 banana\r\nNo-Colon-Here\n\0\r\n\r\n" },
        ["drip"] = (reply, rule, _, _) => reply with { Drip = Seconds(rule, "every", 1) },
        ["stall"] = (reply, rule, _, _) => CutOff(reply, rule, Cut.Stall),
        ["reset"] = (reply, rule, _, _) => CutOff(reply, rule, Cut.Reset),
        ["early-end"] = (reply, rule, _, _) => CutOff(reply, rule, Cut.Close),
        ["chunked-cut"] = (reply, rule, _, _) => Chunked(reply, reply.Body.Slice(0, Part(reply, rule))),
        ["unmeasured-cut"] = (reply, rule, _, _) => reply with { Body = reply.Body.Slice(0, Part(reply, rule)), Unmeasured = true },
        ["length-too-small"] = (reply, rule, _, _) => reply with { DeclaredLength = Part(reply, rule) },
        ["length-too-large"] = (reply, rule, _, _) => reply with { DeclaredLength = reply.Body.Length + 100_000 },
        ["length-twice"] = (reply, rule, _, _) => reply.With("Content-Length", $"{Part(reply, rule)}"),
        ["length"] = (reply, rule, _, _) => reply with { DeclaredLength = long.Parse(rule.Args.GetValueOrDefault("is", "-5")) },
        ["endless"] = (reply, _, _, _) => Endless(reply),
        ["endless-chunked"] = (reply, _, _, _) => Chunked(reply, Endless(reply).Body),
        ["gzip-bomb"] = (reply, _, _, _) => Compression.Bomb(reply, "gzip"),
        ["brotli-bomb"] = (reply, _, _, _) => Compression.Bomb(reply, "br"),
        ["gzip"] = (reply, _, _, _) => Compression.Gzip(reply),
        ["range-ignored"] = (reply, _, _, _) => reply, // done before the site answers: see Shape
        ["range-wrong"] = (reply, _, _, _) => WrongRange(reply),
        ["tag-changed"] = (reply, _, _, _) => reply.Without("ETag").With("ETag", "\"another-version\""),
        ["range-refused"] = (reply, _, request, _) =>
            request.Header("range").Length > 0 ? Reply.Nothing(416).With("Content-Range", "bytes */1000") : reply,
        ["expires-midway"] = (reply, rule, request, signed) => Expire(reply, rule, request, signed),
        ["redirect-loop"] = (_, _, request, _) => Reply.Redirect(request.Address.AbsoluteUri),
        ["redirect-chain"] = (_, _, request, _) => NextHop(request),
        ["redirect"] = (_, rule, _, _) => Reply.Redirect(rule.Args.GetValueOrDefault("to", "http://127.0.0.1/")),
        ["status"] = (_, rule, _, _) => Status(rule),
        ["answer"] = (_, rule, _, _) =>
            new Reply(int.Parse(rule.Args.GetValueOrDefault("status", "200")), Body.Of(rule.Args.GetValueOrDefault("body", ""))).With(
                "Content-Type",
                rule.Args.GetValueOrDefault("type", "application/json")
            ),
        ["cloudflare"] = (_, _, _, _) =>
            Reply
                .Html(
                    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>",
                    403
                )
                .With("cf-mitigated", "challenge"),
        ["html"] = (_, rule, _, _) => Reply.Html("<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>").Typed(rule),
        ["empty"] = (reply, _, _, _) => reply with { Body = Body.Empty },
        ["truncated"] = (reply, rule, _, _) => reply with { Body = reply.Body.Slice(0, Part(reply, rule)) },
        ["patched"] = (reply, rule, _, _) => Patch.Apply(reply, rule),
        ["poison"] = (reply, _, _, _) => reply with { Trailer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison" },
    };

    public static IReadOnlyCollection<string> Names => [.. Tunnels.Keys, .. Walls.Keys, .. Kinds.Keys];

    /// <summary>Whether a fault strikes before any request can be read.</summary>
    public static bool IsOfTunnel(string fault) => Tunnels.ContainsKey(fault);

    /// <summary>What a fault makes of a tunnel.</summary>
    public static Reply Tunnel(FaultRule rule) => Tunnels[rule.Fault];

    /// <summary>What a fault does to the request before the site sees it.</summary>
    public static Request Shape(FaultRule rule, Request request) =>
        rule.Fault switch
        {
            "range-ignored" => Without("range", request),
            "patched" => Without("accept-encoding", request),
            _ => request,
        };

    /// <summary>What a fault does to the answer.</summary>
    public static Reply Apply(FaultRule rule, Request request, Reply reply, SignedMedia signed, Waf waf) =>
        Walls.TryGetValue(rule.Fault, out var answer)
            ? waf.Stop(request, answer) ?? waf.Welcome(request, reply)
            : Kinds[rule.Fault](reply, rule, request, signed);

    static Request Without(string header, Request request) =>
        request with
        {
            Headers = request
                .Headers.Where(h => !h.Key.Equals(header, StringComparison.OrdinalIgnoreCase))
                .ToDictionary(StringComparer.OrdinalIgnoreCase),
        };

    static Reply CutOff(Reply reply, FaultRule rule, Cut cut) => reply with { CutAt = Part(reply, rule), Cut = cut };

    static Reply Endless(Reply reply) =>
        reply with
        {
            Body = Body.Endless([0, 0, 0, 24, .. "ftypisom"u8]),
            Unmeasured = true,
            Status = 200,
        };

    // the last chunk, which says that it is the last, never comes
    static Reply Chunked(Reply reply, Body body) =>
        reply.With("Transfer-Encoding", "chunked") with
        {
            Body = Body.Chunked(body),
            Unmeasured = true,
        };

    // somewhere in the middle, unless "at" names the share of the body
    static long Part(Reply reply, FaultRule rule)
    {
        var share = rule.Args.TryGetValue("at", out var at) ? double.Parse(at) : 0.2 + (0.6 * new Random(rule.Seed).NextDouble());
        return (long)((reply.Body.Length ?? 0) * share);
    }

    static TimeSpan Seconds(FaultRule rule, string name, double otherwise) =>
        TimeSpan.FromSeconds(rule.Args.TryGetValue(name, out var text) ? double.Parse(text) : otherwise);

    static Reply Status(FaultRule rule)
    {
        var reply = Reply.Html("<html><body>error</body></html>", int.Parse(rule.Args.GetValueOrDefault("status", "503")));
        return rule.Args.TryGetValue("retry-after", out var wait) ? reply.With("Retry-After", wait) : reply;
    }

    static Reply NextHop(Request request)
    {
        var hop = int.TryParse(request.Parameter("hop"), out var number) ? number : 0;
        return Reply.Redirect($"{request.Address.GetLeftPart(UriPartial.Path)}?hop={hop + 1}");
    }

    static Reply Typed(this Reply reply, FaultRule rule) =>
        rule.Args.TryGetValue("type", out var type) ? reply.Without("Content-Type").With("Content-Type", type) : reply;

    static Reply WrongRange(Reply reply)
    {
        var length = reply.Body.Length ?? 0;
        return reply.Without("Content-Range").With("Content-Range", $"bytes 7-{length + 6}/{length + 7}") with { Status = 206 };
    }

    static Reply Expire(Reply reply, FaultRule rule, Request request, SignedMedia signed)
    {
        signed.Revoke(request);
        return CutOff(reply, rule, Cut.Close);
    }
}
