using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trawl.Browser.Profiles;

/// <summary>A size in CSS pixels.</summary>
public sealed record Size(int Width, int Height);

/// <summary>
/// What a browser says of itself: chosen once for a profile and true of the browser that runs, whose family, version and system it names.
/// </summary>
public sealed record Fingerprint
{
    /// <summary>Its file in a profile. Older services wrote it, too, and never used it.</summary>
    public const string FileName = "browserforge_fingerprint.json";

    static readonly Size[] Screens = [new(1920, 1080), new(1536, 864), new(2560, 1440), new(1680, 1050)];
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The user agent; null for the browser's own.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The part of the window that shows the page.</summary>
    public Size Viewport { get; init; } = new(1366, 768);

    /// <summary>The screen.</summary>
    public Size Screen { get; init; } = new(1920, 1080);

    /// <summary>The language, for example en-US.</summary>
    public string Locale { get; init; } = "en-US";

    /// <summary>The time zone, for example Europe/Berlin; null for the machine's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The time zone where it is not the machine's, which a browser takes by itself.</summary>
    [JsonIgnore]
    public string? OtherTimeZone => TimeZone == TimeZoneInfo.Local.Id ? null : TimeZone;

    /// <summary>What a browser without a profile says.</summary>
    /// <param name="engine">chromium or firefox.</param>
    /// <param name="version">Its real version, for example 156.0.8078.79.</param>
    public static Fingerprint Of(string engine, string version) => new() { UserAgent = Agent(engine, version) };

    /// <summary>Sees to it that a profile has one, and one that is true of the browser that runs on it now.</summary>
    /// <param name="folder">The profile, or a copy of it.</param>
    /// <param name="profile">What tells one profile from another; the same one always gets the same.</param>
    /// <param name="engine">chromium or firefox.</param>
    /// <param name="version">The browser's real version.</param>
    public static async Task EnsureAsync(string folder, string profile, string engine, string version)
    {
        var known = await ReadAsync(folder).ConfigureAwait(false);
        var now = (known ?? Generate(profile)) with { UserAgent = Agent(engine, version) };
        if (now != known)
            await File.WriteAllTextAsync(Path.Combine(folder, FileName), JsonSerializer.Serialize(now, Json)).ConfigureAwait(false);
    }

    static Fingerprint Generate(string profile)
    {
        var chance = new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(profile))));
        var screen = Screens[chance.Next(Screens.Length)];
        return new Fingerprint
        {
            Screen = screen,
            Viewport = new Size(screen.Width, screen.Height - 140 - chance.Next(30)),
            TimeZone = TimeZoneInfo.Local.Id,
        };
    }

    /// <summary>Reads that of a profile; null when it has none or none that can be read.</summary>
    public static async Task<Fingerprint?> ReadAsync(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
            return null;
        try
        {
            var stream = File.OpenRead(file);
            await using (stream.ConfigureAwait(false))
                return await JsonSerializer.DeserializeAsync<Fingerprint>(stream, Json).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Chrome tells only its major version. Without a window it would call itself HeadlessChrome.
    static string? Agent(string engine, string version) =>
        engine == "chromium"
            ? $"Mozilla/5.0 ({System}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version.Split('.')[0]}.0.0.0 Safari/537.36"
            : null;

    static string System =>
        OperatingSystem.IsWindows() ? "Windows NT 10.0; Win64; x64"
        : OperatingSystem.IsMacOS() ? "Macintosh; Intel Mac OS X 10_15_7"
        : "X11; Linux x86_64";
}
