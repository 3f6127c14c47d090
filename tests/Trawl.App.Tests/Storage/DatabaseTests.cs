using Trawl.App.Storage;
using Trawl.App.Tests.Shared;
using Trawl.Failures;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Storage;

/// <summary>A database file: who may read it, and why it cannot be used.</summary>
public class DatabaseTests
{
    const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_and_its_copies_are_their_owners_alone()
    {
        using var folder = new TempFolder();
        await using var database = Database.At(folder.File("trawl.db"));
        await Migrations.ApplyAsync(database, None);

        await database.BackupAsync(folder.File("copy.db"), None);

        foreach (var file in Directory.GetFiles(folder.Path))
            File.GetUnixFileMode(file).ShouldBe(OwnersOnly, file);
    }

    [Fact]
    public async Task One_that_all_could_read_is_narrowed()
    {
        using var folder = new TempFolder();
        await using (var database = Database.At(folder.File("trawl.db")))
            await Migrations.ApplyAsync(database, None);
        File.SetUnixFileMode(folder.File("trawl.db"), OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        await using (var again = Database.At(folder.File("trawl.db")))
            await Migrations.ApplyAsync(again, None);

        File.GetUnixFileMode(folder.File("trawl.db")).ShouldBe(OwnersOnly);
    }

    [Fact]
    public async Task The_secrets_of_webhooks_are_not_in_it()
    {
        using var folder = new TempFolder();
        await using var database = Database.At(folder.File("trawl.db"));
        await Migrations.ApplyAsync(database, None);
        var here = new Uri("https://here.test/");

        var secret = (await new Webhooks(database, new Vault(folder.File("keys")).Box()).AddAsync(here, None)).ShouldNotBeNull();

        var kept = await database.AtOnceAsync(s => s.FirstAsync<string>("select secret from trawl_webhooks"), None);
        kept.ShouldNotBeNull().ShouldNotContain(secret["whsec_".Length..]);
        new Vault(folder.File("keys")).Box().Open(kept).ShouldBe(secret);
        new Vault(folder.File("other keys")).Box().Open(kept).ShouldBeNull("the keys are not there");
        new Vault(folder.File("keys")).Box().Open("whsec_old").ShouldBe("whsec_old", "what was kept before is read as it is");
    }

    [Fact]
    public async Task A_file_that_is_none_is_told_as_what_it_is()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("trawl.db"), string.Concat(Enumerable.Repeat("this is no database. ", 100)));

        var run = await AppProgram.TrawlAsync(null, "jobs", "list", "-P", folder.Path);

        run.ExitCode.ShouldBe(FailureKind.Configuration.Rule().ExitCode, run.Messages);
        run.Messages.ShouldContain("is no SQLite database");
        run.Messages.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_place_where_nothing_can_be_written_is_told_as_what_it_is()
    {
        var run = await AppProgram.TrawlAsync(null, "jobs", "list", "-P", "/proc");

        run.ExitCode.ShouldBe(FailureKind.StorageDenied.Rule().ExitCode, run.Messages);
        run.Messages.ShouldContain("/proc/trawl.db");
        run.Messages.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task An_address_that_is_none_makes_no_file()
    {
        using var folder = new TempFolder();
        var settings = new Dictionary<string, string> { ["POSTGRES_DSN"] = "garbage" };

        var run = await AppProgram.TrawlAsync(null, settings, "jobs", "list", "-P", folder.Path);

        run.ExitCode.ShouldBe(FailureKind.Configuration.Rule().ExitCode, run.Messages);
        run.Messages.ShouldContain("POSTGRES_DSN");
        File.Exists("garbage").ShouldBeFalse();
    }
}
