using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Jobs;
using Trawl.App.Storage;

namespace Trawl.App.Commands;

/// <summary>What a worker has: how it is set up, and its database.</summary>
/// <param name="Options">How it is set up.</param>
/// <param name="Database">Its database.</param>
/// <param name="Box">Protects secrets in it; null where many share it.</param>
sealed record Library(WorkerOptions Options, Database Database, SecretBox? Box)
{
    /// <summary>Its jobs.</summary>
    public JobDesk Desk => new(Database);
}

/// <summary>A verb that looks after what a worker has.</summary>
static class LibraryVerb
{
    static readonly Option<string?> Folder = new("-P", "--paths") { Description = "The data folder, with trawl.db.", HelpName = "DIR" };

    /// <summary>Makes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="run">Does it, and says the exit code.</param>
    /// <param name="own">Its own arguments and options.</param>
    public static Command Create(
        string name,
        string description,
        Func<Library, ParseResult, CancellationToken, Task<int>> run,
        params Symbol[] own
    )
    {
        var command = new Command(name, description) { Folder };
        command.AddAll(own);
        var source = new WorkerSource(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var (options, _, _) = source.Read(parsed);
                options = options with { Data = parsed.GetValue(Folder) ?? options.Data };
                await using var database = Database.At(options.DatabasePlace);
                await Migrations.ApplyAsync(database, cancellation);
                return await run(new Library(options, database, source.BoxFor(parsed, database)), parsed, cancellation);
            }
        );
        return command;
    }
}
