using System.CommandLine;
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
                await using var extractors = new ExtractorPool(
                    new Ffmpeg(),
                    new KeyframeOptions(),
                    ExtractorProgram.For(arguments.Count(parsed))
                );
                return await arguments.ForEachAsync(
                    parsed,
                    async (file, stem) =>
                    {
                        var pictures = Directory.CreateTempSubdirectory("trawl-sheet-");
                        try
                        {
                            await extractors.RunAsync(file, pictures.FullName, stem + ".sheet.jpg", cancellation);
                        }
                        finally
                        {
                            pictures.Delete(recursive: true);
                        }
                        Console.Out.WriteLine($"{stem}.sheet.jpg".ForTerminal());
                    }
                );
            }
        );
        return command;
    }
}
