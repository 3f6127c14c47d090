using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl cleanup</c>: removes old files, as the worker does by itself.</summary>
static class CleanupCommand
{
    static readonly Option<string?> Folder = new("-P", "--paths") { Description = "The data folder.", HelpName = "DIR" };
    static readonly Option<int?> Days = new("--days") { Description = "How old a video may get; the setting by default.", HelpName = "N" };
    static readonly Option<bool> Orphans = new("--orphans")
    {
        Description = "Instead of what is old: what has lain there for a day and belongs to no video that is known.",
    };
    static readonly Option<bool> Remove = new("--remove") { Description = "Really remove; without it, it is only told what would be." };

    public static Command Create()
    {
        var command = new Command(
            "cleanup",
            "Tell which videos are too old, or remove them; keyframes stay unless the settings say otherwise, and so do videos beside an ID.keep."
        )
        {
            Folder,
            Days,
            Orphans,
            Remove,
        };
        var source = new WorkerSource(command);
        command.SetAction((parsed, cancellation) => RunAsync(source, parsed, cancellation));
        return command;
    }

    static async Task<int> RunAsync(WorkerSource source, ParseResult parsed, CancellationToken cancellation)
    {
        var (options, _, _) = source.Read(parsed);
        options = options with { Data = parsed.GetValue(Folder) ?? options.Data };
        var (dry, orphans) = (!parsed.GetValue(Remove), parsed.GetValue(Orphans));
        var chosen = orphans ? await OrphansAsync(options, cancellation) : Old(options, parsed);
        var report = Retention.RunAll(chosen, dry);
        // where the disk is full, old videos must go although the database can do nothing
        if (!dry && (orphans || options.KeyframeRetention > TimeSpan.Zero))
        {
            await using var database = Database.At(options.DatabasePlace);
            await Catalog.ForgetFramesAsync(database, report.Removed, cancellation);
        }
        foreach (var file in report.Removed)
            Console.Out.WriteLine(file);
        foreach (var error in report.Errors)
            Console.Error.WriteLine(error);
        Console.Error.WriteLine(
            $"{(dry ? "Would remove" : "Removed")} {report.Removed.Count} files, {report.Bytes / (1 << 20)} MiB; {report.Kept} old ones are kept."
        );
        return report.Errors.Count == 0 ? 0 : FailureKind.StorageDenied.Rule().ExitCode;
    }

    static async Task<IReadOnlyList<Retention>> OrphansAsync(WorkerOptions options, CancellationToken cancellation)
    {
        await using var database = Database.At(options.DatabasePlace);
        await Migrations.ApplyAsync(database, cancellation);
        var known = (await Catalog.IdsAsync(database, cancellation)).ToHashSet(StringComparer.Ordinal);
        return RetentionRules.Orphans(options, known, TimeProvider.System);
    }

    static IReadOnlyList<Retention> Old(WorkerOptions options, ParseResult parsed)
    {
        if (parsed.GetValue(Days) is { } days)
            options = options with
            {
                Retention =
                    days > 0 ? TimeSpan.FromDays(days) : throw new TrawlException(FailureKind.Configuration, "--days is at least 1."),
            };
        return RetentionRules.Of(options, TimeProvider.System) is { Count: > 0 } old
            ? old
            : throw new TrawlException(FailureKind.Configuration, "Work:RetentionDays keeps everything; say --days N.");
    }
}
