using System.Buffers.Text;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Simulator.Plans;

/// <summary>The account that plans play in: names, keys and records, all of them functions of the seed.</summary>
/// <param name="seed">The run's seed.</param>
/// <param name="account">The account, 12 digits.</param>
/// <param name="region">Its Region.</param>
internal sealed class World(int seed, string account, string region)
{
    /// <summary>The application's key.</summary>
    public const string Vault = "vault";

    /// <summary>A multi-Region key of the application's.</summary>
    public const string Family = "family";

    /// <summary>Another team's key, which its own service uses directly.</summary>
    public const string Payments = "payments";

    /// <summary>The key of the nightly export.</summary>
    public const string Exports = "exports";

    /// <summary>The key of the data lake, which S3 uses on behalf of those who read it.</summary>
    public const string DataLake = "datalake";

    /// <summary>The key of the databases' disks.</summary>
    public const string Databases = "databases";

    /// <summary>The key of Secrets Manager.</summary>
    public const string Secrets = "secrets";

    /// <summary>The key of Sentinel's canary.</summary>
    public const string Canary = "canary";

    /// <summary>Where attackers call from: a network for documentation (RFC 5737), so nobody's.</summary>
    public const string ElsewhereAddress = "203.0.113.66";

    /// <summary>The account of attackers.</summary>
    public const string ForeignAccount = "999988887777";

    private readonly Dictionary<int, EncryptionContext> _contexts = [];

    public int Seed => seed;

    public string Account => account;

    public string Region => region;

    public string TrailName { get; init; } = "kmslab";

    public string TrailArn => $"arn:aws:cloudtrail:{region}:{account}:trail/{TrailName}";

    public string ApplicationRole { get; init; } = "kmslab-cryptoapi";

    public string Alias { get; init; } = "alias/kmslab";

    public string AliasArn => $"arn:aws:kms:{region}:{account}:{Alias}";

    public string RoleArn(string role) => $"arn:aws:iam::{account}:role/{role}";

    public string KeyArn(string key) => $"arn:aws:kms:{region}:{account}:key/{KeyId(key)}";

    public string KeyId(string key) => key == Family ? $"mrk-{GuidOf($"key {key}"):N}" : GuidOf($"key {key}").ToString();

    /// <summary>The Region that a stranger makes a replica in.</summary>
    public const string ReplicaRegion = "ap-southeast-2";

    /// <summary>The ARN of a multi-Region key's replica.</summary>
    public string ReplicaArn(string key) => $"arn:aws:kms:{ReplicaRegion}:{account}:key/{KeyId(key)}";

    /// <summary>The secret with the application's signing key.</summary>
    public string AttestationSecretArn => $"arn:aws:secretsmanager:{region}:{account}:secret:kmslab-attestation-a1B2c3";

    /// <summary>The role that reads it for the application's tasks.</summary>
    public string ExecutionRole { get; init; } = "kmslab-execution";

    /// <summary>The encryption context of a record, as the application makes it: <c>r</c>, and <c>t</c> of name and Key.</summary>
    public EncryptionContext ContextOf(int record)
    {
        if (!_contexts.TryGetValue(record, out var context))
            _contexts.Add(record, context = Context(record, $"token {record}"));
        return context;
    }

    /// <summary>The same with a wrong Key: another <c>t</c>.</summary>
    public EncryptionContext WrongContextOf(int record, long attempt) => Context(record, FormattableString.Invariant($"guess {record} {attempt}"));

    private Guid GuidOf(string name) => new(Draws.Bytes(seed, name).AsSpan(0, 16));

    private EncryptionContext Context(int record, string token) => new(
    [
        new("r", Convert.ToHexStringLower(Draws.Bytes(seed, FormattableString.Invariant($"record {record}")).AsSpan(0, 16))),
        new("t", Base64Url.EncodeToString(Draws.Bytes(seed, token))),
    ]);
}
