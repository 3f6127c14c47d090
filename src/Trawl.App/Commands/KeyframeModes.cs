using System.CommandLine;
using System.CommandLine.Parsing;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

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

    /// <summary>An option that takes a mode; null where it is not given.</summary>
    public static Option<KeyframeMode?> Option(string name) =>
        new(name)
        {
            Description = $"Where pictures are taken: {Listed}.",
            HelpName = "MODE",
            CustomParser = Parse,
        };

    static KeyframeMode? Parse(ArgumentResult result)
    {
        try
        {
            return Parse(result.Tokens[0].Value);
        }
        catch (ArgumentException)
        {
            result.AddError($"There is no mode {result.Tokens[0].Value}; there are {Listed}.");
            return null;
        }
    }
}
