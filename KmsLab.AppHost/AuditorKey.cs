using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KmsLab.AppHost;

/// <summary>
/// The lab's own auditor: an API key in the data directory, readable by its owner only. CryptoApi gets its hash; whoever reads the file may ask
/// CryptoApi who was behind a KMS call.
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
        var path = data.PathOf(FileName);
        try
        {
            var key = File.Exists(path) ? File.ReadAllText(path).Trim() : Create(path);
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"the auditor's key {path} can't be used ({unusable.Message.TrimEnd('.')}). Delete it, or choose another data directory with --data DIR.", unusable);
        }
    }

    private static string Create(string path)
    {
        var owned = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            owned.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        var key = "kmslab_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        using var writer = new StreamWriter(path, owned);
        writer.Write(key);
        return key;
    }
}
