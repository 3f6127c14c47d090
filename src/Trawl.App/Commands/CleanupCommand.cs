using System.CommandLine;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl cleanup</c>: removes old videos, as the worker does by itself.</summary>
static class CleanupCommand
{
    static readonly Option<string?> Folder = new("-P", "--paths") { Description = "The data folder.", HelpName = "DIR" };
    static readonly Option<int?> Days = new("--days") { Description = "How old a video may get; the setting by default.", HelpName = "N" };
    static readonly Option<bool> Remove = new("--remove") { Description = "Really remove; without it, it is only told what would be." };

    public static Command Create()
    {
        var command = new Command(
            "cleanup",
            "Tell which videos are too old, or remove them; keyframes, and videos beside an ID.keep, stay."
        )
        {
            Folder,
            Days,
            Remove,
        };
        var source = new WorkerSource(command);
        command.SetAction(parsed => Run(source, parsed));
        return command;
    }

    static int Run(WorkerSource source, ParseResult parsed)
    {
        var (options, _, _) = source.Read(parsed);
        var age = parsed.GetValue(Days) is { } days ? TimeSpan.FromDays(days) : options.Retention;
        if (age <= TimeSpan.Zero)
            throw new TrawlException(FailureKind.Configuration, "Work:RetentionDays keeps everything; say --days N.");
        var folder = Path.Combine(parsed.GetValue(Folder) ?? options.Data, options.Videos);
        var dry = !parsed.GetValue(Remove);
        var report = new Retention(folder, age, TimeProvider.System).Run(dry);
        foreach (var file in report.Removed)
            Console.Out.WriteLine(file);
        foreach (var error in report.Errors)
            Console.Error.WriteLine(error);
        Console.Error.WriteLine(
            $"{(dry ? "Would remove" : "Removed")} {report.Removed.Count} files, {report.Bytes / (1 << 20)} MiB; {report.Kept} old ones are kept."
        );
        return report.Errors.Count == 0 ? 0 : FailureKind.StorageDenied.Rule().ExitCode;
    }
}
