using System.Security.Cryptography;

namespace KmsLab.CloudTrail.Attestation;

/// <summary>Makes and reads attestation keys: ECDSA P-256, in PEM.</summary>
public static class AttestationKeys
{
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Makes a key pair.</summary>
    public static (string PrivatePem, string PublicPem) Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (key.ExportPkcs8PrivateKeyPem(), key.ExportSubjectPublicKeyInfoPem());
    }

    /// <summary>The public half of a private key.</summary>
    /// <exception cref="ArgumentException">It is no P-256 key in PEM.</exception>
    public static string PublicPemOf(string privateKeyPem)
    {
        using var key = ImportP256(privateKeyPem);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>Reads a key, private or public.</summary>
    /// <exception cref="ArgumentException">It is no P-256 key in PEM.</exception>
    internal static ECDsa ImportP256(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid is { } curve && (curve.Value == P256 || curve.FriendlyName is "nistP256" or "ECDSA_P256"))
                return key;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new ArgumentException("An attestation key must be an ECDSA P-256 key in PEM.", nameof(pem), unreadable);
        }

        key.Dispose();
        throw new ArgumentException("An attestation key must be on the curve P-256.", nameof(pem));
    }
}
