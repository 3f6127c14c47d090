using System.CommandLine;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

/// <summary><c>trawl storyboard</c>: small pictures of a whole video for players' time lines.</summary>
static class StoryboardCommand
{
    public static Command Create()
    {
        var command = new Command("storyboard", "Draw a storyboard of each video file, with WebVTT thumbnails.");
        var arguments = new KeyframeArguments(command);
        command.SetAction(
            (parsed, cancellation) =>
                arguments.ForEachAsync(
                    parsed,
                    async (file, stem) =>
                    {
                        await KeyframeFiles.WriteStoryboardAsync(new Ffmpeg(), file, stem, cancellation);
                        Console.Out.WriteLine($"{stem}.thumbnails.vtt".ForTerminal());
                    }
                )
        );
        return command;
    }
}
