using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Trawl.Failures;

namespace Trawl.Browser.Profiles;

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
        try
        {
            var cookies = JsonNode.Parse(text)?["cookies"]?.AsArray() ?? throw new FormatException("there is no list named cookies");
            return [.. cookies.Select(c => ToCookie(c!.AsObject()))];
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            throw new TrawlException(FailureKind.Configuration, $"The cookies cannot be read: {e.Message}", e);
        }
    }

    static Cookie ToCookie(JsonObject json)
    {
        var cookie = new Cookie
        {
            Name = Text("name"),
            Value = Text("value"),
            Domain = Text("domain"),
            Path = json.ContainsKey("path") ? Text("path") : "/",
            HttpOnly = json["httpOnly"]?.GetValue<bool>() ?? false,
            Secure = json["secure"]?.GetValue<bool>() ?? false,
            Expires = Expiry(json["expires"]),
        };
        if (SameSite(json["sameSite"]?.ToString()) is { } same)
            cookie.SameSite = same;
        return cookie;

        string Text(string name) => json[name]?.GetValue<string>() ?? throw new FormatException($"a cookie has no {name}");
    }

    // -1 until the end of the session; older exports gave Chromium's microseconds since 1601
    static float Expiry(JsonNode? node)
    {
        const double OfChromium = 1e14;
        const double Epochs = 11_644_473_600;
        var value = double.TryParse(node?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : -1;
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
