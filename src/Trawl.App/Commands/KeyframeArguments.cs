using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Reports;
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

    /// <summary>How many files there are.</summary>
    public int Count(ParseResult parsed) => parsed.GetValue(_files)!.Length;

    /// <summary>The folders the files lie in, and what is made of them goes to.</summary>
    public IReadOnlyList<string> Folders(ParseResult parsed) =>
        [
            .. parsed
                .GetValue(_files)!
                .Select(f => Path.GetDirectoryName(Path.GetFullPath(f))!)
                .Concat(parsed.GetValue(_folder) is { } folder ? [Path.GetFullPath(folder)] : [])
                .Where(Directory.Exists)
                .Distinct(),
        ];

    /// <summary>Does something with each file; one that fails stops no other.</summary>
    /// <returns>The exit code, as of any job.</returns>
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
                Console.Error.WriteLine($"{file}: {e.Kind.Name()}. {e.Message}".ForTerminal());
                failures.Add(e);
            }
        }
        return new JobResult(files.Length - failures.Count, failures, TimeSpan.Zero).ExitCode;
    }
}
