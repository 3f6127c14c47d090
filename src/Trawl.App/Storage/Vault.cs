using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;

namespace Trawl.App.Storage;

/// <summary>
/// Passes on disk, encrypted by Data Protection. The keys lie beside them in folders only their owner can enter: whoever copies the files
/// without the keys has nothing.
/// </summary>
public sealed partial class Vault(string folder) : CredentialStore
{
    /// <summary>The name the user's own cookies are kept under.</summary>
    public const string Cookies = "cookies";

    const string Purpose = "Trawl.Credentials";

    IDataProtector? _protector;

    /// <summary>Whether something is kept under a name.</summary>
    public bool Has(string name) => File.Exists(PathOf(name));

    /// <inheritdoc/>
    public override async Task<Pass?> ReadAsync(string name, CancellationToken cancellation)
    {
        if (!Has(name))
            return null;
        try
        {
            var secret = await File.ReadAllBytesAsync(PathOf(name), cancellation);
            return JsonSerializer.Deserialize(Protector().Unprotect(secret), Context.Default.Pass);
        }
        catch (Exception e) when (e is CryptographicException or JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(string name, Pass? pass, CancellationToken cancellation)
    {
        if (pass is null)
            File.Delete(PathOf(name));
        else
            DurableFile.Write(
                PathOf(name),
                Protector().Protect(JsonSerializer.SerializeToUtf8Bytes(pass, Context.Default.Pass)),
                ownerOnly: true
            );
        return Task.CompletedTask;
    }

    string PathOf(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && name.Length is > 0 and < 100
            ? Path.Combine(folder, $"{name}.secret")
            : throw new TrawlException(FailureKind.Configuration, "The name of a credential may only have letters, digits, - and _.");

    IDataProtector Protector() =>
        _protector ??= DataProtectionProvider
            .Create(OwnersOnly(Path.Combine(OwnersOnly(folder).FullName, "keys")), builder => builder.SetApplicationName("trawl"))
            .CreateProtector(Purpose);

    static DirectoryInfo OwnersOnly(string path)
    {
        DurableFile.MakeFolder(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new DirectoryInfo(path);
    }

    [JsonSerializable(typeof(Pass))]
    sealed partial class Context : JsonSerializerContext;
}
