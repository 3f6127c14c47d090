using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
    public override Task<Pass?> ReadAsync(string name, CancellationToken cancellation) =>
        ReadAsync(name, Context.Default.Pass, cancellation);

    /// <inheritdoc/>
    public override Task WriteAsync(string name, Pass? pass, CancellationToken cancellation) =>
        WriteAsync(name, pass, Context.Default.Pass);

    /// <summary>What is kept under a name; null when there is nothing, or when it can no longer be read.</summary>
    public async Task<T?> ReadAsync<T>(string name, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        if (!Has(name))
            return null;
        try
        {
            var secret = await File.ReadAllBytesAsync(PathOf(name), cancellation);
            return JsonSerializer.Deserialize(Protector().Unprotect(secret), type);
        }
        catch (Exception e) when (e is CryptographicException or JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps something under a name; null forgets it.</summary>
    public Task WriteAsync<T>(string name, T? secret, JsonTypeInfo<T> type)
        where T : class
    {
        if (secret is null)
            File.Delete(PathOf(name));
        else
            DurableFile.Write(PathOf(name), Protector().Protect(JsonSerializer.SerializeToUtf8Bytes(secret, type)), ownerOnly: true);
        return Task.CompletedTask;
    }

    /// <summary>A box for secrets that are kept elsewhere.</summary>
    internal SecretBox Box() => new(Protector().CreateProtector("Trawl.Webhooks"));

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
