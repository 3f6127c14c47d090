using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Proxy;
using Trawl.Sandbox.Sites;

namespace Trawl.Sandbox.Guards;

/// <summary>Signs media addresses and judges who may use them: the session, the user agent, the address, the time.</summary>
sealed class SignedMedia(byte[] key, TimeProvider time)
{
    static readonly TimeSpan Lifetime = TimeSpan.FromHours(40);

    readonly ConcurrentDictionary<string, bool> _revoked = new();

    /// <summary>A path with the query that makes it good for one session.</summary>
    public string Sign(string path, Request request, string token)
    {
        var now = time.GetUtcNow();
        var expire = (now + Lifetime).ToUnixTimeSeconds();
        return $"{path}?a=1988&mime_type=video_mp4&expire={expire}&l={now:yyyyMMddHHmmss}{expire % 100000:X5}&policy=2&signature={Signature(path, expire, token, request)}&tk=tt_chain_token";
    }

    /// <summary>The path of a variant.</summary>
    public static string PathOf(Post post, Variant variant) =>
        $"/video/tos/sandbox/{post.Id}/{(variant.IsPicture ? "media-video-hvc1/" : "")}{variant.Name}/";

    /// <summary>The path of the sound that goes with a post's pictures without any.</summary>
    public static string PathOfSound(Post post) => $"/video/tos/sandbox/{post.Id}/media-audio-und-mp4a/{Sound}/";

    /// <summary>What the sound is called in addresses.</summary>
    public const string Sound = "sound";

    /// <summary>Whether a request may have what it asks for.</summary>
    public bool Admits(Request request) =>
        long.TryParse(request.Parameter("expire"), out var expire)
        && expire > time.GetUtcNow().ToUnixTimeSeconds()
        && !IsRevoked(request)
        && request.Header("referer").StartsWith("https://www.tiktok.com/", StringComparison.Ordinal)
        && request.Parameter("signature") == Signature(request.Path, expire, request.Cookie("tt_chain_token"), request);

    /// <summary>Lets an address expire before its time.</summary>
    public void Revoke(Request request) => _revoked[Key(request)] = true;

    /// <summary>Whether an address has expired before its time.</summary>
    public bool IsRevoked(Request request) => _revoked.ContainsKey(Key(request));

    /// <summary>Path and query of a variant that anybody may fetch for a while; a new one each time.</summary>
    public static string Free(Post post, Variant variant) =>
        $"/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}/6b1d9c00{PathOf(post, variant)}?a=1180&mime_type=video_mp4";

    static string Key(Request request) => request.Parameter("signature") is { Length: > 0 } signature ? signature : request.Path;

    string Signature(string path, long expire, string token, Request request) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{path}\n{expire}\n{token}\n{request.Header("user-agent")}\n{request.Way}"))
        )[..32];
}
