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
            (parsed, cancellation) =>
            {
                var ffmpeg = new Ffmpeg();
                return arguments.ForEachAsync(
                    parsed,
                    async (file, stem) =>
                    {
                        var pictures = Directory.CreateTempSubdirectory("trawl-sheet-");
                        try
                        {
                            var set = await new KeyframeExtractor(ffmpeg).RunAsync(file, pictures.FullName, cancellation);
                            await new ContactSheet(ffmpeg).WriteAsync(set, stem + ".sheet.jpg", cancellation);
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
