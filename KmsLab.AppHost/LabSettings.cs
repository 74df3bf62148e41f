using KmsLab.ServiceDefaults;

namespace KmsLab.AppHost;

/// <summary>What the embedded lab tells each service: defaults that a user may override, and what must not be overridden.</summary>
internal static class LabSettings
{
    /// <summary>Defaults of every host: what the lab says however it is run, quiet frameworks, our own messages on one line each, and where things lie.</summary>
    public static Dictionary<string, string?> Defaults(DataDirectory data) => new(LabDefaults.LocalAws.Concat(LabDefaults.CryptoApi).Concat(LabDefaults.Sentinel))
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:KmsLab"] = "Information",
        // While the lab starts it asks until everything is healthy; a "no" on the way is no news.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
        ["Logging:Console:FormatterName"] = LabConsole.FormatterName,

        ["LocalAws:Url"] = Local(LabDefaults.LocalAwsPort),
        ["LocalAws:DataDirectory"] = data.Path,

        ["CryptoApi:Url"] = Local(LabDefaults.CryptoApiPort),
        ["CryptoApi:Database"] = "Sqlite",
        ["CryptoApi:Attestation:PrivateKeyFile"] = data.PathOf("attestation.pem"),
        ["CryptoApi:Attestation:CreateKeyFile"] = "true",
        // A name for an index: whoever adds clients of their own counts from 0.
        ["CryptoApi:Authentication:Clients:lab-auditor:Name"] = AuditorKey.Client,
        ["CryptoApi:Authentication:Clients:lab-auditor:KeyHash"] = AuditorKey.Hash(data),
        ["CryptoApi:Audit:Auditors:lab-auditor"] = AuditorKey.Client,
        ["ConnectionStrings:vault"] = $"Data Source={data.PathOf("vault.db")}",

        ["Sentinel:Url"] = Local(LabDefaults.SentinelPort),
        ["Sentinel:Database"] = "Sqlite",
        ["Sentinel:Canary:SigningKeyFile"] = data.PathOf("canary.pem"),
        ["Sentinel:Canary:CreateSigningKeyFile"] = "true",
        [$"Sentinel:Attestation:PublicKeyFiles:{LabDefaults.AttestationKeyId}"] = data.PathOf("attestation.pem.pub"),
        // CryptoApi makes it at its first start; a user who gives CryptoApi another key gives Sentinel its public half.
        ["Sentinel:Attestation:AwaitFiles"] = "true",
        ["ConnectionStrings:sentinel"] = $"Data Source={data.PathOf("sentinel.db")}",
    };

    /// <summary>Telemetry is the lab's, not each host's.</summary>
    public static Dictionary<string, string?> Embedded => new() { [ServiceDefaultsExtensions.EmbeddedKey] = "true" };

    public static Dictionary<string, string?> AwsOfCryptoApi(Uri endpoint) => Aws(endpoint, LabDefaults.CryptoApiRole);

    public static Dictionary<string, string?> AwsOfSentinel(Uri endpoint) => Aws(endpoint, LabDefaults.SentinelRole);

    private static Dictionary<string, string?> Aws(Uri endpoint, LabPrincipal principal) => new(Embedded.Concat(LabDefaults.Aws(endpoint.ToString(), principal)));

    private static string Local(int port) => $"http://localhost:{port}";
}
