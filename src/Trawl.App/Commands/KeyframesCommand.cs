using System.CommandLine;
using System.Text;
using Trawl.App.Programs;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Keyframes;

namespace Trawl.App.Commands;

/// <summary><c>trawl keyframes</c>: the scenes and pictures of videos that lie on disk.</summary>
static class KeyframesCommand
{
    static readonly Option<KeyframeMode?> Mode = KeyframeModeOption.Create("--mode");
    static readonly Option<double> Interval = new("--interval")
    {
        Description = "Seconds between two pictures, for --mode interval.",
        DefaultValueFactory = _ => 2,
        HelpName = "SECONDS",
    };
    static readonly Option<int> Count = new("--count")
    {
        Description = "Pictures of each video, for --mode count.",
        DefaultValueFactory = _ => 5,
        HelpName = "N",
    };
    static readonly Option<int> Most = new("--max")
    {
        Description = "The most pictures of one video; 0 for no limit.",
        DefaultValueFactory = _ => 50,
        HelpName = "N",
    };
    static readonly Option<bool> Strict = new("--strict-blur") { Description = "Throw away what is not sharp, and judge nothing else." };
    static readonly Option<PictureFormat> Format = new("--format") { Description = "jpg, png or webp." };
    static readonly Option<int> Quality = new("--quality")
    {
        Description = "From 1 to 100.",
        DefaultValueFactory = _ => 90,
        HelpName = "N",
    };
    static readonly Option<int?> Size = new("--size") { Description = "The largest side of a picture.", HelpName = "PIXELS" };
    static readonly Option<PictureNames> Names = new("--names") { Description = "readable, or pipeline: frame_1_50s.jpg." };
    static readonly Option<bool> Json = new("--json") { Description = "One JSON object a file on standard output." };

    public static Command Create()
    {
        var command = new Command("keyframes", "Find the scenes of video files and take their pictures.")
        {
            Mode,
            Interval,
            Count,
            Most,
            Strict,
            Format,
            Quality,
            Size,
            Names,
            Json,
        };
        var arguments = new KeyframeArguments(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var extractors = new ExtractorPool(new Ffmpeg(), Options(parsed), ExtractorProgram.For(arguments.Count(parsed)))
                {
                    Folders = arguments.Folders(parsed),
                };
                return await arguments.ForEachAsync(
                    parsed,
                    async (file, stem) =>
                    {
                        var set = await extractors.RunAsync(file, stem + ".keyframes", stem + ".sheet.jpg", cancellation);
                        KeyframeFiles.Write(set, stem);
                        Console.Out.WriteLine(parsed.GetValue(Json) ? KeyframesJson.Line(set, file) : ToText(set, file));
                    }
                );
            }
        );
        return command;
    }

    static KeyframeOptions Options(ParseResult parsed)
    {
        Check(parsed.GetValue(Interval) is >= 0.01 and <= 86_400, "--interval", "it must lie between 0.01 and 86400 seconds");
        Check(parsed.GetValue(Count) is >= 1 and <= 10_000, "--count", "it must lie between 1 and 10000");
        Check(parsed.GetValue(Most) is >= 0 and <= 10_000, "--max", "it must lie between 0 and 10000");
        Check(parsed.GetValue(Quality) is >= 1 and <= 100, "--quality", "it must lie between 1 and 100");
        Check(parsed.GetValue(Size) is null or (>= 16 and <= 8192), "--size", "it must lie between 16 and 8192");
        return new KeyframeOptions
        {
            Mode = parsed.GetValue(Mode) ?? KeyframeMode.Scene,
            Interval = TimeSpan.FromSeconds(parsed.GetValue(Interval)),
            Count = parsed.GetValue(Count),
            Most = parsed.GetValue(Most),
            StrictBlur = parsed.GetValue(Strict),
            Format = parsed.GetValue(Format),
            Quality = parsed.GetValue(Quality),
            Size = parsed.GetValue(Size),
            Names = parsed.GetValue(Names),
        };
    }

    static void Check(bool holds, string option, string why)
    {
        if (!holds)
            throw new TrawlException(FailureKind.Configuration, $"{option} is wrong: {why}.");
    }

    static string ToText(KeyframeSet set, string file)
    {
        var text = new StringBuilder($"{file.ForTerminal()}: {set.Scenes.Count} scenes, {set.Keyframes.Count} pictures");
        foreach (var keyframe in set.Keyframes)
            text.Append($"\n  {keyframe.Scene.Number, 3}  {keyframe.Time, 8:0.000} s  {keyframe.Path.ForTerminal()}");
        foreach (var skipped in set.Skipped)
            text.Append($"\n  {skipped.Scene, 3}  {skipped.Time, 8:0.000} s  no picture: {skipped.Why}");
        return text.ToString();
    }
}
