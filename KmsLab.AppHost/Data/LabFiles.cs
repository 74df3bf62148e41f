namespace KmsLab.AppHost.Data;

/// <summary>Names of the files in a data directory.</summary>
internal static class LabFiles
{
    /// <summary>CryptoApi's SQLite database.</summary>
    public const string Vault = "vault.db";

    /// <summary>Sentinel's SQLite database.</summary>
    public const string Sentinel = "sentinel.db";

    /// <summary>The key that signs CryptoApi's KMS calls, made by CryptoApi.</summary>
    public const string AttestationKey = "attestation.pem";

    /// <summary>Its public half, which Sentinel verifies with.</summary>
    public const string AttestationPublicKey = "attestation.pem.pub";

    /// <summary>The key that signs Sentinel's canary calls.</summary>
    public const string CanaryKey = "canary.pem";

    /// <summary>The password of the lab's PostgreSQL.</summary>
    public const string PostgresPassword = "postgres.password";

    /// <summary>The cluster of the lab's PostgreSQL.</summary>
    public const string PostgresCluster = "postgres";

    /// <summary>Addresses of the lab that holds the directory.</summary>
    public const string Running = "lab.json";
}
