namespace KmsLab.Simulator;

/// <summary>What a live run is aimed at.</summary>
/// <param name="CryptoApi">The application.</param>
/// <param name="LocalAws">The AWS endpoint.</param>
/// <param name="Region">Its Region.</param>
/// <param name="VaultConnectionString">The application's SQLite database, which the thief has a copy of; null: what needs it is refused. It is only read.</param>
public sealed record LabTarget(Uri CryptoApi, Uri LocalAws, string Region, string? VaultConnectionString)
{
    /// <summary>The account, 12 digits.</summary>
    public string AccountId { get; init; } = "000000000000";

    /// <summary>The application's key.</summary>
    public string KeyAlias { get; init; } = "alias/kmslab";

    /// <summary>The trail that Sentinel reads.</summary>
    public string TrailName { get; init; } = "kmslab";

    /// <summary>The application's role, whose session is stolen.</summary>
    public string ApplicationRole { get; init; } = "kmslab-cryptoapi";

    /// <summary>An API key for CryptoApi, where it asks for one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The access key that assumes the roles. On LocalAws anything will do.</summary>
    public string AccessKeyId { get; init; } = "simulator";

    /// <summary>Its secret. On LocalAws anything will do.</summary>
    public string SecretAccessKey { get; init; } = "kmslab-lab-credentials-not-a-secret";

    /// <summary>Attack endpoints beyond this machine, too: the account is yours, and you want its keys and its trail changed.</summary>
    public bool OwnsThisAccount { get; init; }

    /// <summary>How somebody does with the <c>aws</c> CLI what a run could not.</summary>
    internal string Command(string call) => $"aws {(LocalAws.IsLoopback ? $"--endpoint-url {LocalAws.GetLeftPart(UriPartial.Authority)} " : "")}--region {Region} {call}";
}
