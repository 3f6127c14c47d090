using System.Text;
using System.Text.RegularExpressions;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.App.Canary;

/// <summary>An answer written down so that it can be attached to a report: whatever could let somebody in, or says who asked, is left out.</summary>
static partial class Capture
{
    const int LargestBody = 256 * 1024;

    /// <summary>Writes one; older ones of the same source are replaced.</summary>
    /// <returns>Where it lies.</returns>
    public static string Write(string folder, Source source, VideoUrl url, DoorReply reply, TrawlException? failure, DateTimeOffset now)
    {
        DurableFile.MakeFolder(folder);
        var path = Path.Combine(folder, $"{source.Platform}-{source.Strategy}{(source.Door is null ? "" : $"-{source.Door}")}.txt");
        DurableFile.Write(path, Encoding.UTF8.GetBytes(Text(source, url, reply, failure, now)), ownerOnly: true);
        return path;
    }

    /// <summary>The text of one.</summary>
    public static string Text(Source source, VideoUrl url, DoorReply reply, TrawlException? failure, DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.AppendLine($"# {source}, {url.Identity}, {now:yyyy-MM-dd HH:mm} UTC");
        text.AppendLine($"# {(failure is null ? "shown" : $"{failure.Kind.Name()}: {failure.Message}")}");
        text.AppendLine($"GET {reply.Address.Masked()}");
        text.AppendLine($"User-Agent: {reply.Session.UserAgent}");
        text.AppendLine().AppendLine($"{(int)reply.Status}");
        foreach (var (name, value) in reply.Headers)
            text.AppendLine($"{name}: {(IsTelling(name) ? Redacted(value) : "…")}");
        text.AppendLine();
        var body = reply.Body.Length > LargestBody ? reply.Body[..LargestBody] : reply.Body;
        text.Append(Redacted(Encoding.UTF8.GetString(body.Span)));
        if (body.Length < reply.Body.Length)
            text.AppendLine().Append($"# ... {reply.Body.Length - body.Length} bytes more");
        return text.ToString();
    }

    // what tells how a site answers; of all others the name does
    static bool IsTelling(string header) =>
        header.ToLowerInvariant()
            is "content-type"
                or "content-length"
                or "content-encoding"
                or "server"
                or "cache-control"
                or "retry-after"
                or "x-tt-system-error"
                or "tt_orcas_res"
                or "cf-mitigated";

    static string Redacted(string text) => Address().Replace(Secret().Replace(text, "${name}…"), "0.0.0.0");

    // signature=abc | "token":"abc" | tt_chain_token=abc | &tk=abc
    [GeneratedRegex(
        @"(?<name>\b(?:signature\w*|sig|token|msToken|tt_chain_token|ttwid|sessionid|csrf\w*|nonce|secUid|logid|log_id|x-signature|wid|odinId|uid|user_id)\b(?:""|\\"")?\s*[=:]\s*(?:""|\\"")?)[^&""\\;,\s<]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        2000
    )]
    private static partial Regex Secret();

    [GeneratedRegex(@"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Address();
}
