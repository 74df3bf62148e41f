using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.TrailHealth.Integrity;

/// <summary>The public keys that CloudTrail signs digests with, a Region's own, by their fingerprints.</summary>
internal sealed class DigestKeys(RegionalClients<IAmazonCloudTrail> clients)
{
    private readonly ConcurrentDictionary<(string Region, string Fingerprint), byte[]> _known = [];

    /// <summary>Finds a key.</summary>
    /// <param name="region">The trail's home Region.</param>
    /// <param name="fingerprint">The key's fingerprint.</param>
    /// <param name="start">From when on it signed something.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key, DER of PKCS #1; null where CloudTrail has none of that name.</returns>
    public async Task<byte[]?> FindAsync(string region, string fingerprint, DateTimeOffset start, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((region, fingerprint), out var known))
            return known;

        // A day on either side: only a key that is known to CloudTrail counts, whenever it was.
        var request = new ListPublicKeysRequest { StartTime = start.AddDays(-1).UtcDateTime, EndTime = start.AddDays(1).UtcDateTime };
        do
        {
            var page = await clients.Of(region).ListPublicKeysAsync(request, cancellationToken);
            foreach (var key in page.PublicKeyList ?? [])
                _known[(region, key.Fingerprint)] = key.Value.ToArray();
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));
        return _known.GetValueOrDefault((region, fingerprint));
    }

    /// <summary>Whether a signature, in hexadecimal, is the key's.</summary>
    public static bool Verify(byte[] publicKey, byte[] signed, string signature)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportRSAPublicKey(publicKey, out _);
            return rsa.VerifyData(signed, Convert.FromHexString(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (Exception problem) when (problem is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
