using System.Security.Cryptography;
using System.Text;

namespace KmsLab.LocalAws.Kms;

/// <summary>Grant tokens: a grant's id with a checksum. Nothing secret: grants aren't enforced here.</summary>
internal static class GrantTokens
{
    private const int IdLength = 64;
    private const int CheckLength = 16;

    public static string Of(string grantId) => Convert.ToBase64String(Encoding.ASCII.GetBytes(grantId + Checksum(grantId)));

    /// <summary>The grant's id; null when it is no token of ours.</summary>
    public static string? GrantId(string token)
    {
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length) || length != IdLength + CheckLength)
            return null;
        var text = Encoding.ASCII.GetString(bytes, 0, length);
        return text[IdLength..] == Checksum(text[..IdLength]) ? text[..IdLength] : null;
    }

    /// <exception cref="Wire.AwsException">InvalidGrantTokenException.</exception>
    public static void Check(List<string>? tokens)
    {
        if (tokens?.Exists(token => token is null || GrantId(token) is null) == true)
            throw new Wire.AwsException("InvalidGrantTokenException", "The grant token is not valid.");
    }

    private static string Checksum(string grantId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("kmslab grant " + grantId)))[..CheckLength];
}
