using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Operations;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl db</c>: the database of crawl jobs.</summary>
static class DbCommand
{
    static readonly Option<string?> Folder = new("-P", "--paths") { Description = "The data folder, with trawl.db.", HelpName = "DIR" };
    static readonly Option<bool> Deep = new("--deep") { Description = "Read and hash every video." };
    static readonly Argument<string> File = new("FILE") { Description = "The copy; it must not exist." };

    public static Command Create() =>
        new("db", "Look after the database of crawl jobs.")
        {
            Verb("migrate", "Make the tables that are missing.", MigrateAsync),
            Verb("check", "Hold rows against files against events.", CheckAsync, Deep),
            Verb("backup", "Copy a SQLite database that is in use; the copy is put in its place to restore it.", BackupAsync, File),
        };

    static Command Verb(string name, string description, Func<Database, ParseResult, CancellationToken, Task<int>> run, params Symbol[] own)
    {
        var command = new Command(name, description) { Folder };
        foreach (var symbol in own)
            if (symbol is Option option)
                command.Options.Add(option);
            else if (symbol is Argument argument)
                command.Arguments.Add(argument);
        var source = new WorkerSource(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var (options, _, _) = source.Read(parsed);
                await using var database = Database.At(
                    options.Database ?? Path.Combine(parsed.GetValue(Folder) ?? options.Data, "trawl.db")
                );
                return await run(database, parsed, cancellation);
            }
        );
        return command;
    }

    static async Task<int> MigrateAsync(Database database, ParseResult parsed, CancellationToken cancellation)
    {
        var applied = await Migrations.ApplyAsync(database, cancellation);
        Console.Error.WriteLine(applied == 0 ? "Nothing was missing." : $"{applied} steps were applied.");
        return 0;
    }

    static async Task<int> CheckAsync(Database database, ParseResult parsed, CancellationToken cancellation)
    {
        var findings = await new Audit(database).RunAsync(parsed.GetValue(Deep), cancellation);
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

    static async Task<int> BackupAsync(Database database, ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetValue(File)!;
        if (System.IO.File.Exists(file))
            throw new TrawlException(FailureKind.Configuration, $"FILE is wrong: {file} exists.");
        await database.BackupAsync(file, cancellation);
        Console.Error.WriteLine($"Copied to {Path.GetFullPath(file)}.");
        return 0;
    }
}
