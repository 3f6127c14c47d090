using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Json;

namespace Trawl.Browser.Pool;

/// <summary>
/// A profile's cookies, in and out, through the browser itself: so encrypted ones are read, and one that is put in takes the place of the one that
/// was there.
/// </summary>
public sealed class CookieStore(BrowserPool pool, BrowserProfile profile)
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The cookies with what is known of their profile, as older services exported them. Times are Unix seconds, −1 for the end of the session.</summary>
    public async Task<string> ExportAsync(CancellationToken cancellation)
    {
        var cookies = await ReadAsync(cancellation).ConfigureAwait(false);
        foreach (var cookie in cookies)
            cookie!["persistent"] = cookie["expires"]!.GetValue<double>() > 0;
        var document = new JsonObject
        {
            ["format"] = "json",
            ["cookies"] = cookies,
            ["profile_metadata"] = ProfileMetadata.Read(profile.Master),
            ["cookies_available"] = cookies.Count > 0,
            ["master_profile_path"] = profile.Master,
            ["export_timestamp"] = pool.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0,
        };
        return document.ToJsonString(Indented);
    }

    /// <summary>The cookies as Playwright's storage state.</summary>
    public async Task<string> ExportStateAsync(CancellationToken cancellation)
    {
        var document = new JsonObject { ["cookies"] = await ReadAsync(cancellation).ConfigureAwait(false), ["origins"] = new JsonArray() };
        return document.ToJsonString(Indented);
    }

    /// <summary>Puts cookies in, of either format. Says how many.</summary>
    /// <exception cref="TrawlException">The text is none of these, or the profile is in use.</exception>
    public async Task<int> ImportAsync(string text, CancellationToken cancellation)
    {
        var cookies = Parse(text);
        var isDone = false;
        try
        {
            await new BrowserWindow(pool)
                .UseAsync(
                    profile,
                    headful: false,
                    async page =>
                    {
                        await page.Context.AddCookiesAsync(cookies).WaitAsync(cancellation).ConfigureAwait(false);
                        return true;
                    },
                    cancellation
                )
                .ConfigureAwait(false);
            isDone = true;
        }
        finally
        {
            ProfileMetadata.Update(
                profile.Master,
                pool.Time,
                ("last_cookie_import", pool.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0),
                ("cookie_import_count", cookies.Count),
                ("cookie_import_status", isDone ? "success" : "failed")
            );
        }
        return cookies.Count;
    }

    // the state's own text, because its numbers are exact there
    async Task<JsonArray> ReadAsync(CancellationToken cancellation)
    {
        var state = await new BrowserWindow(pool)
            .UseAsync(profile, headful: false, page => page.Context.StorageStateAsync().WaitAsync(cancellation), cancellation)
            .ConfigureAwait(false);
        return JsonNode.Parse(state)!["cookies"]!.DeepClone().AsArray();
    }

    static List<Cookie> Parse(string text)
    {
        using var document = ForeignJson.Parse(System.Text.Encoding.UTF8.GetBytes(text), e => Unreadable(e.Message));
        var cookies = document.RootElement.Get("cookies"u8);
        return cookies.ValueKind == JsonValueKind.Array
            ? [.. cookies.Items().Select(ToCookie)]
            : throw Unreadable("there is no list named cookies");
    }

    static Cookie ToCookie(JsonElement json)
    {
        var cookie = new Cookie
        {
            Name = Text("name"u8) ?? throw Unreadable("a cookie has no name"),
            Value = Text("value"u8) ?? throw Unreadable("a cookie has no value"),
            Domain = Text("domain"u8) ?? throw Unreadable("a cookie has no domain"),
            Path = Text("path"u8) ?? "/",
            HttpOnly = json.Flag("httpOnly"u8) ?? false,
            Secure = json.Flag("secure"u8) ?? false,
            Expires = Expiry(json.Real("expires"u8)),
        };
        if (SameSite(json.Text("sameSite"u8)) is { } same)
            cookie.SameSite = same;
        return cookie;

        string? Text(ReadOnlySpan<byte> name) => json.String(name);
    }

    static TrawlException Unreadable(string why) => new(FailureKind.Configuration, $"The cookies cannot be read: {why}");

    // -1 until the end of the session; older exports gave Chromium's microseconds since 1601
    static float Expiry(double? given)
    {
        const double OfChromium = 1e14;
        const double Epochs = 11_644_473_600;
        var value = given ?? -1;
        return (float)(
            value > OfChromium ? (value / 1e6) - Epochs
            : value <= 0 ? -1
            : value
        );
    }

    static SameSiteAttribute? SameSite(string? value) =>
        value?.ToLowerInvariant() switch
        {
            "strict" or "2" => SameSiteAttribute.Strict,
            "lax" or "1" => SameSiteAttribute.Lax,
            "none" or "0" or "-1" or "no_restriction" => SameSiteAttribute.None,
            _ => null,
        };
}
