using System.CommandLine;

namespace Trawl.App.Commands;

/// <summary>Arguments and options alike.</summary>
static class Symbols
{
    /// <summary>Gives a command arguments and options of its own.</summary>
    public static void AddAll(this Command command, IEnumerable<Symbol> own)
    {
        foreach (var symbol in own)
            if (symbol is Option option)
                command.Options.Add(option);
            else if (symbol is Argument argument)
                command.Arguments.Add(argument);
    }
}
