using System.IO.Compression;
using System.Text;
using Trawl.Sandbox.Proxy;
using Trawl.Sandbox.Sites;

namespace Trawl.Sandbox.Faults;

/// <summary>Every way to misbehave: takes the answer that would have been given and makes it worse.</summary>
static class FaultKinds
{
    /// <summary>The host cannot be reached: the proxy says so before any TLS.</summary>
    public const string Unreachable = "unreachable";

    delegate Reply Spoil(Reply reply, FaultRule rule, Request request, SignedMedia signed);

    static readonly Dictionary<string, Spoil> Kinds = new()
    {
        [Unreachable] = (_, _, _, _) => Reply.Nothing(502),
        ["slow-headers"] = (reply, rule, _, _) => reply with { SlowHead = Seconds(rule, "every", 5) },
        ["drip"] = (reply, rule, _, _) => reply with { Drip = Seconds(rule, "every", 1) },
        ["stall"] = (reply, rule, _, _) => CutOff(reply, rule, Cut.Stall),
        ["reset"] = (reply, rule, _, _) => CutOff(reply, rule, Cut.Reset),
        ["early-end"] = (reply, rule, _, _) => CutOff(reply, rule, Cut.Close),
        ["length-too-small"] = (reply, rule, _, _) => reply with { DeclaredLength = Part(reply, rule) },
        ["length-too-large"] = (reply, rule, _, _) => reply with { DeclaredLength = reply.Body.Length + 100_000 },
        ["endless"] = (reply, _, _, _) =>
            reply with
            {
                Body = Body.Endless([0, 0, 0, 24, .. "ftypisom"u8]),
                Unmeasured = true,
                Status = 200,
            },
        ["gzip-bomb"] = (reply, _, _, _) => Bomb(reply),
        ["range-ignored"] = (reply, _, request, _) => reply, // done before the site answers: see Shape
        ["range-wrong"] = (reply, _, _, _) => WrongRange(reply),
        ["tag-changed"] = (reply, _, _, _) => reply.Without("ETag").With("ETag", "\"another-version\""),
        ["range-refused"] = (reply, _, request, _) =>
            request.Header("range").Length > 0 ? Reply.Nothing(416).With("Content-Range", "bytes */1000") : reply,
        ["expires-midway"] = (reply, rule, request, signed) => Expire(reply, rule, request, signed),
        ["redirect-loop"] = (_, _, request, _) => Reply.Redirect(request.Address.AbsoluteUri),
        ["redirect"] = (_, rule, _, _) => Reply.Redirect(rule.Args.GetValueOrDefault("to", "http://127.0.0.1/")),
        ["status"] = (_, rule, _, _) => Status(rule),
        ["answer"] = (_, rule, _, _) =>
            new Reply(int.Parse(rule.Args.GetValueOrDefault("status", "200")), Body.Of(rule.Args.GetValueOrDefault("body", ""))).With(
                "Content-Type",
                rule.Args.GetValueOrDefault("type", "application/json")
            ),
        ["html"] = (_, rule, _, _) => Reply.Html("<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>").Typed(rule),
        ["empty"] = (reply, _, _, _) => reply with { Body = Body.Empty },
        ["truncated"] = (reply, rule, _, _) => reply with { Body = reply.Body.Slice(0, Part(reply, rule)) },
    };

    public static IReadOnlyCollection<string> Names => Kinds.Keys;

    /// <summary>What a fault does to the request before the site sees it.</summary>
    public static Request Shape(FaultRule rule, Request request) =>
        rule.Fault == "range-ignored"
            ? request with
            {
                Headers = request
                    .Headers.Where(h => !h.Key.Equals("range", StringComparison.OrdinalIgnoreCase))
                    .ToDictionary(StringComparer.OrdinalIgnoreCase),
            }
            : request;

    /// <summary>What a fault does to the answer.</summary>
    public static Reply Apply(FaultRule rule, Request request, Reply reply, SignedMedia signed) =>
        Kinds[rule.Fault](reply, rule, request, signed);

    static Reply CutOff(Reply reply, FaultRule rule, Cut cut) => reply with { CutAt = Part(reply, rule), Cut = cut };

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
        return rule.Args.TryGetValue("retry-after", out var seconds) ? reply.With("Retry-After", seconds) : reply;
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

    // 64 MiB of spaces in 64 KiB
    static Reply Bomb(Reply reply)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            var spaces = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (var i = 0; i < 64; i++)
                gzip.Write(spaces);
        }
        return reply.Without("Content-Encoding").With("Content-Encoding", "gzip") with { Body = Body.Of(packed.ToArray()) };
    }
}
