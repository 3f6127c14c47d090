using System.CommandLine;
using Trawl.Failures;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

/// <summary>The arguments of every command that looks into video files.</summary>
sealed class KeyframeArguments
{
    readonly Argument<string[]> _files = new("FILE") { Description = "Video files.", Arity = ArgumentArity.OneOrMore };
    readonly Option<string?> _folder = new("--paths", "-P")
    {
        Description = "The folder everything goes to; by default each file's own.",
        HelpName = "DIR",
    };

    public KeyframeArguments(Command command)
    {
        command.Arguments.Add(_files);
        command.Options.Add(_folder);
    }

    /// <summary>Does something with each file; one that fails stops no other.</summary>
    /// <returns>The exit code: 0 when all went well, 3 when some failed, otherwise the reason of the first.</returns>
    public async Task<int> ForEachAsync(ParseResult parsed, Func<string, string, Task> work)
    {
        var failures = new List<TrawlException>();
        var files = parsed.GetValue(_files)!;
        foreach (var file in files)
        {
            try
            {
                if (!File.Exists(file))
                    throw new TrawlException(FailureKind.Configuration, $"{file} does not exist.");
                var folder = parsed.GetValue(_folder) ?? Path.GetDirectoryName(Path.GetFullPath(file))!;
                Directory.CreateDirectory(folder);
                await work(file, Path.Combine(folder, Path.GetFileNameWithoutExtension(file)));
            }
            catch (TrawlException e)
            {
                Console.Error.WriteLine(Reports.Text.ForTerminal($"{file}: {e.Kind.Name()}. {e.Message}"));
                failures.Add(e);
            }
        }
        return failures.Count == 0 ? 0
            : failures.Count < files.Length ? 3
            : failures[0].Rule.ExitCode;
    }
}
