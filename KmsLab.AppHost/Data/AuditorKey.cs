using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KmsLab.AppHost.Data;

/// <summary>
/// The lab's own auditor: an API key in the data directory. CryptoApi gets its hash.
/// Whoever can read the file may ask CryptoApi who was behind a KMS call.
/// </summary>
internal static class AuditorKey
{
    public const string FileName = "audit.key";

    /// <summary>The auditor's name as an API client.</summary>
    public const string Client = "lab-auditor";

    /// <summary>SHA-256 of the key, in hexadecimal; the key is made at the first start.</summary>
    /// <exception cref="LabException">The file can't be read or made.</exception>
    public static string Hash(DataDirectory data)
    {
        var key = SecretFile.ReadOrCreate(data.PathOf(FileName), NewKey);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }

    private static string NewKey() => "kmslab_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
