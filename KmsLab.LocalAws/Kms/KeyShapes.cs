using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>A request that names a key and nothing else.</summary>
internal class KeyRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }
}

internal sealed class DescribeKeyRequest : KeyRequest
{
    [Constraint(MaxLength = 10)]
    public List<string>? GrantTokens { get; set; }
}

internal sealed class CreateKeyRequest
{
    [Constraint(MinLength = 1, MaxLength = 131072, Pattern = KmsPatterns.Policy)]
    public string? Policy { get; set; }

    [Constraint(MaxLength = 8192)]
    public string? Description { get; set; }

    [Constraint(Values = ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"])]
    public string? KeyUsage { get; set; }

    [Constraint(Values = ["RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2"])]
    public string? CustomerMasterKeySpec { get; set; }

    [Constraint(Values = ["RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ECC_NIST_EDWARDS25519"])]
    public string? KeySpec { get; set; }

    [Constraint(Values = ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])]
    public string? Origin { get; set; }

    [Constraint(MinLength = 1, MaxLength = 64), NotServed("KmsLab LocalAws has no custom key stores.")]
    public string? CustomKeyStoreId { get; set; }

    public bool? BypassPolicyLockoutSafetyCheck { get; set; }
    public List<Tag>? Tags { get; set; }
    public bool? MultiRegion { get; set; }

    [Constraint(MinLength = 1, MaxLength = 128), NotServed("KmsLab LocalAws has no custom key stores.")]
    public string? XksKeyId { get; set; }
}

internal sealed class KeyMetadataResponse
{
    public KeyMetadata? KeyMetadata { get; set; }
}

internal sealed class KeyMetadata
{
    public string? AWSAccountId { get; set; }
    public string? KeyId { get; set; }
    public string? Arn { get; set; }
    public DateTimeOffset? CreationDate { get; set; }
    public bool? Enabled { get; set; }
    public string? Description { get; set; }
    public string? KeyUsage { get; set; }
    public string? KeyState { get; set; }
    public DateTimeOffset? DeletionDate { get; set; }
    public string? Origin { get; set; }
    public string? KeyManager { get; set; }
    public string? CustomerMasterKeySpec { get; set; }
    public string? KeySpec { get; set; }
    public List<string>? EncryptionAlgorithms { get; set; }
    public bool? MultiRegion { get; set; }
    public MultiRegionConfiguration? MultiRegionConfiguration { get; set; }
    public int? PendingDeletionWindowInDays { get; set; }
    public string? CurrentKeyMaterialId { get; set; }

    /// <param name="key">The key.</param>
    /// <param name="related">It and those that share its id in other Regions, the primary first.</param>
    public static KeyMetadata Of(KmsKey key, IReadOnlyList<KmsKey> related) => new()
    {
        AWSAccountId = key.Account,
        KeyId = key.Id,
        Arn = key.Arn,
        CreationDate = key.Created,
        Enabled = key.State == "Enabled",
        Description = key.Description,
        KeyUsage = "ENCRYPT_DECRYPT",
        KeyState = key.State,
        DeletionDate = key.DeletionDate,
        Origin = "AWS_KMS",
        KeyManager = key.IsAwsManaged ? "AWS" : "CUSTOMER",
        CustomerMasterKeySpec = "SYMMETRIC_DEFAULT",
        KeySpec = "SYMMETRIC_DEFAULT",
        EncryptionAlgorithms = ["SYMMETRIC_DEFAULT"],
        MultiRegion = key.IsMultiRegion,
        MultiRegionConfiguration = key.IsMultiRegion ? MultiRegionConfiguration.Of(key, related) : null,
        PendingDeletionWindowInDays = key.PendingWindowInDays,
        CurrentKeyMaterialId = key.Current.Id,
    };
}

internal sealed class MultiRegionConfiguration
{
    public string? MultiRegionKeyType { get; set; }
    public MultiRegionKey? PrimaryKey { get; set; }
    public List<MultiRegionKey>? ReplicaKeys { get; set; }

