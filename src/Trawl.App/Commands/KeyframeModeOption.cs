using System.CommandLine;
using System.CommandLine.Parsing;
using Trawl.App.Configuration;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

/// <summary>The option that takes a mode of keyframes.</summary>
static class KeyframeModeOption
{
    /// <summary>An option that takes a mode; null where it is not given.</summary>
    public static Option<KeyframeMode?> Create(string name) =>
        new(name)
        {
            Description = $"Where pictures are taken: {KeyframeModes.Listed}.",
            HelpName = "MODE",
            CustomParser = Parse,
        };

    static KeyframeMode? Parse(ArgumentResult result)
    {
        try
        {
            return KeyframeModes.Parse(result.Tokens[0].Value);
        }
        catch (ArgumentException)
        {
            result.AddError($"There is no mode {result.Tokens[0].Value}; there are {KeyframeModes.Listed}.");
            return null;
        }
    }
}
