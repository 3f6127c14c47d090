using System.CommandLine;
using Trawl.App.Programs;
using Trawl.App.Reports;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

/// <summary><c>trawl sheet</c>: one picture of a video's scenes, and nothing else.</summary>
static class SheetCommand
{
    public static Command Create()
    {
        var command = new Command("sheet", "Draw a contact sheet of each video file.");
        var arguments = new KeyframeArguments(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var drafts = Directory.CreateTempSubdirectory("trawl-sheets-").FullName;
                await using var extractors = new ExtractorPool(
                    new Ffmpeg(),
                    new KeyframeOptions(),
                    ExtractorProgram.For(arguments.Count(parsed))
                )
                {
                    Folders = [drafts, .. arguments.Folders(parsed)],
                };
                try
                {
                    return await arguments.ForEachAsync(
                        parsed,
                        async (file, stem) =>
                        {
                            var pictures = Path.Combine(drafts, Guid.NewGuid().ToString("n"));
                            await extractors.RunAsync(file, pictures, stem + ".sheet.jpg", cancellation);
                            Console.Out.WriteLine($"{stem}.sheet.jpg".ForTerminal());
                        }
                    );
                }
                finally
                {
                    Directory.Delete(drafts, recursive: true);
                }
            }
        );
        return command;
    }
}
