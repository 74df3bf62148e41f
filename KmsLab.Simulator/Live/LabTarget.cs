using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Simulator;

/// <summary>What a live run is aimed at.</summary>
/// <param name="CryptoApi">The application.</param>
/// <param name="LocalAws">The AWS endpoint.</param>
/// <param name="Region">Its Region.</param>
public sealed record LabTarget(Uri CryptoApi, Uri LocalAws, string Region)
{
    /// <summary>Aims at an application whose database is a SQLite file.</summary>
    /// <param name="cryptoApi">The application.</param>
    /// <param name="localAws">The AWS endpoint.</param>
    /// <param name="region">Its Region.</param>
    /// <param name="sqliteVault">The connection string of its database; null: what needs it is refused.</param>
    public LabTarget(Uri cryptoApi, Uri localAws, string region, string? sqliteVault) : this(cryptoApi, localAws, region) =>
        Vault = sqliteVault is null ? null : new(sqliteVault, DatabaseProvider.Sqlite);

    /// <summary>The application's database, which the thief has a copy of; null: what needs it is refused. It is only read.</summary>
    public ReadOnlyDatabase? Vault { get; init; }

    /// <summary>The account, 12 digits.</summary>
    public string AccountId { get; init; } = "000000000000";

    /// <summary>The application's key.</summary>
    public string KeyAlias { get; init; } = "alias/kmslab";

    /// <summary>The trail that Sentinel reads.</summary>
    public string TrailName { get; init; } = "kmslab";

    /// <summary>The application's role, whose session is stolen.</summary>
    public string ApplicationRole { get; init; } = "kmslab-cryptoapi";

    /// <summary>The tag that puts a key into the application's protected set.</summary>
    public (string Name, string Value) SetTag { get; init; } = ("kmslab:set", "cryptoapi");

    /// <summary>An API key for CryptoApi, where it asks for one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The access key that assumes the roles. On LocalAws anything will do.</summary>
    public string AccessKeyId { get; init; } = "simulator";

    /// <summary>Its secret. On LocalAws anything will do.</summary>
    public string SecretAccessKey { get; init; } = "kmslab-lab-credentials-not-a-secret";

    /// <summary>Attack endpoints beyond this machine, too: the account is yours, and you want its keys and its trail changed.</summary>
    public bool OwnsThisAccount { get; init; }

    /// <summary>How somebody does with the <c>aws</c> CLI what a run could not.</summary>
    internal string Command(string call, string? region = null) => $"aws {(LocalAws.IsLoopback ? $"--endpoint-url {LocalAws.GetLeftPart(UriPartial.Authority)} " : "")}--region {region ?? Region} {call}";
}
