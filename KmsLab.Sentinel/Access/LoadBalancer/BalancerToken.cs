using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KmsLab.Sentinel.Access.LoadBalancer;

/// <summary>
/// What a load balancer says about who is there, in <c>x-amzn-oidc-data</c>: a JWT of its own kind, signed with ES256. Whom it is from and for, and how
/// long it holds, stands in the JWT's header; the payload is what the identity provider tells of the user.
/// </summary>
/// <remarks>
/// <para>
/// The parts are base64url with padding, which JWT forbids (RFC 7515 §2), and the signature covers the padding. So libraries for JWTs either fail to read
/// it or, without the padding, to verify it; here the bytes are verified as they came.
/// </para>
/// <para>https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding</para>
/// </remarks>
internal sealed class BalancerToken
{
    public const string Header = "x-amzn-oidc-data";

    private const int MaxLength = 16 * 1024; // More than a load balancer sends: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html

    private const int SignatureBytes = 64; // R and S, 32 bytes each (RFC 7518 §3.4), not DER.

    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly JsonElement _header;
    private readonly JsonElement _claims;

    private BalancerToken(byte[] signed, byte[] signature, JsonElement header, JsonElement claims) =>
        (_signed, _signature, _header, _claims) = (signed, signature, header, claims);

    public string? Algorithm => Text(_header, "alg");

    public string? KeyId => Text(_header, "kid");

    public string? Signer => Text(_header, "signer");

    public string? Issuer => Text(_header, "iss");

    public string? ClientId => Text(_header, "client");

    /// <summary>Null where it is missing or makes no sense: such a token has expired.</summary>
    public DateTimeOffset? Expires =>
        _header.TryGetProperty("exp", out var exp) && exp.ValueKind == JsonValueKind.Number && exp.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>The provider says itself that nobody has checked whose address this is.</summary>
    public bool HasUnverifiedEmail => _claims.TryGetProperty("email_verified", out var verified)
        && (verified.ValueKind == JsonValueKind.False || (verified.ValueKind == JsonValueKind.String && !string.Equals(verified.GetString(), "true", StringComparison.OrdinalIgnoreCase)));

    /// <summary>What the provider tells of the user, before anybody has verified that it does.</summary>
    public string? Claim(string name) => Text(_claims, name);

    public bool IsSignedBy(ECDsa key) =>
        _signature.Length == SignatureBytes && key.VerifyData(_signed, _signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Takes it apart; null if it isn't one.</summary>
    public static BalancerToken? Read(string token)
    {
        if (token.Length > MaxLength || token.Split('.') is not [var header, var claims, var signature])
            return null;

        try
        {
            var (head, body) = (JsonElement.Parse(Base64Url.DecodeFromChars(header)), JsonElement.Parse(Base64Url.DecodeFromChars(claims)));
            return head.ValueKind == JsonValueKind.Object && body.ValueKind == JsonValueKind.Object
                ? new(Encoding.ASCII.GetBytes($"{header}.{claims}"), Base64Url.DecodeFromChars(signature), head, body)
                : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
