using KmsLab.CloudTrail.Attestation;

namespace KmsLab.Tests.Aws;

/// <summary>Parameters of the templates, and what the containers are told with them.</summary>
internal static class Environments
{
    /// <summary>The attestation key pair of these tests.</summary>
    public static (string PrivatePem, string PublicPem) AttestationKey { get; } = AttestationKeys.Create();

    /// <summary>Sentinel's own.</summary>
    public static string CanaryKey { get; } = AttestationKeys.Create().PrivatePem;

    /// <summary>Only what has no default.</summary>
    public static Dictionary<string, string> Least => new()
    {
        ["ImageTag"] = "0123456789ab",
        ["KeyAdministrators"] = "arn:aws:iam::000000000000:role/administrator",
        ["ApiClientKeyHash"] = new string('a', 64),
        ["AllowPlainHttp"] = "true",
        // As it is once the database was migrated.
        ["ServiceTask"] = "new",
        // As deploy.sh gives it: on one line.
        ["AttestationPublicKey"] = AttestationKey.PublicPem.ReplaceLineEndings(" ").Trim(),
    };

    /// <summary>Every switch on, so that everything conditional is there.</summary>
    public static Dictionary<string, string> Everything => new(Least)
    {
        ["VpcEndpoints"] = "true",
        ["KmsEndpoint"] = "vpce-0a1b2c3d4e5f60718",
        ["NatGateways"] = "OnePerZone",
        ["NatAddress1"] = "203.0.113.1",
        ["NatAddress2"] = "203.0.113.2",
        ["TrailQueue"] = "trail-queue",
        ["AccessLogBucket"] = "log-bucket",
        ["MonthlyBudget"] = "200",
        ["BudgetEmail"] = "ops@example.com",
        ["KeyPolicy"] = "PerRecord",
        ["Auditors"] = "first-client",
        ["CertificateArn"] = "arn:aws:acm:us-east-1:000000000000:certificate/x",
        ["WebhookFormat"] = "Json",
        ["Heartbeat"] = "true",
        ["OperatorCidr"] = "203.0.113.0/24",
        ["OperatorKeyHash"] = new string('b', 64),
        ["Deployer"] = "arn:aws:iam::000000000000:role/deployer",
        ["TrailBucket"] = "trail-bucket",
        ["TrailKeyArn"] = "arn:aws:kms:us-east-1:000000000000:key/5d3b0000-0000-4000-8000-000000000000",
        ["TrailRoleArn"] = "arn:aws:iam::000000000000:role/trail",
        ["AlarmEmail"] = "ops@example.com",
    };

    /// <summary>The environment of a stack's container as configuration, secrets with values that will do.</summary>
    public static Dictionary<string, string?> SettingsOf(string stack, Dictionary<string, string> parameters)
    {
        var settings = new Deployment(parameters).EnvironmentOf(stack).ToDictionary(variable => variable.Key.Replace("__", ":", StringComparison.Ordinal), variable => (string?)variable.Value);
        foreach (var (secret, value) in new[]
        {
            ("CryptoApi:Attestation:PrivateKey", AttestationKey.PrivatePem),
            ("Sentinel:Canary:SigningKey", CanaryKey),
            ("Sentinel:Notifications:Webhooks:webhook:Url", "https://127.0.0.1:9/hook"),
            ("Sentinel:Notifications:Heartbeat:Url", "https://127.0.0.1:9/beat"),
            ("Sentinel:Notifications:Webhooks:webhook:Secret", new string('s', 32)),
        })
        {
            if (settings.ContainsKey(secret))
                settings[secret] = value;
        }

        return settings;
    }
}
