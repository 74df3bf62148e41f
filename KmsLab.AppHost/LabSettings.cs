using KmsLab.ServiceDefaults;

namespace KmsLab.AppHost;

/// <summary>What the embedded lab tells each service: defaults that a user may override, and what must not be overridden.</summary>
internal static class LabSettings
{
    public const string Region = "us-east-1";
    public const string AccountId = "000000000000";

    private static readonly Principal CryptoApiRole = new("AKIALABCRYPTOAPI0000", $"arn:aws:sts::{AccountId}:assumed-role/kmslab-cryptoapi/lab");
    private static readonly Principal SentinelRole = new("AKIALABSENTINEL00000", $"arn:aws:sts::{AccountId}:assumed-role/kmslab-sentinel/lab");

    /// <summary>Defaults of every host: quiet frameworks, our own messages on one line each.</summary>
    public static Dictionary<string, string?> Defaults(DataDirectory data) => new()
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:KmsLab"] = "Information",
        // While the lab starts it asks until everything is healthy; a "no" on the way is no news.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
        ["Logging:Console:FormatterName"] = LabConsole.FormatterName,

        ["LocalAws:Url"] = "http://localhost:4566",
        ["LocalAws:DataDirectory"] = data.Path,
        ["LocalAws:AccountId"] = AccountId,
        ["LocalAws:Region"] = Region,
        ["LocalAws:Trail:Name"] = "kmslab",
        ["LocalAws:Trail:LogGroup"] = "kmslab-trail",
        ["LocalAws:Principals:0:AccessKeyId"] = CryptoApiRole.AccessKeyId,
        ["LocalAws:Principals:0:SecretAccessKey"] = Principal.SecretAccessKey,
        ["LocalAws:Principals:0:Arn"] = CryptoApiRole.Arn,
        ["LocalAws:Principals:1:AccessKeyId"] = SentinelRole.AccessKeyId,
        ["LocalAws:Principals:1:SecretAccessKey"] = Principal.SecretAccessKey,
        ["LocalAws:Principals:1:Arn"] = SentinelRole.Arn,

        ["CryptoApi:Url"] = "http://localhost:5080",
        ["CryptoApi:Database"] = "Sqlite",
        ["CryptoApi:KmsKeyId"] = "alias/kmslab",
        ["CryptoApi:CreateKey"] = "true",
        ["CryptoApi:Attestation:KeyId"] = "lab",
        ["CryptoApi:Attestation:PrivateKeyFile"] = data.PathOf("attestation.pem"),
        ["CryptoApi:Attestation:CreateKeyFile"] = "true",
        // A name for an index: whoever adds clients of their own counts from 0.
        ["CryptoApi:Authentication:Clients:lab-auditor:Name"] = AuditorKey.Client,
        ["CryptoApi:Authentication:Clients:lab-auditor:KeyHash"] = AuditorKey.Hash(data),
        ["CryptoApi:Audit:Auditors:lab-auditor"] = AuditorKey.Client,
        ["ConnectionStrings:vault"] = $"Data Source={data.PathOf("vault.db")}",

        ["Sentinel:Url"] = "http://localhost:5090",
        ["Sentinel:Database"] = "Sqlite",
        ["Sentinel:LogGroups:0"] = "kmslab-trail",
        ["Sentinel:HeadInterval"] = "00:00:01",
        ["Sentinel:AllowedLateness"] = "00:00:05",
        ["ConnectionStrings:sentinel"] = $"Data Source={data.PathOf("sentinel.db")}",
    };

    /// <summary>Telemetry is the lab's, not each host's.</summary>
    public static Dictionary<string, string?> Embedded => new() { [ServiceDefaultsExtensions.EmbeddedKey] = "true" };

    public static Dictionary<string, string?> AwsOfCryptoApi(Uri endpoint) => Aws(endpoint, CryptoApiRole);

    public static Dictionary<string, string?> AwsOfSentinel(Uri endpoint) => Aws(endpoint, SentinelRole);

    /// <summary>
    /// Explicit endpoint, Region and credentials: a profile or an <c>AWS_ENDPOINT_URL</c> in the user's environment must never send the lab's calls
    /// to a real account.
    /// </summary>
    private static Dictionary<string, string?> Aws(Uri endpoint, Principal principal) => new(Embedded)
    {
        ["AWS:Profile"] = null,
        ["AWS:ServiceURL"] = endpoint.ToString(),
        ["AWS:Region"] = Region,
        ["AWS:AccessKeyId"] = principal.AccessKeyId,
        ["AWS:SecretAccessKey"] = Principal.SecretAccessKey,
    };

    /// <summary>A lab identity. The secret is no secret: LocalAws checks no signatures.</summary>
    private sealed record Principal(string AccessKeyId, string Arn)
    {
        public const string SecretAccessKey = "kmslab-lab-credentials-not-a-secret";
    }
}
