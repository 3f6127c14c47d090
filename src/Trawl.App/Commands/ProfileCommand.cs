using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Resolver;
using Trawl.App.Storage;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.App.Commands;

/// <summary><c>trawl profile</c>: the browser profiles that the resolver service uses.</summary>
static class ProfileCommand
{
    static readonly Option<string> Engine = new("--engine")
    {
        Description = "chromium or camoufox.",
        HelpName = "ENGINE",
        DefaultValueFactory = _ => "chromium",
    };
    static readonly Option<string> Folder = new("-P", "--paths")
    {
        Description = "The folder that holds the profiles.",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
    };
    static readonly Option<string> Format = new("--format")
    {
        Description = "json or storage_state.",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => "storage_state",
    };
    static readonly Argument<string> Address = new("URL")
    {
        Description = "Where to begin.",
        DefaultValueFactory = _ => "https://www.tiktok.com/",
    };
    static readonly Argument<string> File = new("FILE") { Description = "Cookies, in one of the formats of export-cookies." };

    public static Command Create()
    {
        Engine.AcceptOnlyFromAmong("chromium", "camoufox");
        Format.AcceptOnlyFromAmong("json", "storage_state");
        return new Command("profile", "Look after the browser profiles of the resolver service.")
        {
            Verb("warm", "Open a window on the profile to log in and look around; close it to keep what you did.", WarmAsync, Address),
            Verb("list", "Say which profiles there are, one JSON object a line.", (use, _, _) => ListAsync(use)),
            Verb("export-cookies", "Print the profile's cookies.", ExportAsync, Format),
            Verb("import-cookies", "Put cookies into the profile; of the same name and place they are replaced.", ImportAsync, File),
            Verb("prune", "Remove copies of the profile that nobody uses any more.", (use, _, _) => PruneAsync(use)),
            Verb("stats", "Say how much room the profile takes.", (use, _, _) => StatsAsync(use)),
        };
    }

    sealed record Use(ServiceOptions Options, HttpOptions Http, BrowserProfile Profile, BrowserProfile Other);

    static Command Verb(string name, string description, Func<Use, ParseResult, CancellationToken, Task<int>> run, params Symbol[] own)
    {
        var command = new Command(name, description) { Engine, Folder };
        command.AddAll(own);
        var source = new ServiceSource(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var (options, http) = source.Read(parsed);
                var (chromium, camoufox) = ResolverService.Profiles(options, parsed.GetValue(Folder)!);
                var isChromium = parsed.GetValue(Engine) == "chromium";
                return run(
                    new Use(options, http, isChromium ? chromium : camoufox, isChromium ? camoufox : chromium),
                    parsed,
                    cancellation
                );
            }
        );
        return command;
    }

    static async Task<int> WarmAsync(Use use, ParseResult parsed, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(parsed.GetValue(Address), UriKind.Absolute, out var address))
            throw new TrawlException(FailureKind.Configuration, "URL is wrong: it is not an address.");
        await WithPoolAsync(
            use,
            async pool =>
            {
                Console.Error.WriteLine("Log in and look around; close the window when you are done.");
                await new BrowserWindow(pool).BrowseAsync(Enabled(use), address, use.Options.BrowseTimeout, cancellation);
                return 0;
            }
        );
        Console.Error.WriteLine($"Kept in {use.Profile.Master}.");
        return 0;
    }

    static Task<int> ListAsync(Use use)
    {
        foreach (var profile in (BrowserProfile[])[use.Profile, use.Other])
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteString("engine", profile.Engine.ToString().ToLowerInvariant());
                    writer.WriteBoolean("enabled", profile.IsEnabled);
                    writer.WriteBoolean("warm", profile.IsWarm);
                    writer.WriteString("master", profile.IsEnabled ? profile.Master : null);
                    writer.WriteNumber("clones", profile.Usage().CloneCount);
                })
            );
        return Task.FromResult(0);
    }

    static async Task<int> ExportAsync(Use use, ParseResult parsed, CancellationToken cancellation)
    {
        var isState = parsed.GetValue(Format) == "storage_state";
        var text = await WithPoolAsync(
            use,
            pool =>
                isState
                    ? new CookieStore(pool, Enabled(use)).ExportStateAsync(cancellation)
                    : new CookieStore(pool, Enabled(use)).ExportAsync(cancellation)
        );
        Console.Out.WriteLine(text);
        return 0;
    }

    static async Task<int> ImportAsync(Use use, ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetValue(File)!;
        if (!System.IO.File.Exists(file))
            throw new TrawlException(FailureKind.Configuration, $"FILE is wrong: {file} does not exist.");
        var text = await System.IO.File.ReadAllTextAsync(file, cancellation);
        var count = await WithPoolAsync(use, pool => new CookieStore(pool, Enabled(use)).ImportAsync(text, cancellation));
        Console.Error.WriteLine($"{count} cookies are in {use.Profile.Master}.");
        return 0;
    }

    static Task<int> PruneAsync(Use use)
    {
        var report = Enabled(use).Prune();
        Console.Out.WriteLine(
            JsonText.Line(writer =>
            {
                writer.WriteNumber("cleaned", report.Cleaned);
                writer.WriteNumber("remaining", report.Remaining);
                writer.WriteNumber("errors", report.Errors);
                writer.WriteNumber("size_saved_mb", report.SizeSavedMb);
            })
        );
        return Task.FromResult(report.Errors == 0 ? 0 : FailureKind.StorageDenied.Rule().ExitCode);
    }

    static Task<int> StatsAsync(Use use)
    {
        var usage = use.Profile.Usage();
        Console.Out.WriteLine(
            JsonText.Line(writer =>
            {
                writer.WriteBoolean("enabled", usage.Enabled);
                if (!usage.Enabled)
                    return;
                writer.WriteNumber("master_size_mb", usage.MasterSizeMb);
                writer.WriteNumber("clones_size_mb", usage.ClonesSizeMb);
                writer.WriteNumber("total_size_mb", usage.TotalSizeMb);
                writer.WriteNumber("clone_count", usage.CloneCount);
                writer.WriteString("master_dir", use.Profile.Master);
                writer.WriteString("clones_dir", use.Profile.Clones);
                foreach (var name in (string[])["last_cleanup", "last_cleanup_count", "last_cleanup_size_saved"])
                    writer.WriteNumber(name, ProfileMetadata.Number(use.Profile.Master, name));
            })
        );
        return Task.FromResult(0);
    }

    static BrowserProfile Enabled(Use use) =>
        use.Profile.IsEnabled
            ? use.Profile
            : throw new TrawlException(
                FailureKind.Configuration,
                $"No folder is set for profiles of {use.Profile.Engine}: set Browser:{use.Profile.Engine}Profiles."
            );

    static async Task<T> WithPoolAsync<T>(Use use, Func<BrowserPool, Task<T>> work)
    {
        using var network = new Network(use.Http, NullLogger.Instance, TimeProvider.System);
        await using var pool = new BrowserPool(use.Options.Browser, network);
        return await work(pool);
    }
}
