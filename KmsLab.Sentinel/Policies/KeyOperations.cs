namespace KmsLab.Sentinel.Policies;

/// <summary>The operations that a key policy can allow, as far as they expose the key: reading its description exposes nothing.</summary>
/// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html</remarks>
internal static class KeyOperations
{
    /// <summary>Whoever may do one of these reads what the key protects, or can let himself.</summary>
    public static IReadOnlyList<string> Reading { get; } =
        ["Decrypt", "ReEncryptFrom", "DeriveSharedSecret", "GenerateDataKey", "GenerateDataKeyPair", "CreateGrant", "PutKeyPolicy", "ReplicateKey"];

    /// <summary>All that matter.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Reading, "Encrypt", "ReEncryptTo", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPairWithoutPlaintext", "Sign", "Verify", "GenerateMac", "VerifyMac",
        "CancelKeyDeletion", "CreateAlias", "DeleteAlias", "DeleteImportedKeyMaterial", "DisableKey", "DisableKeyRotation", "EnableKey", "EnableKeyRotation", "ImportKeyMaterial",
        "RetireGrant", "RevokeGrant", "RotateKeyOnDemand", "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription", "UpdatePrimaryRegion",
    ];
}
