using System.CommandLine;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

/// <summary><c>trawl dupes</c>: videos that look alike, whoever posted them and however they were compressed.</summary>
static class DupesCommand
{
    static readonly string[] Extensions = [".mp4", ".mov", ".mkv", ".webm"];
    static readonly Argument<string> Folder = new("DIR") { Description = "The folder, with everything below it." };
    static readonly Option<bool> Json = new("--json") { Description = "One JSON object a group." };

    public static Command Create()
    {
        var command = new Command("dupes", "Find videos that look alike.") { Folder, Json };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var folder = parsed.GetValue(Folder)!;
                if (!Directory.Exists(folder))
                    throw new TrawlException(FailureKind.Configuration, $"{folder} does not exist.");
                foreach (var group in Groups(await HashAsync(folder, cancellation)))
                    Console.Out.WriteLine(
                        parsed.GetValue(Json)
                            ? JsonText.Line(writer => writer.WriteStrings("files", group))
                            : string.Join('\n', group.Select(f => f.ForTerminal())) + "\n"
                    );
                return 0;
            }
        );
        return command;
    }

    static async Task<IReadOnlyList<(string File, VideoHash Hash)>> HashAsync(string folder, CancellationToken cancellation)
    {
        var ffmpeg = new Ffmpeg();
        var hashes = new List<(string, VideoHash)>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (!Extensions.Contains(Path.GetExtension(file)))
                continue;
            try
            {
                hashes.Add((file, await VideoHash.OfAsync(ffmpeg, file, cancellation)));
            }
            catch (TrawlException e)
            {
                Console.Error.WriteLine($"{file}: {e.Kind.Name()}. {e.Message}".ForTerminal());
            }
        }
        return hashes;
    }

    static IEnumerable<IReadOnlyList<string>> Groups(IReadOnlyList<(string File, VideoHash Hash)> videos)
    {
        var left = videos.ToList();
        while (left is [var first, ..])
        {
            var group = left.Where(v => v.Hash.IsLike(first.Hash)).ToList();
            left = [.. left.Except(group).Where(v => v != first)];
            if (group.Count > 1)
                yield return [.. group.Select(v => v.File)];
        }
    }
}
