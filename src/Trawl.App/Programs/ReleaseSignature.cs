using Org.BouncyCastle.Bcpg.OpenPgp;
using Trawl.Failures;

namespace Trawl.App.Programs;

/// <summary>Whether a file was signed by a key that is known by its fingerprint (OpenPGP, detached).</summary>
static class ReleaseSignature
{
    /// <summary>Checks a signature.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.WrongContent"/> when it is another key's, another file's, or none.</exception>
    public static void Check(ReadOnlyMemory<byte> file, ReadOnlyMemory<byte> signature, ReadOnlyMemory<byte> key, string fingerprint)
    {
        try
        {
            var keys = new PgpPublicKeyRingBundle(PgpUtilities.GetDecoderStream(new MemoryStream(key.ToArray())));
            var signatures = (PgpSignatureList)
                new PgpObjectFactory(PgpUtilities.GetDecoderStream(new MemoryStream(signature.ToArray()))).NextPgpObject();
            for (var i = 0; i < signatures.Count; i++)
                if (Find(keys, signatures[i].KeyId, fingerprint) is { } signer && IsOf(signatures[i], signer, file.Span))
                    return;
        }
        catch (Exception e) when (e is not TrawlException and not OutOfMemoryException)
        {
            throw Untrusted("The signature cannot be read.", e);
        }
        throw Untrusted($"The file is not signed by the key {fingerprint}.", null);
    }

    // a key that is the known one, or one of its own subkeys
    static PgpPublicKey? Find(PgpPublicKeyRingBundle keys, long id, string fingerprint)
    {
        foreach (PgpPublicKeyRing ring in keys.GetKeyRings())
            if (Convert.ToHexString(ring.GetPublicKey().GetFingerprint()).Equals(fingerprint, StringComparison.OrdinalIgnoreCase))
                return ring.GetPublicKey(id);
        return null;
    }

    static bool IsOf(PgpSignature signature, PgpPublicKey key, ReadOnlySpan<byte> file)
    {
        signature.InitVerify(key);
        signature.Update(file.ToArray());
        return signature.Verify();
    }

    static TrawlException Untrusted(string message, Exception? inner) =>
        new(FailureKind.WrongContent, message, inner) { Detail = "UNTRUSTED_RELEASE" };
}
