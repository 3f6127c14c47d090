using System.Globalization;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>Serves a file with entity tag and ranges.</summary>
static class MediaReply
{
    /// <summary>A form of a post.</summary>
    public static async Task<Reply> VideoAsync(Request request, MediaFactory media, Post post, Variant variant) =>
        Serve(request, await media.MakeAsync(post, variant), (await media.HashAsync(post, variant))[..32]);

    /// <summary>The sound of a post.</summary>
    public static async Task<Reply> SoundAsync(Request request, MediaFactory media, Post post) =>
        Serve(request, await media.SoundAsync(post), $"sound-{post.Clip}", "audio/mp4");

    public static Reply Serve(Request request, Body file, string tag, string type = "video/mp4")
    {
        var length = file.Length!.Value;
        var whole = new Reply(200, file).With("Content-Type", type).With("ETag", $"\"{tag}\"").With("Accept-Ranges", "bytes");
        if (!TryRange(request.Header("range"), length, out var from, out var to))
            return whole;
        if (request.Header("if-range") is { Length: > 0 } condition && condition != $"\"{tag}\"")
            return whole;
        if (from >= length)
            return Reply.Nothing(416).With("Content-Range", $"bytes */{length}");
        return whole with
        {
            Status = 206,
            Body = file.Slice(from, to - from + 1),
            Headers = whole.Headers.Add(("Content-Range", $"bytes {from}-{to}/{length}")),
        };
    }

    // bytes=1000- | bytes=0-499
    static bool TryRange(string header, long length, out long from, out long to)
    {
        (from, to) = (0, length - 1);
        if (!header.StartsWith("bytes=", StringComparison.Ordinal))
            return false;
        var ends = header[6..].Split('-');
        if (ends.Length != 2 || !long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out from))
            return false;
        if (long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            to = Math.Min(last, length - 1);
        return true;
    }
}
