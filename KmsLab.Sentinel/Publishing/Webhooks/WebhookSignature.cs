using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>
/// Proves to the receiver that a body comes from this Sentinel and when: <c>KmsLab-Signature: t=1795490219,v1=5257a8...</c>, where v1 is
/// HMAC-SHA256 over the timestamp, a dot and the body as it was sent, in hexadecimal.
/// </summary>
/// <remarks>A receiver computes the same, compares in constant time, and refuses a timestamp more than five minutes off.</remarks>
internal static class WebhookSignature
{
    public const string Header = "KmsLab-Signature";

    public static string Of(string secret, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(seconds + "."));
        hmac.AppendData(body);
        return $"t={seconds},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
