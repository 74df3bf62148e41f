namespace KmsLab.AppHost.Databases;

/// <summary>Names of the databases.</summary>
internal static class DatabaseNames
{
    /// <summary>CryptoApi's.</summary>
    public const string Vault = "vault";

    /// <summary>Sentinel's.</summary>
    public const string Sentinel = "sentinel";

    /// <summary>The resource of a database: <c>sentinel</c> is the service's name already.</summary>
    public static string ResourceOf(string database) => database == Sentinel ? "sentinel-state" : database;
}
