namespace KmsLab.Sentinel.Trail;

/// <summary>
/// Keys that belong together and that Sentinel guards: <c>Sentinel:ProtectedSets:{name}</c>. Baselines, first-seen and spread group by set, so that
/// per-record keys don't look new for ever.
/// </summary>
internal sealed class ProtectedSet
{
    /// <summary>Its name in the configuration.</summary>
    public string Name { get; set; } = "";

    /// <summary>ARNs of keys.</summary>
    public string[] Keys { get; set; } = [];

    /// <summary>A tag, as <c>name=value</c>: every key that was ever seen with it belongs to the set, for good.</summary>
    public string? Tag { get; set; }

    /// <summary>AWS services that may use the keys on somebody's behalf without attestation, such as <c>rds.amazonaws.com</c>.</summary>
    public string[] Services { get; set; } = [];

    /// <summary>Principals that may use the keys without attestation, with <c>*</c> and <c>?</c>.</summary>
    public string[] UnattestedPrincipals { get; set; } = [];

    /// <summary>ARNs of the roles that may use the keys: the application's. Whoever changes or borrows them could read.</summary>
    public string[] Roles { get; set; } = [];

    /// <summary>Principals that deploy the application and look after its keys, with <c>*</c> and <c>?</c>.</summary>
    public string[] Deployers { get; set; } = [];

    /// <summary>Where the roles' credentials are used from: addresses or CIDR blocks. Empty: anywhere.</summary>
    public string[] Addresses { get; set; } = [];

    /// <summary>VPC endpoints that the roles' calls come through. Empty: any.</summary>
    public string[] VpcEndpoints { get; set; } = [];

    /// <summary>ARNs of the secrets or parameters that hold the attestation's private key.</summary>
    public string[] AttestationSecrets { get; set; } = [];

    /// <summary>Principals that may read those secrets, with <c>*</c> and <c>?</c>: the execution role.</summary>
    public string[] SecretReaders { get; set; } = [];

    /// <summary>ARNs of the KMS keys that encrypt those secrets.</summary>
    public string[] AttestationSecretKeys { get; set; } = [];

    /// <summary>Accounts beside the keys' own that policies and grants may let in, 12 digits each.</summary>
    public string[] TrustedAccounts { get; set; } = [];

    /// <summary>ECS clusters that the application runs in, by name. Empty: any.</summary>
    public string[] Clusters { get; set; } = [];

    /// <summary>Families of ECS task definitions that run with the roles. Those that are registered while Sentinel watches it learns itself.</summary>
    public string[] TaskFamilies { get; set; } = [];

    /// <summary>Names of aliases of the keys, such as <c>alias/vault</c>. Those that are made while Sentinel watches it learns itself.</summary>
    public string[] Aliases { get; set; } = [];

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check(string at)
    {
        if (Keys.Length == 0 && string.IsNullOrWhiteSpace(Tag))
            yield return $"{at} needs Keys (ARNs) or a Tag (name=value)";
        foreach (var key in Keys.Where(key => !key.StartsWith("arn:", StringComparison.Ordinal) || !key.Contains(":key/", StringComparison.Ordinal)))
            yield return $"{at}:Keys: '{key}' is no key ARN such as arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        if (Tag is { Length: > 0 } tag && tag.IndexOf('=', StringComparison.Ordinal) is < 1)
            yield return $"{at}:Tag must be name=value, such as kmslab:set=vault";
        foreach (var address in Addresses.Where(address => !IsAddress(address)))
            yield return $"{at}:Addresses: '{address}' is no address or CIDR block such as 10.0.0.0/16";
        foreach (var arn in Roles.Concat(AttestationSecrets).Concat(AttestationSecretKeys).Where(arn => !arn.StartsWith("arn:", StringComparison.Ordinal)))
            yield return $"{at}: '{arn}' is no ARN";
        foreach (var account in TrustedAccounts.Where(account => !IsAccount(account)))
            yield return $"{at}:TrustedAccounts: '{account}' is no account number of 12 digits";
        foreach (var alias in Aliases.Where(alias => !alias.StartsWith("alias/", StringComparison.Ordinal)))
            yield return $"{at}:Aliases: '{alias}' is no alias such as alias/vault";
    }

    private static bool IsAccount(string account) => account.Length == 12 && account.All(char.IsAsciiDigit);

    private static bool IsAddress(string address) => System.Net.IPNetwork.TryParse(address, out _) || System.Net.IPAddress.TryParse(address, out _);
}
