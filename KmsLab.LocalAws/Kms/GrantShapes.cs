using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

internal sealed class CreateGrantRequest : KeyRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 256, Pattern = KmsPatterns.Principal)]
    public string? GranteePrincipal { get; set; }

    [Constraint(MinLength = 1, MaxLength = 256, Pattern = KmsPatterns.Principal)]
    public string? RetiringPrincipal { get; set; }

    [Constraint(Required = true, Values = [
        "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo", "Sign", "Verify", "GetPublicKey",
        "CreateGrant", "RetireGrant", "DescribeKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac", "DeriveSharedSecret"])]
    public List<string>? Operations { get; set; }

    public GrantConstraints? Constraints { get; set; }

    [NotOnTrail]
    [Constraint(MaxLength = 10)]
    public List<string>? GrantTokens { get; set; }

    [Constraint(MinLength = 1, MaxLength = 256, Pattern = KmsPatterns.GrantName)]
    public string? Name { get; set; }

    public bool? DryRun { get; set; }
}

internal sealed class GrantConstraints
{
    public Dictionary<string, string>? EncryptionContextSubset { get; set; }
    public Dictionary<string, string>? EncryptionContextEquals { get; set; }
}

internal sealed class CreateGrantResponse
{
    [NotOnTrail]
    public string? GrantToken { get; set; }

    public string? GrantId { get; set; }
}

internal sealed class ListGrantsRequest : ListRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }

    [Constraint(MinLength = 1, MaxLength = 128)]
    public string? GrantId { get; set; }

    [Constraint(MinLength = 1, MaxLength = 256, Pattern = KmsPatterns.Principal)]
    public string? GranteePrincipal { get; set; }
}

internal sealed class ListRetirableGrantsRequest : ListRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 256, Pattern = KmsPatterns.Principal)]
    public string? RetiringPrincipal { get; set; }
}

internal sealed class ListGrantsResponse : ListResponse
{
    public List<GrantListEntry>? Grants { get; set; }
}

internal sealed class GrantListEntry
{
    public string? KeyId { get; set; }
    public string? GrantId { get; set; }
    public string? Name { get; set; }
    public DateTimeOffset? CreationDate { get; set; }
    public string? GranteePrincipal { get; set; }
    public string? RetiringPrincipal { get; set; }
    public string? IssuingAccount { get; set; }
    public List<string>? Operations { get; set; }
    public GrantConstraints? Constraints { get; set; }
}

internal sealed class RetireGrantRequest
{
    [NotOnTrail]
    [Constraint(MinLength = 1, MaxLength = 8192)]
    public string? GrantToken { get; set; }

    [Constraint(MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }

    [Constraint(MinLength = 1, MaxLength = 128)]
    public string? GrantId { get; set; }

    public bool? DryRun { get; set; }
}

internal sealed class RevokeGrantRequest : KeyRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 128)]
    public string? GrantId { get; set; }

    public bool? DryRun { get; set; }
}
