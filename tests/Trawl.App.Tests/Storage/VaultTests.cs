using System.Text;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Storage;

public sealed class VaultTests : IDisposable
{
    static readonly Pass Kept = new()
    {
        Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer TOPSECRET" },
        Cookies = [new SessionCookie("sid", "TOPSECRET", "tiktok.com", false, "/", true, DateTimeOffset.UnixEpoch.AddDays(30_000))],
        ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(29_000),
    };

    readonly TempFolder _folder = new();

    [Fact]
    public async Task What_is_kept_is_read_after_a_restart_and_stands_nowhere_in_clear_text()
    {
        await new Vault(_folder.Path).WriteAsync("one", Kept, CancellationToken.None);

        var read = await new Vault(_folder.Path).ReadAsync("one", CancellationToken.None);

        read!.Headers.ShouldBe(Kept.Headers);
        read.Cookies.ShouldBe(Kept.Cookies);
        read.ExpiresAt.ShouldBe(Kept.ExpiresAt);
        var files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
        files.Length.ShouldBe(2, "the secret and the key");
        files.ShouldAllBe(f => !Encoding.Latin1.GetString(File.ReadAllBytes(f)).Contains("TOPSECRET"));
        File.GetUnixFileMode(_folder.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(_folder.File("one.secret")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task What_was_changed_or_belongs_to_another_key_is_not_read()
    {
        var vault = new Vault(_folder.Path);
        await vault.WriteAsync("one", Kept, CancellationToken.None);
        using var other = new TempFolder();
        File.Copy(_folder.File("one.secret"), other.File("one.secret"));

        (await new Vault(other.Path).ReadAsync("one", CancellationToken.None)).ShouldBeNull();
        var secret = await File.ReadAllBytesAsync(_folder.File("one.secret"), TestContext.Current.CancellationToken);
        secret[^1] ^= 1;
        await File.WriteAllBytesAsync(_folder.File("one.secret"), secret, TestContext.Current.CancellationToken);
        (await vault.ReadAsync("one", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_forgotten_is_gone()
    {
        var vault = new Vault(_folder.Path);
        await vault.WriteAsync("one", Kept, CancellationToken.None);

        await vault.WriteAsync("one", null, CancellationToken.None);

        vault.Has("one").ShouldBeFalse();
        (await vault.ReadAsync("one", CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("../one")]
    [InlineData("")]
    [InlineData("a/b")]
    public void A_name_is_no_path(string name) =>
        Should.Throw<TrawlException>(() => new Vault(_folder.Path).Has(name)).Kind.ShouldBe(FailureKind.Configuration);

    public void Dispose() => _folder.Dispose();
}
