using System.Globalization;
using System.Text;
using StandardWebhooks;

namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>
/// Proves to the receiver that a body comes from this Sentinel and when, as Standard Webhooks says: headers <c>webhook-id</c>, <c>webhook-timestamp</c> and
/// <c>webhook-signature</c>, which is <c>v1,</c> and HMAC-SHA256 over id, timestamp and body with dots between, in base64.
/// </summary>
/// <remarks>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</remarks>
internal sealed class WebhookSignature(string secret)
{
    private const string Prefix = "whsec_";

    private readonly StandardWebhook _webhook = new(KeyOf(secret) ?? []);

    /// <summary>The key: what follows <c>whsec_</c> in base64, or else the secret's own bytes. Null when it is no base64.</summary>
    public static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(secret);

        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) ? key[..length] : null;
    }

    /// <summary>Adds the three headers.</summary>
    public void Sign(HttpRequestMessage request, string id, DateTimeOffset at, string body)
    {
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", _webhook.Sign(id, at, body));
    }
}
