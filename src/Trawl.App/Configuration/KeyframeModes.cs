using Trawl.Keyframes;

namespace Trawl.App.Configuration;

/// <summary>The modes of keyframes as they are written: scene, scene+, legacy-length and so on.</summary>
static class KeyframeModes
{
    /// <summary>All of them, for a description.</summary>
    public const string Listed = "scene, scene+, fast, interval, count, iframe, legacy-length or av1-uniform";

    /// <summary>The mode of a name.</summary>
    /// <exception cref="ArgumentException">When there is none.</exception>
    public static KeyframeMode Parse(string name) =>
        Enum.Parse<KeyframeMode>(
            name.Replace("+", "Plus", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal),
            ignoreCase: true
        );
}