    public static MultiRegionConfiguration Of(KmsKey key, IReadOnlyList<KmsKey> related) => new()
    {
        MultiRegionKeyType = key.IsReplica ? "REPLICA" : "PRIMARY",
        PrimaryKey = MultiRegionKey.Of(related[0]),
        ReplicaKeys = [.. related.Skip(1).Select(MultiRegionKey.Of)],
    };
}

internal sealed class MultiRegionKey
{
    public string? Arn { get; set; }
    public string? Region { get; set; }

    public static MultiRegionKey Of(KmsKey key) => new() { Arn = key.Arn, Region = key.Region };
}

internal sealed class ReplicateKeyRequest : KeyRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 32, Pattern = "^([a-z]+-){2,3}\\d+$")]
    public string? ReplicaRegion { get; set; }

    [Constraint(MinLength = 1, MaxLength = 131072, Pattern = KmsPatterns.Policy)]
    public string? Policy { get; set; }

    public bool? BypassPolicyLockoutSafetyCheck { get; set; }

    [Constraint(MaxLength = 8192)]
    public string? Description { get; set; }

    public List<Tag>? Tags { get; set; }
}

internal sealed class ReplicateKeyResponse
{
    public KeyMetadata? ReplicaKeyMetadata { get; set; }
    public string? ReplicaPolicy { get; set; }
    public List<Tag>? ReplicaTags { get; set; }
}

internal sealed class UpdatePrimaryRegionRequest : KeyRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 32, Pattern = "^([a-z]+-){2,3}\\d+$")]
    public string? PrimaryRegion { get; set; }
}

/// <summary>The page that a listing asks for.</summary>
internal class ListRequest
{
    [Constraint(Min = 1, Max = 1000)]
    public int? Limit { get; set; }

    [Constraint(MinLength = 1, MaxLength = 1024, Pattern = KmsPatterns.Marker)]
    public string? Marker { get; set; }
}

/// <summary>The page that a listing gives.</summary>
internal class ListResponse
{
    public string? NextMarker { get; set; }
    public bool? Truncated { get; set; }
}

internal sealed class ListKeysRequest : ListRequest;

internal sealed class ListKeysResponse : ListResponse
{
    public List<KeyListEntry>? Keys { get; set; }
}

internal sealed class KeyListEntry
{
    public string? KeyId { get; set; }
    public string? KeyArn { get; set; }
}

internal sealed class UpdateKeyDescriptionRequest : KeyRequest
{
    [Constraint(Required = true, MaxLength = 8192)]
    public string? Description { get; set; }
}

internal sealed class ScheduleKeyDeletionRequest : KeyRequest
{
    [Constraint(Min = 1, Max = 365)]
    public int? PendingWindowInDays { get; set; }
}

internal sealed class ScheduleKeyDeletionResponse
{
    public string? KeyId { get; set; }
    public DateTimeOffset? DeletionDate { get; set; }
    public string? KeyState { get; set; }
    public int? PendingWindowInDays { get; set; }
}

/// <summary>A response that names a key by its ARN.</summary>
internal sealed class KeyResponse
{
    public string? KeyId { get; set; }
}

internal sealed class Tag
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 128)]
    public string? TagKey { get; set; }

    [Constraint(Required = true, MaxLength = 256)]
    public string? TagValue { get; set; }
}

internal sealed class TagResourceRequest : KeyRequest
{
    [Constraint(Required = true)]
    public List<Tag>? Tags { get; set; }
}

internal sealed class UntagResourceRequest : KeyRequest
{
    [Constraint(Required = true)]
    public List<string>? TagKeys { get; set; }
}

internal sealed class ListResourceTagsRequest : ListRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }
}

internal sealed class ListResourceTagsResponse : ListResponse
{
    public List<Tag>? Tags { get; set; }
}
