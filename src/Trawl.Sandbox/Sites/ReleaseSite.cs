using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>github.com, as far as releases of yt-dlp are fetched from it: a program that says its version, its checksum, and a signature by a key of the sandbox's own.</summary>
sealed class ReleaseSite : Site
{
    /// <summary>The fingerprint of the sandbox's key, which is the same in every run.</summary>
    public const string Fingerprint = "1CC9DF365F42FCA8B8504EC8E995ED73D2A339C2";

    const string Pages = "github.com";
    const string Raw = "raw.githubusercontent.com";
    const string Assets = "release-assets.githubusercontent.com";

    static readonly DateTime Born = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    static readonly Lazy<PgpKeyPair> Key = new(MakeKey);

    public override bool Plays(string host) => host is Pages or Raw or Assets;

    public override Task<Reply> AnswerAsync(Request request) => Task.FromResult(Answer(request));

    static Reply Answer(Request request) =>
        (request.Host, request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries)) switch
        {
            (Raw, ["yt-dlp", "yt-dlp", _, "public.key"]) => File(PublicKey()),
            (Pages, ["yt-dlp", var repository, "releases", "latest", "download", var name]) when VersionOf(repository) is not null =>
                Reply.Redirect($"https://{Assets}/{repository}/{name}?X-Amz-Signature=sandbox"),
            (Assets, [var repository, var name]) when VersionOf(repository) is { } version => Asset(name, version),
            _ => Reply.Nothing(404),
        };

    static string? VersionOf(string repository) =>
        repository switch
        {
            "yt-dlp" => "2026.11.20",
            "yt-dlp-nightly-builds" => "2026.11.25.232839",
            "yt-dlp-master-builds" => "2026.11.26.120101",
            _ => null,
        };

    static Reply Asset(string name, string version) =>
        name switch
        {
            "SHA2-256SUMS" => File(Sums(version)),
            "SHA2-256SUMS.sig" => File(Signature(Sums(version))),
            "yt-dlp" or "yt-dlp_linux" or "yt-dlp_linux_aarch64" => File(Program(version)),
            _ => Reply.Nothing(404),
        };

    static Reply File(byte[] content) => new Reply(200, Body.Of(content)).With("Content-Type", "application/octet-stream");

    // not the program, but one that says what it is
    static byte[] Program(string version) =>
        Encoding.UTF8.GetBytes(
            $"#!/bin/sh\ncase \"$1\" in --version) echo {version};; --help) echo --ignore-config;; *) echo 'ERROR: this is the sandbox'\\''s' >&2; exit 1;; esac\n"
        );

    static byte[] Sums(string version)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Program(version)));
        return Encoding.UTF8.GetBytes($"{hash}  yt-dlp\n{hash}  yt-dlp_linux\n{hash}  yt-dlp_linux_aarch64\n");
    }

    static byte[] Signature(byte[] file)
    {
        var signing = new PgpSignatureGenerator(Key.Value.PublicKey.Algorithm, HashAlgorithmTag.Sha256);
        signing.InitSign(PgpSignature.BinaryDocument, Key.Value.PrivateKey);
        signing.Update(file);
        return signing.Generate().GetEncoded();
    }

    static byte[] PublicKey()
    {
        var text = new MemoryStream();
        using (var armor = new ArmoredOutputStream(text))
            Key.Value.PublicKey.Encode(armor);
        return text.ToArray();
    }

    // everybody may know it: it signs nothing that is of any use elsewhere
    static PgpKeyPair MakeKey()
    {
        var secret = new Ed25519PrivateKeyParameters(SHA256.HashData("the release key of the sandbox"u8));
        return new PgpKeyPair(PublicKeyAlgorithmTag.EdDsa_Legacy, new AsymmetricCipherKeyPair(secret.GeneratePublicKey(), secret), Born);
    }
}
