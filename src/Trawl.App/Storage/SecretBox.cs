using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Trawl.App.Storage;

/// <summary>Texts that only this user, on this machine, can read again, for what is kept in a database that others may copy.</summary>
/// <param name="protector">The keys, which lie elsewhere.</param>
sealed class SecretBox(IDataProtector protector)
{
    const string Mark = "protected:";

    /// <summary>The text as it is kept.</summary>
    public string Close(string secret) => Mark + protector.Protect(secret);

    /// <summary>The text again; one that was kept before there was a box is as it was. Null when the keys are not here.</summary>
    public string? Open(string kept)
    {
        if (!kept.StartsWith(Mark, StringComparison.Ordinal))
            return kept;
        try
        {
            return protector.Unprotect(kept[Mark.Length..]);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
