using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>A symmetric KMS key. Immutable: a change replaces it, so the crypto path reads it without a lock.</summary>
internal sealed record KmsKey
{
    public required string Id { get; init; }
    public required string Account { get; init; }
    public required string Region { get; init; }
    public required DateTimeOffset Created { get; init; }
    public string Description { get; init; } = "";
    public bool Enabled { get; init; } = true;

    /// <summary>When the key and its material go; null unless deletion is scheduled.</summary>
    public DateTimeOffset? DeletionDate { get; init; }

    /// <summary>True for the keys behind <c>alias/aws/...</c>, which users may use but not change.</summary>
    public bool IsAwsManaged { get; init; }

    public bool IsMultiRegion { get; init; }

    /// <summary>True for a multi-Region key that shares its id and material with a primary key in another Region.</summary>
    public bool IsReplica { get; init; }

    /// <summary>For a primary key whose deletion waits for that of its replicas: how many days come after that.</summary>
    public int? PendingWindowInDays { get; init; }

    public required string Policy { get; init; }
    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>The key's materials, oldest first; the last one encrypts, all of them decrypt.</summary>
    public required List<KeyMaterial> Materials { get; init; }

    /// <summary>Days between automatic rotations; null when they are off.</summary>
    public int? RotationPeriodInDays { get; init; }

    /// <summary>When the automatic rotation is due next.</summary>
    public DateTimeOffset? NextRotation { get; init; }

    public string Arn => $"arn:{Partitions.Of(Region)}:kms:{Region}:{Account}:key/{Id}";

    public KeyMaterial Current => Materials[^1];

    /// <summary>True once it is on its way out.</summary>
    public bool IsPendingDeletion => DeletionDate is not null || PendingWindowInDays is not null;

    public string State => DeletionDate is not null ? "PendingDeletion" : IsPendingDeletion ? "PendingReplicaDeletion" : Enabled ? "Enabled" : "Disabled";

    /// <summary>Finds the material that a ciphertext names.</summary>
    public KeyMaterial? Material(ReadOnlySpan<byte> idPrefix)
    {
        foreach (var material in Materials)
        {
            if (idPrefix.SequenceEqual(material.IdPrefix))
                return material;
        }

        return null;
    }
}

/// <summary>256 bits of key material. It lies in the state file as it is: this is a lab tool.</summary>
/// <param name="Id">64 hexadecimal digits, as AWS shows it.</param>
/// <param name="Bytes">The AES-256 key.</param>
/// <param name="Created">When it became current.</param>
/// <param name="RotationType"><c>AUTOMATIC</c> or <c>ON_DEMAND</c>; null for the key's first.</param>
internal sealed record KeyMaterial(string Id, byte[] Bytes, DateTimeOffset Created, string? RotationType)
{
    /// <summary>The bytes by which a ciphertext names its material.</summary>
    internal byte[] IdPrefix { get; } = Convert.FromHexString(Id.AsSpan(0, CiphertextBlob.MaterialIdLength * 2));

    public static KeyMaterial Create(DateTimeOffset now, string? rotationType) => new(
        Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)),
        System.Security.Cryptography.RandomNumberGenerator.GetBytes(32), now, rotationType);
}

/// <summary>A name for a key.</summary>
internal sealed record KmsAlias(string Name, string KeyId, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>A grant: kept, listed, retired and revoked; not enforced.</summary>
internal sealed record KmsGrant
{
    public required string Id { get; init; }
    public required string KeyId { get; init; }
    public string? Name { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required string GranteePrincipal { get; init; }
    public string? RetiringPrincipal { get; init; }
    public required string IssuingAccount { get; init; }
    public required List<string> Operations { get; init; }
    public GrantConstraints? Constraints { get; init; }
}
