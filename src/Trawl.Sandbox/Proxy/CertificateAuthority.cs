using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Proxy;

/// <summary>
/// The sandbox's certificate authority: lives for one run, its key stays in memory, and its name constraints keep it from vouching for any
/// host the sandbox does not play.
/// </summary>
sealed class CertificateAuthority : IDisposable
{
    readonly ConcurrentDictionary<(string Host, TlsFault Fault), SslStreamCertificateContext> _contexts = new();
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly X509Certificate2 _root;
    readonly DateTimeOffset _from;

    public CertificateAuthority(IEnumerable<string> domains, DateTimeOffset now)
    {
        _from = now.AddDays(-1);
        var request = new CertificateRequest("CN=Trawl sandbox (this run only)", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(NameConstraints(domains));
        _root = request.CreateSelfSigned(_from, _from.AddDays(31));
    }

    /// <summary>The certificate, without its key.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>The certificate a host shows, right or wrong.</summary>
    public SslStreamCertificateContext For(string host, TlsFault fault) => _contexts.GetOrAdd((host, fault), Issue);

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }

    SslStreamCertificateContext Issue((string Host, TlsFault Fault) wish)
    {
        var host = wish.Fault == TlsFault.WrongName ? "another.sandbox.test" : wish.Host;
        var until = wish.Fault == TlsFault.Expired ? _from.AddHours(1) : _from.AddDays(30);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        using var bare = request.Create(_root, _from, until, RandomNumberGenerator.GetBytes(12));
        return SslStreamCertificateContext.Create(bare.CopyWithPrivateKey(key), [], offline: true);
    }

    // RFC 5280, 4.2.1.10: permittedSubtrees [0] { { dNSName [2] } ... }
    static X509Extension NameConstraints(IEnumerable<string> domains)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            foreach (var domain in domains)
                using (writer.PushSequence())
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, domain, new Asn1Tag(TagClass.ContextSpecific, 2));
        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }
}
