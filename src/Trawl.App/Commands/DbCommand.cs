using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Operations;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl db</c>: the database of crawl jobs.</summary>
static class DbCommand
{
    static readonly Option<bool> Deep = new("--deep") { Description = "Read and hash every video." };
    static readonly Argument<string> Copy = new("FILE") { Description = "The copy; it must not exist." };

    public static Command Create() =>
        new("db", "Look after the database of crawl jobs.")
        {
            Migrate("migrate"),
            LibraryVerb.Create("check", "Hold rows against files against events.", CheckAsync, Deep),
            LibraryVerb.Create("backup", "Copy a SQLite database that is in use; restore it with db restore.", BackupAsync, Copy),
            Restore(),
        };

    /// <summary><c>trawl db migrate</c>, also to be had as <c>trawl migrate</c>.</summary>
    public static Command Migrate(string name) => LibraryVerb.Create(name, "Make the tables that are missing.", TellVersionAsync);

    // every verb makes what is missing before it looks
    static async Task<int> TellVersionAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        Console.Error.WriteLine(
            $"{library.Database.Name} has the tables of version {await Migrations.VersionAsync(library.Database, cancellation)}."
        );
        return 0;
    }

    static async Task<int> CheckAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var store = WorkerSite.StoreOf(library.Options, TimeProvider.System);
        var findings = await new Audit(library.Database, store).RunAsync(parsed.GetValue(Deep), cancellation);
        foreach (var finding in findings)
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteString("what", finding.What);
                    writer.WriteString("where", finding.Where);
                })
            );
        Console.Error.WriteLine(findings.Count == 0 ? "Rows, files and events agree." : $"{findings.Count} troubles.");
        return findings.Count == 0 ? 0 : FailureKind.WrongContent.Rule().ExitCode;
    }

    static async Task<int> BackupAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetValue(Copy)!;
        if (File.Exists(file))
            throw new TrawlException(FailureKind.Configuration, $"FILE is wrong: {file} exists.");
        await library.Database.BackupAsync(file, cancellation);
        Console.Error.WriteLine($"Copied to {Path.GetFullPath(file)}.");
        return 0;
    }

    static Command Restore()
    {
        var (file, folder) = (
            new Argument<string>("FILE") { Description = "The copy." },
            new Option<string>("-P", "--paths")
            {
                Description = "The data folder, with trawl.db.",
                HelpName = "DIR",
                DefaultValueFactory = _ => ".",
            }
        );
        var command = new Command(
            "restore",
            "Put a copy in the place of a SQLite database that nobody uses; the one that was there is kept beside it."
        )
        {
            file,
            folder,
        };
        command.SetAction(
            (parsed, cancellation) => RestoreAsync(parsed.GetValue(file)!, Path.Combine(parsed.GetValue(folder)!, "trawl.db"), cancellation)
        );
        return command;
    }

    static async Task<int> RestoreAsync(string copy, string place, CancellationToken cancellation)
    {
        await Database.CheckCopyAsync(copy, cancellation);
        var before = $"{place}.before-{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}";
        foreach (var end in (string[])["", "-wal", "-shm"])
            if (File.Exists(place + end))
                File.Move(place + end, before + end);
        File.Copy(copy, place + ".new", overwrite: true);
        File.Move(place + ".new", place);
        Console.Error.WriteLine(
            $"{Path.GetFullPath(place)} is the copy now{(File.Exists(before) ? $"; what was there is {before}" : "")}."
        );
        return 0;
    }
}
