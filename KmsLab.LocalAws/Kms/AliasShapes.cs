using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>CreateAlias and UpdateAlias.</summary>
internal sealed class AliasTargetRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 256, Pattern = KmsPatterns.AliasName)]
    public string? AliasName { get; set; }

    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? TargetKeyId { get; set; }
}

internal sealed class DeleteAliasRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 256, Pattern = KmsPatterns.AliasName)]
    public string? AliasName { get; set; }
}

internal sealed class ListAliasesRequest : ListRequest
{
    [Constraint(MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }
}

internal sealed class ListAliasesResponse : ListResponse
{
    public List<AliasListEntry>? Aliases { get; set; }
}

internal sealed class AliasListEntry
{
    public string? AliasName { get; set; }
    public string? AliasArn { get; set; }
    public string? TargetKeyId { get; set; }
    public DateTimeOffset? CreationDate { get; set; }
    public DateTimeOffset? LastUpdatedDate { get; set; }
}
