using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trawl.Sandbox.Manners;
using Trawl.Sandbox.Proxy;
using Trawl.Sandbox.Sites;

namespace Trawl.Sandbox.Guards;

/// <summary>
/// The web application firewall of tiktok.com: decides what a client gets first. A proof is good for the browser and the address it was given to, for some time and some pages;
/// nothing is remembered but how many pages it let in.
/// </summary>
sealed class Waf(byte[] key, TimeProvider time)
{
    const string ProofCookie = "_wafchallengeid";
    const string TokenCookie = "_waftokenid";
    public const int HardestNumber = 1_000_000;

    readonly ConcurrentDictionary<string, int> _pages = new();

    /// <summary>How clients are answered now.</summary>
    public required TikTokManners Manners { get; set; }

    /// <summary>What is answered instead of what was asked for; null where the client is let in.</summary>
    public Reply? Stop(Request request, FirstAnswer answer) =>
        answer switch
        {
            FirstAnswer.ProofOfWork or FirstAnswer.OtherProof => IsKnown(request) ? null : Challenge(request, answer),
            FirstAnswer.RiskControl => RiskControl(),
            FirstAnswer.NeedsReferer => ComesFromHere(request) ? null : Reply.Html("<html><body>Access Denied</body></html>", 403),
            FirstAnswer.Refused => Reply.Html("<html><body>Access Denied</body></html>", 403),
            _ => null,
        };

    /// <summary>The answer of a source that lets the client in, with the token it earned by a proof.</summary>
    public Reply Welcome(Request request, Reply reply) =>
        IsProven(request)
            ? reply
                .With("Set-Cookie", $"{TokenCookie}={NewToken(request)}; Domain=.tiktok.com; Path=/; Max-Age={Seconds}; Secure; HttpOnly")
                .With("Set-Cookie", $"{ProofCookie}=; Domain=.tiktok.com; Path=/; Max-Age=0")
            : reply;

    /// <summary>A page that wants proof of work.</summary>
    public Reply Challenge(Request request, FirstAnswer kind = FirstAnswer.ProofOfWork)
    {
        var salt = RandomNumberGenerator.GetBytes(32);
        var number = RandomNumberGenerator.GetInt32(HardestNumber + 1);
        var (a, c) = (Convert.ToBase64String(salt), Convert.ToBase64String(Digest(salt, $"{number}")));
        var at = time.GetUtcNow().ToUnixTimeSeconds();
        var wish = JsonSerializer.Serialize(
            new
            {
                v = new
                {
                    a,
                    b = at,
                    c,
                },
                s = Seal($"{a}|{at}|{c}|{Client(request)}"),
            }
        );
        var data = Convert.ToBase64String(Encoding.UTF8.GetBytes(wish)).TrimEnd('=');
        return Reply.Html(kind == FirstAnswer.OtherProof ? ProofPage.Other(data, ProofCookie) : ProofPage.Usual(data, ProofCookie));
    }

    /// <summary>The page of risk control.</summary>
    public static Reply RiskControl() =>
        Reply
            .Html(
                """
                <!DOCTYPE html><html><head><meta name="robots" content="noindex"></head><body><script>
                window.SlardarWAF = window.SlardarWAF || function () { (SlardarWAF.q = SlardarWAF.q || []).push(arguments) };
                SlardarWAF('config', { bid: 'slardar_us_waf', region: 'useast5', sandbox: true }); SlardarWAF('start');
                </script><noscript>Please enable JavaScript and reload this page.</noscript></body></html>
                """
            )
            .With("x-tt-system-error", "3");

    bool IsKnown(Request request) => IsProven(request) || HasToken(request);

    // The number that was asked for, by the client it was asked of, within a minute.
    bool IsProven(Request request)
    {
        try
        {
            var proof = JsonElement.Parse(Convert.FromBase64String(Uri.UnescapeDataString(request.Cookie(ProofCookie))));
            var (wish, number) = (proof.GetProperty("v"), Convert.FromBase64String(proof.GetProperty("d").GetString()!));
            var (a, c, at) = (wish.GetProperty("a").GetString()!, wish.GetProperty("c").GetString()!, wish.GetProperty("b").GetInt64());
            return proof.GetProperty("s").GetString() == Seal($"{a}|{at}|{c}|{Client(request)}")
                && time.GetUtcNow().ToUnixTimeSeconds() - at <= 60
                && Convert.ToBase64String(Digest(Convert.FromBase64String(a), Encoding.UTF8.GetString(number))) == c;
        }
        catch (Exception e) when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false; // no proof
        }
    }

    bool HasToken(Request request)
    {
        var token = request.Cookie(TokenCookie);
        return token.Split('.') is [var until, var number, var seal]
            && seal == Seal($"{until}|{number}|{Client(request)}")
            && long.TryParse(until, out var end)
            && end > time.GetUtcNow().ToUnixTimeSeconds()
            && _pages.AddOrUpdate(token, 1, (_, count) => count + 1) is var pages
            && !(pages >= Manners.PagesPerProof);
    }

    string NewToken(Request request)
    {
        var until = time.GetUtcNow().ToUnixTimeSeconds() + Seconds;
        var number = RandomNumberGenerator.GetHexString(16, lowercase: true);
        return $"{until}.{number}.{Seal($"{until}|{number}|{Client(request)}")}";
    }

    long Seconds => (long)Manners.ProofLasts.TotalSeconds;

    static string Client(Request request) => $"{request.Header("user-agent")}|{request.Way}";

    static bool ComesFromHere(Request request) =>
        request.Header("referer").StartsWith("https://www.tiktok.com/", StringComparison.Ordinal)
        && request.Header("sec-fetch-mode").Length > 0;

    static byte[] Digest(byte[] salt, string number) => SHA256.HashData([.. salt, .. Encoding.ASCII.GetBytes(number)]);

    string Seal(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)))[..32];
}
