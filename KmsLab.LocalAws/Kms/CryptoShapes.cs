using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

internal sealed class EncryptRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }

    [Constraint(Required = true, MinLength = 1, MaxLength = 4096)]
    public byte[]? Plaintext { get; set; }

    public Dictionary<string, string>? EncryptionContext { get; set; }

    [NotOnTrail]
    [Constraint(MaxLength = 10)]
    public List<string>? GrantTokens { get; set; }

    [Constraint(Values = ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"])]
    public string? EncryptionAlgorithm { get; set; } = "SYMMETRIC_DEFAULT";

    public bool? DryRun { get; set; }
}

internal sealed class EncryptResponse
{
    public byte[]? CiphertextBlob { get; set; }
    public string? KeyId { get; set; }
    public string? EncryptionAlgorithm { get; set; }
}

internal sealed class DecryptRequest
{
    [Constraint(MinLength = 1, MaxLength = 6144)]
    public byte[]? CiphertextBlob { get; set; }

    public Dictionary<string, string>? EncryptionContext { get; set; }

    [NotOnTrail]
    [Constraint(MaxLength = 10)]
    public List<string>? GrantTokens { get; set; }

    [Constraint(MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }

    [Constraint(Values = ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"])]
    public string? EncryptionAlgorithm { get; set; } = "SYMMETRIC_DEFAULT";

    [NotServed("KmsLab LocalAws does not answer Nitro enclaves.")]
    public RecipientInfo? Recipient { get; set; }
    public bool? DryRun { get; set; }

    [Constraint(Values = ["IGNORE_CIPHERTEXT"])]
    public List<string>? DryRunModifiers { get; set; }
}

/// <summary>The Nitro enclave that is to receive an answer; refused where it is given.</summary>
internal sealed class RecipientInfo
{
    public string? KeyEncryptionAlgorithm { get; set; }
    public byte[]? AttestationDocument { get; set; }
}

internal sealed class DecryptResponse
{
    public string? KeyId { get; set; }
    public byte[]? Plaintext { get; set; }
    public string? EncryptionAlgorithm { get; set; }
    public string? KeyMaterialId { get; set; }
}

internal sealed class ReEncryptRequest
{
    [Constraint(MinLength = 1, MaxLength = 6144)]
    public byte[]? CiphertextBlob { get; set; }

    public Dictionary<string, string>? SourceEncryptionContext { get; set; }

    [Constraint(MinLength = 1, MaxLength = 2048)]
    public string? SourceKeyId { get; set; }

    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? DestinationKeyId { get; set; }

    public Dictionary<string, string>? DestinationEncryptionContext { get; set; }

    [Constraint(Values = ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"])]
    public string? SourceEncryptionAlgorithm { get; set; } = "SYMMETRIC_DEFAULT";

    [Constraint(Values = ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"])]
    public string? DestinationEncryptionAlgorithm { get; set; } = "SYMMETRIC_DEFAULT";

    [NotOnTrail]
    [Constraint(MaxLength = 10)]
    public List<string>? GrantTokens { get; set; }

    public bool? DryRun { get; set; }

    [Constraint(Values = ["IGNORE_CIPHERTEXT"])]
    public List<string>? DryRunModifiers { get; set; }
}

internal sealed class ReEncryptResponse
{
    public byte[]? CiphertextBlob { get; set; }
    public string? SourceKeyId { get; set; }
    public string? KeyId { get; set; }
    public string? SourceEncryptionAlgorithm { get; set; }
    public string? DestinationEncryptionAlgorithm { get; set; }
    public string? SourceKeyMaterialId { get; set; }
    public string? DestinationKeyMaterialId { get; set; }
}

/// <summary>GenerateDataKey and GenerateDataKeyWithoutPlaintext.</summary>
internal sealed class GenerateDataKeyRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }

    public Dictionary<string, string>? EncryptionContext { get; set; }

    [Constraint(Min = 1, Max = 1024)]
    public int? NumberOfBytes { get; set; }

    [Constraint(Values = ["AES_256", "AES_128"])]
    public string? KeySpec { get; set; }

    [NotOnTrail]
    [Constraint(MaxLength = 10)]
    public List<string>? GrantTokens { get; set; }

    [NotServed("KmsLab LocalAws does not answer Nitro enclaves.")]
    public RecipientInfo? Recipient { get; set; }
    public bool? DryRun { get; set; }
}

internal sealed class GenerateDataKeyResponse
{
    public byte[]? CiphertextBlob { get; set; }
    public byte[]? Plaintext { get; set; }
    public string? KeyId { get; set; }
    public string? KeyMaterialId { get; set; }
}

internal sealed class GenerateRandomRequest
{
    [Constraint(Min = 1, Max = 1024)]
    public int? NumberOfBytes { get; set; }

    [Constraint(MinLength = 1, MaxLength = 64), NotServed("KmsLab LocalAws has no custom key stores.")]
    public string? CustomKeyStoreId { get; set; }

    [NotServed("KmsLab LocalAws does not answer Nitro enclaves.")]
    public RecipientInfo? Recipient { get; set; }
}

internal sealed class GenerateRandomResponse
{
    public byte[]? Plaintext { get; set; }
}
